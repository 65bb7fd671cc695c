// SPDX-License-Identifier: Apache-2.0

import Dispatch
import NTPWire
import ProviderKit
import TestSupport
import Testing
import TimeTypes

@testable import NTPServer

@Suite struct ReplyHistoryTests {
  static let era = ClockEra(rawValue: 3)
  static let client = SocketAddress(ipv4: 0x0a00_0001, port: 4000)

  static func stamp(_ time: TimeInterval, era: ClockEra = era, kind: StampKind = .kernel) -> Stamp {
    Stamp(clock: .system, kind: kind, era: era, time: time, raw: RawInstant(nanoseconds: 0))
  }

  static func receive(_ index: UInt64) -> NTPTimestamp {
    NTPTimestamp(rawValue: (3_900_000_000 &+ index) << 32 | 0x1234_5679)
  }

  @Test func aReplyIsRememberedByReceiveTimestampAndClient() throws {
    let history = ReplyHistory(capacity: 64, secret: 7)
    let receive = Self.receive(1)
    #expect(history.transmit(of: receive, client: Self.client, era: Self.era) == nil)
    let token = try #require(history.expect(receive, client: Self.client, era: Self.era))
    // Not before it left.
    #expect(history.transmit(of: receive, client: Self.client, era: Self.era) == nil)
    let left = TimeInterval(nanoseconds: 1_700_000_000_123_456_789)
    history.departed(token: token, stamp: Self.stamp(left))
    let expected = NTPTimestamp(utcSince1970: left).markedTransmit
    #expect(history.transmit(of: receive, client: Self.client, era: Self.era) == expected)
    // A client takes another port for each request.
    #expect(history.transmit(of: receive, client: Self.client.with(port: 5), era: Self.era) == expected)
    // And may ask again if the answer was lost.
    #expect(history.transmit(of: receive, client: Self.client, era: Self.era) == expected)
    #expect(history.transmit(of: Self.receive(2), client: Self.client, era: Self.era) == nil)
    // Nobody is told of another's.
    #expect(history.transmit(of: receive, client: SocketAddress(ipv4: 0x0a00_0002), era: Self.era) == nil)
    // Nor of what was before a step.
    #expect(history.transmit(of: receive, client: Self.client, era: Self.era.next) == nil)
    #expect(history.counts.interleaved == 3 && history.counts.unknown == 5)
  }

