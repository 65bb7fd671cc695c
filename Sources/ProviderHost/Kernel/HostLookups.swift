// SPDX-License-Identifier: Apache-2.0

package import CTompionProvider
import LinuxKernel

/// What a provider's backend wants to know of the host it runs on. In the daemon the kernel and the resolver are asked
/// (`SystemLookups`), in a sandboxed child the daemon. The owner's thread.
package protocol HostLookups: AnyObject {
  func networks() -> [LocalNetwork]
  /// 0 = there is none of that name.
  func interfaceIndex(named name: String) -> UInt32
  /// "" = not known.
  func portHolder(of address: tompion_address_t) -> String
  /// Begins a lookup that the daemon answers by an order; nil = the backend's own resolver is to do it.
  func startResolve(_ name: String, family: UInt8, token: UInt64) -> tompion_status?
}

/// Asks the kernel.
package final class SystemLookups: HostLookups {
  package init() {}

  package func networks() -> [LocalNetwork] {
    NetworkInterfaces.all().map { entry in
      LocalNetwork(
        address: tompion_address_t(entry.address), prefixLength: UInt8(clamping: entry.prefixLength),
        interfaceIndex: entry.index)
    }
  }

  package func interfaceIndex(named name: String) -> UInt32 { NetworkInterfaces.index(of: name) }

  package func portHolder(of address: tompion_address_t) -> String {
    PortHolder.find(SocketAddress(address))?.description ?? ""
  }

  package func startResolve(_ name: String, family: UInt8, token: UInt64) -> tompion_status? { nil }
}
