// SPDX-License-Identifier: Apache-2.0

import ProviderKit
import TestSupport
import Testing
import TimeTypes

@testable import MSSNTP

@Suite struct ServingGuardTests {
  private let start = RawInstant(nanoseconds: 1_000_000_000)
  private let peer = SocketAddress(ipv4: 0xc000_0201, port: 5000)

  private func makeGuard(_ change: (inout ServingLimits) -> Void = { _ in }) -> ServingGuard {
    var limits = ServingLimits()
    change(&limits)
    var random = SeededGenerator(seed: 31_300)
    return ServingGuard(limits) { random.next() }
  }

  /// Never by chance.
  private let noLuck: UInt64 = 1

  /// What timeroasting tools do: one request for each RID, 180 a second.
  @Test(arguments: [180.0, 5.0])
  func aSweepOfTenThousandAccountsIsAnsweredWithinTheLimits(_ rate: Double) {
    var serving = makeGuard()
    var random = SeededGenerator(seed: 10_000)
    let limits = ServingLimits()
    var answered: [Int: Int] = [:]
    var begins = 0
    for index in 0..<10_000 {
      let seconds = Double(index) / rate
      let verdict = serving.judge(
        peer.with(port: UInt16(truncatingIfNeeded: index)), rid: UInt32(1000 + index),
        now: start + TimeInterval(seconds: seconds), chance: random.next())
      if verdict == .within { answered[Int(seconds / 3600), default: 0] += 1 }
      if verdict == .sweeping(isFirst: true) { begins += 1 }
    }
    #expect(answered.values.allSatisfy { $0 <= limits.distinctRIDs }, "\(answered)")
    #expect(answered[0] == limits.distinctRIDs)
    #expect(begins == answered.count, "told once an hour")
  }

  @Test func aClientHasItsRateWhateverItsPort() {
    var serving = makeGuard { $0.clientBurst = 3 }
    let verdicts = (0..<5).map {
      serving.judge(peer.with(port: UInt16(1000 + $0)), rid: UInt32(1 + $0), now: start, chance: noLuck)
    }
    #expect(verdicts == [.within, .within, .within, .clientLimited, .clientLimited])
    var mapped = peer
    mapped.family = .ipv6
    mapped.high = 0
    mapped.low = 0xffff_c000_0201
    #expect(
      serving.judge(mapped, rid: 9, now: start, chance: noLuck) == .clientLimited,
      "the same one, by a dual-stack socket")
  }

  @Test func aPrefixOfIPv6IsOneClient() {
    var serving = makeGuard { $0.clientBurst = 100 }
    var random = SeededGenerator(seed: 64)
    let within = (0..<1000).filter { _ in
      let address = SocketAddress(family: .ipv6, high: 0x2001_0db8_0000_0001, low: random.next(), port: 123)
      return serving.judge(address, rid: 1, now: start, chance: noLuck) == .within
    }
    #expect(within.count == Int(ServingLimits().ridBurst))
    #expect(
      serving.judge(SocketAddress(family: .ipv6, high: 0x2001_0db8_0000_0002), rid: 2, now: start, chance: noLuck)
        == .within)
  }

  /// From many addresses; and whoever forges requests for a machine silences it not wholly.
  @Test func anAccountHasItsRateAndSomeLuck() {
    var serving = makeGuard()
    var random = SeededGenerator(seed: 8)
    var within = 0
    for index in 0..<8000 {
      let address = SocketAddress(ipv4: UInt32(0x0a00_0000 + index))
      if serving.judge(address, rid: 1103, now: start, chance: random.next()) == .within { within += 1 }
    }
    // The burst, and one in eight of the rest: 1000 of 8000, three deviations of 30 around it.
    #expect((910...1110).contains(within), "\(within)")
    let other = SocketAddress(ipv4: 1)
    #expect(serving.judge(other, rid: 1103, now: start, chance: noLuck) == .ridLimited)
    #expect(serving.judge(other, rid: 1104, now: start, chance: noLuck) == .within)
  }
}
