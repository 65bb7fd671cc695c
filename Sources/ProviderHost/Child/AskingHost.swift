// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import LinuxKernel

/// A sandboxed child's opener and lookups: the daemon does it, if the provider's configuration grants it.
final class AskingHost: DescriptorOpener, HostLookups {
  private let link: ChildLink

  init(_ link: ChildLink) { self.link = link }

  func openDatagram(
    _ options: UDPSocketOptions, _ profile: KernelProfile
  ) throws(KernelError) -> UDPSocket.Opened {
    let (answer, descriptor) = try link.ask(.datagram(options))
    guard case .datagram(let local, let stampFlags, let reception, let transmission) = answer, descriptor >= 0 else {
      if descriptor >= 0 { _ = FileDescriptor(owning: descriptor) }
      throw KernelError("open a UDP socket", errno: KernelError.accessDenied)
    }
    return UDPSocket.Opened(
      descriptor: descriptor, local: local, stampFlags: stampFlags, stampsReception: reception,
      stampsTransmission: transmission)
  }

  /// The file of a Unix socket stays the daemon's, and goes with the child.
  func open(_ request: DescriptorRequest) throws(KernelError) -> OpenedDescriptor {
    let (answer, descriptor) = try link.ask(.open(request))
    guard descriptor >= 0 else { throw KernelError("open that", errno: KernelError.accessDenied) }
    let owned = FileDescriptor(owning: descriptor)
    guard case .opened = answer else { throw KernelError("open that", errno: KernelError.accessDenied) }
    return OpenedDescriptor(owned)
  }

  func networks() -> [LocalNetwork] {
    guard case .networks(let list)? = try? link.ask(.networks).answer else { return [] }
    return list.map {
      LocalNetwork(
        address: tompion_address_t($0.address), prefixLength: $0.prefixLength, interfaceIndex: $0.interface)
    }
  }

  func interfaceIndex(named name: String) -> UInt32 {
    guard case .number(let index)? = try? link.ask(.interfaceIndex(name)).answer else { return 0 }
    return index
  }

  func portHolder(of address: tompion_address_t) -> String {
    guard case .text(let text)? = try? link.ask(.portHolder(SocketAddress(address))).answer else { return "" }
    return text
  }

  func startResolve(_ name: String, family: UInt8, token: UInt64) -> tompion_status? {
    link.send(.resolve(name: name, family: family, token: token))
    return TOMPION_OK
  }
}
