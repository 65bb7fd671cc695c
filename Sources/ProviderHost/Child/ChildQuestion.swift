// SPDX-License-Identifier: Apache-2.0

import LinuxKernel

/// What a sandboxed child asks of its host, because it may not do it itself; each is answered by one `ChildAnswer`.
enum ChildQuestion {
  case datagram(UDPSocketOptions)
  case networks
  case interfaceIndex(String)
  case portHolder(SocketAddress)
  /// Everything that is no UDP socket.
  case open(DescriptorRequest)

  func write(to out: inout FrameWriter) {
    switch self {
    case .datagram(let options):
      out.put(1 as UInt32)
      out.put(options.local)
      out.put(options.peer ?? .none)
      var flags: UInt32 = 0
      for (bit, isSet) in Self.flags(of: options).enumerated() where isSet { flags |= 1 << UInt32(bit) }
      out.put(flags, UInt32(clamping: options.receiveBuffer), UInt32(clamping: options.pendingStamps))
      out.put(options.interface)
    case .networks: out.put(2 as UInt32)
    case .interfaceIndex(let name):
      out.put(3 as UInt32)
      out.put(name)
    case .portHolder(let address):
      out.put(4 as UInt32)
      out.put(address)
    case .open(let request):
      out.put(5 as UInt32)
      request.write(to: &out)
    }
  }

  static func read(_ input: inout FrameReader) -> ChildQuestion? {
    switch input.word() {
    case 1:
      guard let local = input.address(), let peer = input.address(), let flags = input.word(), flags < 1 << 7,
        let buffer = input.word(), buffer <= 64 << 20, let pending = input.word(), pending <= 4096,
        let interface = input.text(), interface.utf8.count < 16
      else { return nil }
      var options = UDPSocketOptions()
      options.local = local
      options.peer = peer.family == .none ? nil : peer
      options.receiveStamps = flags & 1 != 0
      options.transmitStamps = flags & 2 != 0
      options.briefStamps = flags & 4 != 0
      options.packetInformation = flags & 8 != 0
      options.dontFragment = flags & 16 != 0
      options.sharePort = flags & 32 != 0
      options.isFirstOfPort = flags & 64 != 0
      options.receiveBuffer = Int(buffer)
      options.pendingStamps = Int(pending)
      options.interface = interface
      return .datagram(options)
    case 2: return .networks
    case 3: return input.text().map { .interfaceIndex($0) }
    case 4: return input.address().map { .portHolder($0) }
    case 5: return DescriptorRequest.read(&input).map { .open($0) }
    default: return nil
    }
  }

  /// In the order of their bits.
  private static func flags(of o: UDPSocketOptions) -> [Bool] {
    [
      o.receiveStamps, o.transmitStamps, o.briefStamps, o.packetInformation, o.dontFragment, o.sharePort,
      o.isFirstOfPort,
    ]
  }
}

/// What the host says to a question.
enum ChildAnswer {
  case failed(errno: Int32)
  /// The socket comes with the message; `stampFlags` as in `UDPSocket.Opened`.
  case datagram(local: SocketAddress, stampFlags: UInt32, reception: Bool, transmission: Bool)
  case networks([(address: SocketAddress, prefixLength: UInt8, interface: UInt32)])
  case number(UInt32)
  case text(String)
  /// What was asked to be opened comes with the message.
  case opened

  /// More networks than fit a message are left out.
  static let networkLimit = 256

  func write(to out: inout FrameWriter) {
    switch self {
    case .failed(let errno): out.put(1 as UInt32, UInt32(bitPattern: errno))
    case .datagram(let local, let stampFlags, let reception, let transmission):
      out.put(2 as UInt32, stampFlags, reception ? 1 : 0, transmission ? 1 : 0)
      out.put(local)
    case .networks(let list):
      out.put(3 as UInt32, UInt32(min(list.count, Self.networkLimit)))
      for network in list.prefix(Self.networkLimit) {
        out.put(network.address)
        out.put(UInt32(network.prefixLength), network.interface)
      }
    case .number(let value): out.put(4 as UInt32, value)
    case .text(let text):
      out.put(5 as UInt32)
      out.put(text)
    case .opened: out.put(6 as UInt32)
    }
  }

  static func read(_ input: inout FrameReader) -> ChildAnswer? {
    switch input.word() {
    case 1: return input.word().map { .failed(errno: Int32(bitPattern: $0)) }
    case 2:
      guard let flags = input.word(), let reception = input.word(), let transmission = input.word(),
        let local = input.address()
      else { return nil }
      return .datagram(local: local, stampFlags: flags, reception: reception == 1, transmission: transmission == 1)
    case 3:
      guard let count = input.word(), Int(count) <= networkLimit else { return nil }
      var list: [(address: SocketAddress, prefixLength: UInt8, interface: UInt32)] = []
      for _ in 0..<count {
        guard let address = input.address(), let length = input.word(), length <= 128, let index = input.word() else {
          return nil
        }
        list.append((address, UInt8(length), index))
      }
      return .networks(list)
    case 4: return input.word().map { .number($0) }
    case 5: return input.text().map { .text($0) }
    case 6: return .opened
    default: return nil
    }
  }
}

extension FrameWriter {
  mutating func put(_ address: SocketAddress) {
    put(address.high)
    put(address.low)
    put(address.scope, UInt32(address.port), UInt32(address.family.rawValue))
  }
}

extension FrameReader {
  mutating func address() -> SocketAddress? {
    guard let high = long(), let low = long(), let scope = word(), let port = word(), port <= 0xffff,
      let family = word(), family <= 6, let family = SocketAddress.Family(rawValue: UInt8(family))
    else { return nil }
    return SocketAddress(family: family, high: high, low: low, port: UInt16(port), scope: scope)
  }
}
