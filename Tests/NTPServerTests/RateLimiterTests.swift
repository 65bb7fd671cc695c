// SPDX-License-Identifier: Apache-2.0

import ProviderKit
import TestSupport
import Testing
import TimeTypes

@testable import NTPServer

@Suite struct RateLimiterTests {
  static let start: Int64 = 7_000_000_000_000

  static func limiter(_ change: (inout RatePolicy) -> Void = { _ in }) -> RateLimiter {
    var policy = RatePolicy()
    policy.rate = 10
    policy.burst = 5
    policy.leak = 0
    change(&policy)
    return RateLimiter(policy, key: (0x1234, 0x5678))
  }

  static func at(_ nanoseconds: Int64) -> RawInstant { RawInstant(nanoseconds: start + nanoseconds) }
  static func client(_ number: UInt32) -> SocketAddress { SocketAddress(ipv4: 0x0a00_0000 + number, port: 123) }

  /// How many of `count` requests at that moment are within the limit.
  static func within(
    _ limiter: RateLimiter, _ peer: SocketAddress, _ count: Int, at nanoseconds: Int64
  ) -> Int {
    (0..<count).filter { _ in limiter.judge(peer, now: at(nanoseconds), chance: 0) == .within }.count
  }

  @Test func aBurstAndThenTheRate() {
    let limiter = Self.limiter()
    #expect(Self.within(limiter, Self.client(1), 20, at: 0) == 5, "the burst")
    #expect(Self.within(limiter, Self.client(1), 20, at: 50_000_000) == 0, "half of an interval later")
    #expect(Self.within(limiter, Self.client(1), 20, at: 101_000_000) == 1, "a tenth of a second makes one more")
    // Ten seconds of a request every 20 ms: ten a second are answered.
    var answered = 0
    for step in 0..<500 {
      answered += Self.within(limiter, Self.client(1), 1, at: 200_000_000 + Int64(step) * 20_000_000)
    }
    #expect((98...101).contains(answered))
    #expect(Self.within(limiter, Self.client(1), 20, at: 60_000_000_000) == 5, "after a pause the burst is there again")
  }

  /// The largest burst at the lowest rate would last 116 days, and ticks tell half of that from the past: it is a limit nevertheless.
  @Test func theLongestBurstIsALimit() {
    let limiter = Self.limiter {
      $0.rate = RatePolicy.rates.lowerBound
      $0.burst = RatePolicy.bursts.upperBound
    }
    let answered = Self.within(limiter, Self.client(1), 30_000, at: 0)
    #expect(answered > 4000 && answered <= 10_000, "\(answered)")
  }

  @Test func whoIsOneClient() {
    let limiter = Self.limiter()
    #expect(Self.within(limiter, Self.client(1), 9, at: 0) == 5)
    #expect(Self.within(limiter, Self.client(1).with(port: 40000), 9, at: 0) == 0, "ports do not matter")
    #expect(Self.within(limiter, Self.client(2), 9, at: 0) == 5, "another address does")
    let mapped = SocketAddress(family: .ipv6, low: 0xffff << 32 | 0x0a00_0001)
    #expect(Self.within(limiter, mapped, 9, at: 0) == 0, "::ffff:a.b.c.d is a.b.c.d")
    let network: UInt64 = 0x2001_0db8_0000_0001
    #expect(Self.within(limiter, SocketAddress(family: .ipv6, high: network, low: 1), 9, at: 0) == 5)
    #expect(Self.within(limiter, SocketAddress(family: .ipv6, high: network, low: 77), 9, at: 0) == 0, "one /64")
    #expect(Self.within(limiter, SocketAddress(family: .ipv6, high: network + 1, low: 1), 9, at: 0) == 5)
  }

  @Test func someAreAnsweredByChance() {
    let limiter = Self.limiter {
      $0.leak = 4
      $0.kiss = 10
    }
    _ = Self.within(limiter, Self.client(1), 5, at: 0)
    var generator = SeededGenerator(seed: 0x1ea4)
    var found: [RateLimiter.Verdict: Int] = [:]
    for _ in 0..<40_000 {
      found[limiter.judge(Self.client(1), now: Self.at(0), chance: generator.next()), default: 0] += 1
    }
    #expect(found[.within] == nil)
    // A quarter leaks, and of the other three quarters a tenth are kissed: 10,000 and 3,000, within five standard deviations.
    #expect(abs((found[.leaked] ?? 0) - 10_000) < 435)
    #expect(abs((found[.kissed] ?? 0) - 3_000) < 265)
  }

  @Test func withoutChanceAllAreRefused() {
    let limiter = Self.limiter()
    _ = Self.within(limiter, Self.client(1), 5, at: 0)
    for chance: UInt64 in [0, 1, 4, .max] {
      #expect(limiter.judge(Self.client(1), now: Self.at(0), chance: chance) == .refused)
    }
  }

  @Test func moreClientsThanPlacesCostNoMoreMemoryAndSilenceNobody() {
    let limiter = Self.limiter { $0.clients = 64 }
    #expect(limiter.capacity == 64)
    for number in 0..<10_000 {
      #expect(limiter.judge(Self.client(UInt32(number)), now: Self.at(Int64(number)), chance: 0) == .within)
    }
    #expect(limiter.capacity == 64)
  }

  @Test func aBusyClientStaysWhileOthersPass() {
    let limiter = Self.limiter { $0.clients = 64 }
    #expect(Self.within(limiter, Self.client(9), 9, at: 0) == 5)
    // Of a line's eight places those of clients that asked once are given away first.
    for number in 100..<200 { _ = Self.within(limiter, Self.client(UInt32(number)), 1, at: 1000) }
    #expect(Self.within(limiter, Self.client(9), 9, at: 2000) == 0)
  }

  @Test func whatLayThereForMonthsIsForgotten() {
    let limiter = Self.limiter()
    // Ticks of 1.024 µs in 44 bits come round after 208 days: at no time since then may an old bucket look full.
    let day: Int64 = 86_400_000_000_000
    for days: Int64 in [0, 1, 50, 103, 105, 150, 207, 209, 300] {
      let number = UInt32(days)
      #expect(Self.within(limiter, Self.client(number), 9, at: 0) == 5)
      #expect(Self.within(limiter, Self.client(number), 9, at: days * day + (days == 0 ? 1_000_000_000 : 0)) == 5)
    }
  }

  @Test func workersTogetherGiveNoMoreThanOne() async {
    let limiter = Self.limiter { $0.burst = 1000 }
    let answered = await withTaskGroup(of: Int.self) { group in
      for _ in 0..<4 { group.addTask { Self.within(limiter, Self.client(1), 2_000, at: 0) } }
      return await group.reduce(0, +)
    }
    // Who loses the race four times over is answered without a token: a client is never silenced by it.
    #expect((1000...1100).contains(answered))
  }
}
