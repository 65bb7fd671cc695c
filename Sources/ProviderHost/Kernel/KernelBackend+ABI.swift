// SPDX-License-Identifier: Apache-2.0

import CLinux
package import CTompionProvider
package import LinuxKernel

// The ABI's words for sockets, addresses and errors, and the kernel's.

extension UDPSocketOptions {
  init(_ options: tompion_socket_options_t) {
    self.init()
    let server = options.flags & UInt32(TOMPION_SOCKET_SERVER) != 0
    local = SocketAddress(options.local)
    if !server {
      peer = SocketAddress(options.peer)
      if local.family == .none { local = .any(SocketAddress(options.peer).family) }
    }
    receiveStamps = options.flags & UInt32(TOMPION_SOCKET_RX_STAMPS) != 0
    transmitStamps = options.flags & UInt32(TOMPION_SOCKET_TX_STAMPS) != 0
    dontFragment = options.flags & UInt32(TOMPION_SOCKET_DONT_FRAGMENT) != 0
    packetInformation = !server || options.flags & UInt32(TOMPION_SOCKET_PLAIN) == 0 || !local.isOneAddress
    briefStamps = server
    if server { receiveBuffer = KernelBackend.serverReceiveBuffer }
    if options.interface_name.0 != 0 { interface = CText.string(of: options.interface_name) }
  }
}

extension SocketAddress {
  /// Neither a wildcard nor an address that an interface has to be named with (fe80::/10).
  var isOneAddress: Bool {
    switch family {
    case .none: false
    case .ipv4: high != 0
    case .ipv6: (high != 0 || low != 0) && UInt64(bigEndian: high) &>> 54 != 0x3fa
    }
  }

  package init(_ address: tompion_address_t) {
    // Sound: 16 plain bytes as two words, in memory order.
    let (high, low) = unsafe withUnsafeBytes(of: address.bytes) {
      unsafe ($0.loadUnaligned(as: UInt64.self), $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    }
    self.init(
      family: Family(rawValue: address.family) ?? .none, high: high, low: low, port: address.port, scope: address.scope)
  }
}

extension tompion_address_t {
  /// The fence's form is this one, field by field (asserted in the headers by their sizes, and by a test).
  @inline(__always)
  init(_ address: clinux_address_t) {
    // Sound: both are 24 bytes of plain data: 16 of the address, scope, port, family, reserved.
    self = unsafe unsafeBitCast(address, to: tompion_address_t.self)
  }

  package init(_ address: SocketAddress) {
    self.init()
    // Sound: 16 plain bytes as two words, in memory order.
    unsafe withUnsafeMutableBytes(of: &bytes) {
      unsafe $0.storeBytes(of: address.high, as: UInt64.self)
      unsafe $0.storeBytes(of: address.low, toByteOffset: 8, as: UInt64.self)
    }
    scope = address.scope
    port = address.port
    family = address.family.rawValue
  }
}

extension tompion_status {
  /// An errno as a status (numbers of Linux, errno(3)).
  init(errno: Int32) {
    switch errno {
    case 1, 13, 30: self = TOMPION_PERMISSION
    case 2, 6, 19, 20, 25: self = TOMPION_NOT_FOUND
    case 11, 23, 24, 28, 105: self = TOMPION_AGAIN
    case 12: self = TOMPION_NO_MEMORY
    case 16, 17: self = TOMPION_ADDRESS_IN_USE
    case 22, 36, 40, 88, 91: self = TOMPION_INVALID
    case 38, 95: self = TOMPION_UNSUPPORTED
    case 98, 99: self = errno == 98 ? TOMPION_ADDRESS_IN_USE : TOMPION_NOT_FOUND
    case 32, 97, 100, 101, 103, 104, 110, 111, 112, 113: self = TOMPION_UNREACHABLE
    default: self = TOMPION_ERROR
    }
  }
}
