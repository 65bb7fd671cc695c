// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestSupport
import Testing

@testable import LinuxKernel

@Suite struct PortHolderTests {
  @Test(arguments: [SocketAddress.Family.ipv4, .ipv6])
  func theHolderOfARealPortIsFound(family: SocketAddress.Family) throws {
    var options = UDPSocketOptions()
    options.local = .loopback(family)
    let socket = try UDPSocket(options)
    let holder = try #require(PortHolder.find(socket.local))
    #expect(holder.pid == getpid())
    #expect(holder.description.hasSuffix(", pid \(getpid())"))
    // The wildcard collides with it, another address does not.
    #expect(PortHolder.find(.any(family, port: socket.local.port))?.pid == getpid())
    let other =
      family == .ipv4
      ? SocketAddress(ipv4: 0x7f00_0009, port: socket.local.port)
      : SocketAddress(family: .ipv6, high: 0, low: UInt64(9).bigEndian, port: socket.local.port)
    #expect(PortHolder.find(other) == nil)
    #expect(!PortHolder.isHeld(other) && PortHolder.isHeld(socket.local))
    let port = socket.local
    socket.close()
    #expect(PortHolder.find(port) == nil)
  }

  @Test func aDualStackWildcardStandsInTheWayOfIPv4() throws {
    let root = try TemporaryDirectory()
    try root.write("net/udp", "  sl  local_address rem_address\n")
    try root.write(
      "net/udp6",
      """
        sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
        1: 00000000000000000000000000000000:007B 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 4711 2 0000000000000000 0
      garbage
        2: zz:qq

      """)
    try root.write("812/comm", "ntpd\n")
    try root.link("812/fd/5", to: "socket:[4711]")
    let table = ProcessTable(root: root.path)
    #expect(PortHolder.find(.any(.ipv4, port: 123), in: table) == PortHolder(name: "ntpd", pid: 812))
    #expect(PortHolder.find(.any(.ipv4, port: 124), in: table) == nil)
  }
}