  @Test func stampsThatDoNotBelongAreNotKept() throws {
    let history = ReplyHistory(capacity: 64, secret: 7)
    let receive = Self.receive(1)
    let token = try #require(history.expect(receive, client: Self.client, era: Self.era))
    history.departed(token: token, stamp: Self.stamp(.seconds(1), kind: .none))
    history.departed(token: token, stamp: Self.stamp(.seconds(1), era: Self.era.next))
    history.departed(token: token &+ 1, stamp: Self.stamp(.seconds(1)))
    history.departed(token: token &+ 1 << 32, stamp: Self.stamp(.seconds(1)))
    history.departed(token: .max, stamp: Self.stamp(.seconds(1)))
    #expect(history.transmit(of: receive, client: Self.client, era: Self.era) == nil)
    history.departed(token: token, stamp: Self.stamp(.seconds(1)))
    #expect(history.transmit(of: receive, client: Self.client, era: Self.era) != nil)
    // Told twice: the first one counts, the place has moved on.
    history.departed(token: token, stamp: Self.stamp(.seconds(2)))
    #expect(
      history.transmit(of: receive, client: Self.client, era: Self.era)
        == NTPTimestamp(utcSince1970: .seconds(1)).markedTransmit)
  }

  @Test func aLateStampDoesNotReachThePlacesNewOwner() throws {
    let history = ReplyHistory(capacity: 16, secret: 7)
    let first = try #require(history.expect(Self.receive(0), client: Self.client, era: Self.era))
    for index in UInt64(1)...200 { _ = history.expect(Self.receive(index), client: Self.client, era: Self.era) }
    history.departed(token: first, stamp: Self.stamp(.seconds(1)))
    for index in UInt64(0)...200 {
      #expect(history.transmit(of: Self.receive(index), client: Self.client, era: Self.era) == nil)
    }
  }

  @Test func theNewestAreKept() throws {
    let history = ReplyHistory(capacity: 1024, secret: 0x1357_9bdf_2468_ace0)
    for index in UInt64(0)..<10_000 {
      let token = try #require(history.expect(Self.receive(index), client: Self.client, era: Self.era))
      history.departed(token: token, stamp: Self.stamp(.seconds(Int64(index))))
    }
    var kept = 0
    for index in UInt64(9_700)..<10_000
    where history.transmit(of: Self.receive(index), client: Self.client, era: Self.era) != nil {
      kept += 1
    }
    // Sets of four: a few meet by chance.
    #expect(kept > 285, "\(kept) of the last 300")
  }

  /// A reply to that client, `seconds` after the first, and when it left.
  static func remember(
    _ history: ReplyHistory, _ client: SocketAddress, _ seconds: UInt64, fraction: UInt64, wasTold: Bool = false
  ) -> NTPTimestamp {
    let receive = NTPTimestamp(rawValue: (3_900_000_000 &+ seconds) << 32 | fraction << 1 | 1)
    if let token = history.expect(receive, client: client, era: era, wasTold: wasTold) {
      history.departed(token: token, stamp: stamp(.seconds(Int64(seconds))))
    }
    return receive
  }

  static func client(_ number: UInt32) -> SocketAddress { SocketAddress(ipv4: 0x0a00_0000 | number) }

  @Test func newcomersTakeNothingThatIsInUse() {
    let history = ReplyHistory(capacity: 64, secret: 7)
    var generator = SeededGenerator(seed: 5)
    func fraction() -> UInt64 { generator.next() >> 34 }
    let used = (UInt32(1)...20).map { number in
      (Self.client(number), Self.remember(history, Self.client(number), 0, fraction: fraction(), wasTold: true))
    }
    // As many made-up addresses as anybody likes, for as long as a place is in use.
    let last = UInt64(ReplyHistory.protection >> 32) - 1
    for index in UInt32(0)..<5000 {
      _ = Self.remember(history, Self.client(1000 + index), 1 + UInt64(index) % last, fraction: fraction())
    }
    var kept = used.filter { history.transmit(of: $0.1, client: $0.0, era: Self.era) != nil }.count
    // Sets of four, of which no more than four can be kept for twenty clients in sixteen sets.
    #expect(kept >= 19, "\(kept) of 20")
    // They have been asked for: the flood may have them now.
    for index in UInt32(0)..<5000 { _ = Self.remember(history, Self.client(1000 + index), last, fraction: fraction()) }
    kept = used.filter { history.transmit(of: $0.1, client: $0.0, era: Self.era) != nil }.count
    #expect(kept == 0)
  }

  @Test func whatIsInUseIsNotKeptForEver() {
    let history = ReplyHistory(capacity: 16, secret: 7)
    for number in UInt64(0)..<200 {
      _ = Self.remember(history, Self.client(UInt32(number)), 0, fraction: number, wasTold: true)
    }
    let late = UInt64(ReplyHistory.protection >> 32)
    let early = Self.remember(history, Self.client(500), late - 1, fraction: 1)
    #expect(history.transmit(of: early, client: Self.client(500), era: Self.era) == nil)
    let receive = Self.remember(history, Self.client(500), late, fraction: 1000)
    #expect(history.transmit(of: receive, client: Self.client(500), era: Self.era) != nil)
  }

  @Test func oneThatFloodsPushesOutItself() {
    let history = ReplyHistory(capacity: 256, secret: 11)
    var generator = SeededGenerator(seed: 9)
    func fraction() -> UInt64 { generator.next() >> 34 }
    let others = (UInt32(1)...100).map { number in
      (Self.client(number), Self.remember(history, Self.client(number), 0, fraction: fraction(), wasTold: true))
    }
    // It is told each time, as no forger can be: its places are in use like everybody's.
    for index in UInt64(0)..<20_000 {
      _ = Self.remember(history, Self.client(9999), 1 + index / 1000, fraction: fraction(), wasTold: true)
    }
    let kept = others.filter { history.transmit(of: $0.1, client: $0.0, era: Self.era) != nil }.count
    // 64 sets of four: only where the others fill a set do they make room for one place of its.
    #expect(kept >= 90, "\(kept) of 100")
  }

  @Test func workersMayUseItAtOnce() {
    let history = ReplyHistory(capacity: 64, secret: 99)
    DispatchQueue.concurrentPerform(iterations: 4) { worker in
      var generator = SeededGenerator(seed: UInt64(worker))
      for _ in 0..<20_000 {
        let index = generator.next() % 100
        let client = SocketAddress(ipv4: UInt32(generator.next() % 3))
        if let told = history.transmit(of: Self.receive(index), client: client, era: Self.era) {
          // Whatever is told was noted of that very reply.
          let expected = NTPTimestamp(utcSince1970: .seconds(Int64(index) * 10 + Int64(client.ipv4))).markedTransmit
          if told != expected { Issue.record("told \(told), noted \(expected)") }
        } else if let token = history.expect(Self.receive(index), client: client, era: Self.era) {
          history.departed(token: token, stamp: Self.stamp(.seconds(Int64(index) * 10 + Int64(client.ipv4))))
        }
      }
    }
  }
}
