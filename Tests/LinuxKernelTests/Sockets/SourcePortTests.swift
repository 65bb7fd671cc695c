// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import LinuxKernel

/// The ports that the kernel picks for a client's sockets, one a request (RFC 9109): what the NTP client rests on.
struct SourcePortTests {
  private static let count = 10_000

  @Test func tenThousandSocketsHavePortsThatNobodyGuesses() throws {
    let text = try String(contentsOfFile: "/proc/sys/net/ipv4/ip_local_port_range", encoding: .utf8)
    let bounds = text.split(whereSeparator: \.isWhitespace).compactMap { UInt16($0) }
    let range = try #require(bounds.first)...(try #require(bounds.last))
    var server = UDPSocketOptions()
    server.local = .any(.ipv4)
    let peer = try UDPSocket(server)
    var options = UDPSocketOptions()
    options.peer = .loopback(.ipv4, port: peer.local.port)
    options.pendingStamps = 1
    var ports: [UInt16] = []
    for _ in 0..<Self.count {
      let socket = try UDPSocket(options)
      ports.append(socket.local.port)
      socket.close()
    }
    #expect(ports.allSatisfy { range.contains($0) && $0 != 123 })
    // As many different ones as chance gives: R · (1 − (1 − 1/R)ⁿ) of R ports; some are taken, so a tenth less will do.
    let size = Double(range.count)
    let expected = size * (1 - exp(-Double(Self.count) / size))
    #expect(Double(Set(ports).count) > 0.9 * expected)
    // Neither the one before nor its neighbours: by chance 20 in R.
    let near = zip(ports, ports.dropFirst()).count { abs(Int($0) - Int($1)) <= 10 }
    let chance = 20 * Double(Self.count) / size
    #expect(Double(near) < chance + 5 * chance.squareRoot() + 5, "\(near) of \(Self.count)")
  }
}
