// SPDX-License-Identifier: Apache-2.0

import LinuxKernel
import TestSupport
import Testing

@testable import ProviderHost

@Suite struct ChildQuestionTests {
  @Test func socketsArriveAsTheyWereAskedFor() throws {
    var options = UDPSocketOptions()
    options.local = SocketAddress(ipv4: 0x7f00_0001, port: 1123)
    options.peer = SocketAddress(family: .ipv6, high: 1, low: 2, port: 123, scope: 3)
    options.receiveStamps = false
    options.dontFragment = true
    options.sharePort = true
    options.receiveBuffer = 2 << 20
    options.pendingStamps = 64
    options.interface = "eth0"
    guard
      case .ask(7, .datagram(let got))? = ChildFrame.report(ChildFrame.encode(.ask(number: 7, .datagram(options))))
    else {
      Issue.record("not a question")
      return
    }
    #expect(got.local == options.local && got.peer == options.peer && got.interface == "eth0")
    #expect(!got.receiveStamps && got.transmitStamps && got.dontFragment && got.sharePort && !got.isFirstOfPort)
    #expect(got.receiveBuffer == 2 << 20 && got.pendingStamps == 64)
  }

  @Test func answersArriveAsTheyWereGiven() throws {
    let address = SocketAddress(ipv4: 0xc000_0201, port: 0)
    let networks = [(address: address, prefixLength: UInt8(24), interface: UInt32(2))]
    guard
      case .answer(9, .networks(let got))? = ChildFrame.order(
        ChildFrame.encode(.answer(number: 9, .networks(networks)))),
      case .resolved(5, -10, let addresses, "no such name")? = ChildFrame.order(
        ChildFrame.encode(.resolved(token: 5, status: -10, addresses: [address], text: "no such name")))
    else {
      Issue.record("not an answer")
      return
    }
    #expect(got.count == 1 && got[0].address == address && got[0].prefixLength == 24 && got[0].interface == 2)
    #expect(addresses == [address])
  }

  @Test func noBytesAreATrap() {
    var random = SeededGenerator(seed: 5)
    for _ in 0..<20_000 {
      let kind = UInt8.random(in: 1...16, using: &random)
      let count = Int.random(in: 0...90, using: &random)
      let bytes = [kind, 0, 0, 0] + (0..<count).map { _ in UInt8.random(in: 0...8, using: &random) }
      _ = ChildFrame.report(bytes)
      _ = ChildFrame.order(bytes)
    }
    let good = ChildFrame.encode(.ask(number: 1, .datagram(UDPSocketOptions())))
    for length in 0..<good.count { #expect(ChildFrame.report(Array(good.prefix(length))) == nil) }
  }
}
