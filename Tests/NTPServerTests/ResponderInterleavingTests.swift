// SPDX-License-Identifier: Apache-2.0

import NTPWire
import ProviderKit
import TestSupport
import Testing
import TimeTypes

@testable import NTPServer

@Suite struct ResponderInterleavingTests {
  static let peer = SocketAddress(ipv4: 0xc000_0201, port: 50_000)
  static let era = ClockEra(rawValue: 1)

  static func stamp(_ nanoseconds: Int64, era: ClockEra = era) -> Stamp {
    Stamp(
      clock: .system, kind: .kernel, era: era, time: TimeInterval(nanoseconds: 1_700_000_000_000_000_000 + nanoseconds),
      raw: RawInstant(nanoseconds: 5_000_000_000 + nanoseconds))
  }

  /// One request and its reply, at a moment; `left` is when it really left, nil = its TX stamp never came.
  static func ask(
    _ history: ReplyHistory, at moment: Int64, origin: UInt64, receive: UInt64, transmit: UInt64, left: Int64?,
    peer: SocketAddress = peer, mode: AssociationMode = .client, era: ClockEra = era, version: UInt8 = 4
  ) throws -> (reply: NTPPacket, hasToken: Bool) {
    let request = NTPPacket(
      version: version, mode: mode, origin: NTPTimestamp(rawValue: origin), receive: NTPTimestamp(rawValue: receive),
      transmit: NTPTimestamp(rawValue: transmit))
    var bytes = [UInt8](repeating: 0, count: 48)
    var span = bytes.mutableSpan
    try request.write(to: &span)
    let now = stamp(moment).raw
    let verdict = Responder.answer(
      &span, peerPort: peer.port, age: .zero, staleAfter: .seconds(1),
      template: ReplyTemplate(ServedTime(ResponderTests.info(), now: now)), interleaves: true)
    #expect(verdict == .reply(length: 48))
    let token = Responder.stamp(
      &span, received: stamp(moment, era: era), departure: Departure(stamp(moment + 20_000, era: era)), peer: peer,
      history: history)
    if let token, let left { history.departed(token: token, stamp: stamp(left, era: era)) }
    return (try NTPPacket(parsing: span.span), token != nil)
  }

  @Test func theThirdRequestIsToldWhenTheSecondReplyLeft() throws {
    let history = ReplyHistory(capacity: 64, secret: 5)
    let first = try Self.ask(history, at: 0, origin: 0, receive: 0, transmit: 11, left: nil)
    #expect(first.reply.origin.rawValue == 11 && !first.hasToken, "a basic request costs no TX stamp")
    #expect(first.reply.receive.isReceiveMark && !first.reply.transmit.isReceiveMark)
    let second = try Self.ask(
      history, at: 1_000_000, origin: first.reply.receive.rawValue, receive: 21, transmit: 22, left: 1_055_000)
    #expect(second.reply.origin.rawValue == 22 && second.hasToken, "basic: the first reply was not remembered")
    let third = try Self.ask(
      history, at: 2_000_000, origin: second.reply.receive.rawValue, receive: 31, transmit: 32, left: 2_070_000)
    #expect(third.reply.origin.rawValue == 31)
    #expect(third.reply.transmit == NTPTimestamp(utcSince1970: Self.stamp(1_055_000).time).markedTransmit)
    #expect(third.reply.receive == NTPTimestamp(utcSince1970: Self.stamp(2_000_000).time).markedReceive)
    // The reply was lost: the client asks the same again, and is told the same.
    let again = try Self.ask(
      history, at: 3_000_000, origin: second.reply.receive.rawValue, receive: 41, transmit: 42, left: nil)
    #expect(again.reply.origin.rawValue == 41 && again.reply.transmit == third.reply.transmit)
  }

