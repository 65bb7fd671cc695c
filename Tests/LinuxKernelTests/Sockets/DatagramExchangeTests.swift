// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestSupport
import Testing
import TimeTypes

@testable import LinuxKernel

@Suite struct DatagramExchangeTests {
  static func socket(_ family: SocketAddress.Family = .ipv4) throws -> UDPSocket {
    var options = UDPSocketOptions()
    options.local = .loopback(family)
    options.receiveStamps = false
    options.transmitStamps = false
    return try UDPSocket(options)
  }

  @Test func aClosedPortRefuses() throws {
    let socket = try Self.socket()
    let place = socket.local
    socket.close()
    guard case .refused = DatagramExchange.run([1], to: place, timeout: .seconds(5), linger: .zero) else {
      Issue.record("a closed port did not refuse")
      return
    }
  }

  @Test func whoSaysNothingIsSilent() throws {
    let socket = try Self.socket()
    guard case .silent = DatagramExchange.run([1], to: socket.local, timeout: .milliseconds(60), linger: .zero) else {
      Issue.record("there was no answer, and it was not silence")
      return
    }
  }

  @Test func aDatagramTooLongIsNotSent() throws {
    let socket = try Self.socket()
    let outcome = DatagramExchange.run(
      [UInt8](repeating: 0, count: 3000), to: socket.local, timeout: .seconds(5), linger: .zero)
    guard case .notSent = outcome else {
      Issue.record("a datagram of 3000 bytes went")
      return
    }
  }

  @Test func anErrorIsOfTheWayOrOfThisHost() {
    func of(_ errno: Int32, isSent: Bool) -> String {
      switch DatagramExchange.outcome(KernelError("try it", errno: errno), isSent: isSent) {
      case .refused: "refused"
      case .unreachable: "unreachable"
      case .notSent: "not sent"
      case .silent, .answered: "?"
      }
    }
    for isSent in [false, true] {
      #expect(of(ECONNREFUSED, isSent: isSent) == "refused")
      for errno in [ENETDOWN, ENETUNREACH, EHOSTDOWN, EHOSTUNREACH] {
        #expect(of(errno, isSent: isSent) == "unreachable", "errno \(errno)")
      }
    }
    // A firewall of this host says EPERM, and a router that forbids it EACCES.
    #expect(of(EPERM, isSent: false) == "not sent")
    #expect(of(EACCES, isSent: true) == "unreachable")
  }
}
