// SPDX-License-Identifier: Apache-2.0

/// What a UDP socket is to be.
package struct UDPSocketOptions: Sendable {
  /// Where to bind; family `.none` leaves that to `connect` (then `peer` must be there), port 0 = a random one.
  package var local: SocketAddress = .none
  /// Set: the socket is connected to this peer, and hears nobody else.
  package var peer: SocketAddress?
  package var receiveStamps = true
  package var transmitStamps = true
  /// The interfaces whose cards stamp what is sent: their stamps are asked for beside the kernel's, and waited for. Empty = the kernel's only.
  package var hardware = HardwareInterfaceSet()
  /// Without cards' stamps: take RX stamps in the form that costs the kernel least. For servers.
  package var briefStamps = false
  /// Report the local address and interface of each datagram, and ICMP errors.
  package var packetInformation = true
  package var dontFragment = false
  /// Several sockets share the port (SO_REUSEPORT), one per worker.
  package var sharePort = false
  /// Whether somebody else's socket that shares the port is an error, as it is without `sharePort`.
  package var isFirstOfPort = false
  /// "" = any.
  package var interface = ""
  /// SO_RCVBUF in bytes; 0 = the system's.
  package var receiveBuffer = 0
  /// How many packets may wait for their TX stamp at once.
  package var pendingStamps = 64

  package init() {}
}