  @Test func whoIsNotAskingForItGetsTheBasicMode() throws {
    let history = ReplyHistory(capacity: 64, secret: 5)
    let first = try Self.ask(history, at: 0, origin: 1, receive: 21, transmit: 22, left: 40_000)
    let name = first.reply.receive.rawValue
    #expect(first.hasToken)
    let cases:
      [(origin: UInt64, receive: UInt64, transmit: UInt64, peer: SocketAddress, mode: AssociationMode, era: ClockEra)] =
        [
          // A client of RFC 5905 names the transmit timestamp.
          (first.reply.transmit.rawValue, 31, 32, Self.peer, .client, Self.era),
          // The two nonces are the same: nobody could tell the modes apart.
          (name, 32, 32, Self.peer, .client, Self.era),
          (name, 0, 32, Self.peer, .client, Self.era),
          // Somebody else, who saw or guessed the timestamp.
          (name, 31, 32, SocketAddress(ipv4: 0xc000_0202, port: 50_000), .client, Self.era),
          // Not a client.
          (name, 31, 32, Self.peer, .symmetricActive, Self.era),
          // The clock was stepped since.
          (name, 31, 32, Self.peer, .client, Self.era.next),
          (name &+ 2, 31, 32, Self.peer, .client, Self.era),
        ]
    for (index, one) in cases.enumerated() {
      let answer = try Self.ask(
        history, at: 1_000_000 * Int64(index + 1), origin: one.origin, receive: one.receive, transmit: one.transmit,
        left: nil, peer: one.peer, mode: one.mode, era: one.era)
      #expect(answer.reply.origin.rawValue == one.transmit, "case \(index)")
      #expect(
        answer.reply.transmit
          == NTPTimestamp(utcSince1970: Self.stamp(1_000_000 * Int64(index + 1) + 20_000).time).markedTransmit)
    }
  }

  @Test(arguments: UInt8(1)...3)
  func olderVersionsGetTheBasicMode(version: UInt8) throws {
    let history = ReplyHistory(capacity: 64, secret: 5)
    let first = try Self.ask(history, at: 0, origin: 1, receive: 21, transmit: 22, left: 40_000)
    #expect(first.hasToken)
    let second = try Self.ask(
      history, at: 1_000_000, origin: first.reply.receive.rawValue, receive: 31, transmit: 32, left: nil,
      version: version)
    #expect(second.reply.version == version && second.reply.origin.rawValue == 32 && !second.hasToken)
    let third = try Self.ask(
      history, at: 2_000_000, origin: first.reply.receive.rawValue, receive: 41, transmit: 42, left: nil)
    #expect(third.reply.origin.rawValue == 41, "version 4 is told")
  }

  @Test func aReplyWhoseStampNeverCameIsAnsweredInBasicMode() throws {
    let history = ReplyHistory(capacity: 64, secret: 5)
    let first = try Self.ask(history, at: 0, origin: 1, receive: 21, transmit: 22, left: nil)
    let second = try Self.ask(
      history, at: 1_000_000, origin: first.reply.receive.rawValue, receive: 31, transmit: 32, left: nil)
    #expect(second.reply.origin.rawValue == 32)
  }

  @Test(arguments: UInt64(1)...5)
  func anyRequestIsAnsweredInItsLengthAndTheRightMode(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let history = ReplyHistory(capacity: 16, secret: seed)
    var names: [UInt64] = [1]
    for index in 0..<2000 {
      let origin = generator.next() % 3 == 0 ? generator.next() : names[Int(generator.next() % UInt64(names.count))]
      let (receive, transmit) = (generator.next() % 4, generator.next())
      let answer = try Self.ask(
        history, at: Int64(index) * 1_000_000, origin: origin, receive: receive, transmit: transmit,
        left: generator.next() % 4 == 0 ? nil : Int64(index) * 1_000_000 + 50_000)
      let isInterleaved = answer.reply.origin.rawValue == receive && receive != transmit
      #expect(isInterleaved || answer.reply.origin.rawValue == transmit)
      if isInterleaved { #expect(names.contains(origin)) }
      names.append(answer.reply.receive.rawValue)
    }
  }
}
