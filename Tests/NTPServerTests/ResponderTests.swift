// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import TestSupport
import Testing
import TimeTypes

@testable import NTPServer

@Suite struct ResponderTests {
  static let now = RawInstant(nanoseconds: 5_000_000_000)
  static let staleAfter = TimeInterval.milliseconds(700)

  static func info() -> tompion_clock_info_t {
    var info = tompion_clock_info_t()
    info.size = UInt32(MemoryLayout<tompion_clock_info_t>.size)
    info.leap = 1
    info.stratum = 2
    info.raw_ns = now.nanoseconds
    info.reference_ns = 1_700_000_000_500_000_000
    info.root_delay_ns = 250_000_000
    info.root_dispersion_ns = 125_000_000
    info.dispersion_rate_ppb = 15_000
    info.reference_id = 0x0a00_0001
    info.precision = -23
    return info
  }

  static func request(version: UInt8 = 4, mode: UInt8 = 3, length: Int = 48) -> [UInt8] {
    var bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ 1) }
    if length > 0 { bytes[0] = version << 3 | mode }
    return bytes
  }

  /// The verdict, and the bytes after it with both server stamps.
  static func answer(
    _ request: [UInt8], port: UInt16 = 40000, served: ServedTime = ServedTime(info(), now: now),
    received: RawInstant = now
  ) -> (verdict: Responder.Verdict, bytes: [UInt8]) {
    var bytes = request
    var span = bytes.mutableSpan
    let verdict = Responder.answer(
      &span, peerPort: port, age: now - received, staleAfter: staleAfter, template: ReplyTemplate(served))
    return (verdict, bytes)
  }

  static func word64(_ bytes: [UInt8], _ at: Int) -> UInt64 { bytes[at..<at + 8].reduce(0) { $0 << 8 | UInt64($1) } }
  static func word32(_ bytes: [UInt8], _ at: Int) -> UInt32 { bytes[at..<at + 4].reduce(0) { $0 << 8 | UInt32($1) } }

  @Test func whatIsBehindThePlainRequestIsNotJudged() {
    func answer(_ plain: Int?) -> Responder.Verdict {
      var bytes = Self.request(version: 3, length: 68)
      bytes[51] = 1
      var span = bytes.mutableSpan
      return Responder.answer(
        &span, peerPort: 40000, age: .zero, staleAfter: Self.staleAfter,
        template: ReplyTemplate(ServedTime(Self.info(), now: Self.now)), plain: plain)
    }
    #expect(answer(nil) == .silence(.authenticator))
    #expect(answer(47) == .silence(.short))
    #expect(answer(48) == .reply(length: 48))
  }

  @Test func everyModeVersionAndPort() {
    for version in UInt8(0)...7 {
      for mode in UInt8(0)...7 {
        for port in [UInt16(123), 1, 40000] {
          let request = Self.request(version: version, mode: mode)
          let (verdict, bytes) = Self.answer(request, port: port)
          let expected: UInt8? =
            !(1...4).contains(version)
            ? nil : mode == 3 ? 4 : mode == 1 ? 2 : mode == 0 && version == 1 && port != 123 ? 4 : nil
          if let expected {
            #expect(verdict == .reply(length: 48))
            #expect(bytes[0] == 1 << 6 | version << 3 | expected)
          } else {
            #expect(verdict == .silence((1...4).contains(version) ? .mode : .version))
            #expect(bytes == request, "a request that gets no answer is left as it was")
          }
        }
      }
    }
  }

  @Test func headerOfTheReply() {
    let request = Self.request()
    let (_, bytes) = Self.answer(request)
    #expect(bytes[1] == 2)
    #expect(bytes[2] == request[2], "the client's poll interval comes back")
    #expect(Int8(bitPattern: bytes[3]) == -23)
    #expect(Self.word32(bytes, 4) == 0x4000, "a quarter of a second in 16.16")
    #expect(Self.word32(bytes, 8) == 0x2000)
    #expect(Self.word32(bytes, 12) == 0x0a00_0001)
    // 1 700 000 000 s after 1970, and half a second.
    #expect(Self.word64(bytes, 16) == UInt64(1_700_000_000 + 2_208_988_800) << 32 | 1 << 31)
    #expect(Array(bytes[24..<32]) == Array(request[40..<48]), "origin is the request's transmit stamp")
  }

  @Test func stampsOfOneEra() {
    var bytes = Self.request()
    var span = bytes.mutableSpan
    let received = Stamp(
      clock: .system, kind: .kernel, era: ClockEra(rawValue: 3), time: .seconds(1_700_000_000), raw: Self.now)
    var transmitted = received
    transmitted.time = .seconds(1_700_000_000) + .milliseconds(250)
    transmitted.raw = Self.now + .milliseconds(250)
    Responder.stamp(&span, received: received, departure: Departure(transmitted))
    #expect(Self.word64(bytes, 32) == UInt64(1_700_000_000 + 2_208_988_800) << 32)
    #expect(Self.word64(bytes, 40) == UInt64(1_700_000_000 + 2_208_988_800) << 32 | 1 << 30)
  }

  @Test func aStepBetweenTheStampsIsUndone() {
    var bytes = Self.request()
    var span = bytes.mutableSpan
    let received = Stamp(
      clock: .system, kind: .kernel, era: ClockEra(rawValue: 3), time: .seconds(1_000), raw: Self.now)
    let transmitted = Stamp(
      clock: .system, kind: .user, era: ClockEra(rawValue: 4), time: .seconds(9_000), raw: Self.now + .milliseconds(500)
    )
    Responder.stamp(&span, received: received, departure: Departure(transmitted))
    let difference = Self.word64(bytes, 40) &- Self.word64(bytes, 32)
    #expect(difference == 1 << 31, "half a second on the raw clock, not 8000 s")
  }

  @Test func theKissKeepsWhatTheClientChecks() {
    let request = Self.request()
    var (_, bytes) = Self.answer(request)
    var span = bytes.mutableSpan
    Responder.kiss(&span)
    #expect(bytes[0] == 3 << 6 | 4 << 3 | 4 && bytes[1] == 0, "leap 3, stratum 0")
    #expect(bytes[2] == request[2])
    #expect(Array(bytes[12..<16]) == Array("RATE".utf8))
    #expect(Array(bytes[24..<32]) == Array(request[40..<48]), "the client takes no kiss without its own origin")
    #expect(Self.word64(bytes, 4) >> 32 == 0 && Self.word32(bytes, 8) == 0 && Self.word64(bytes, 16) == 0)
  }

  @Test func staleRequestsAreDropped() {
    let limit = Self.staleAfter
    #expect(Self.answer(Self.request(), received: Self.now - limit).verdict == .reply(length: 48))
    let later = Self.now - limit - TimeInterval(nanoseconds: 1)
    #expect(Self.answer(Self.request(), received: later).verdict == .silence(.stale))
  }

  @Test(arguments: [
    (3, 12, Silence.authenticator), (3, 20, .authenticator), (3, 72, .authenticator), (4, 4, .authenticator),
    (4, 20, .authenticator), (4, 24, .authenticator), (4, 3, .malformed), (4, 8, .malformed), (1, 12, .authenticator),
  ])
  func trailers(version: Int, extra: Int, reason: Silence) {
    var request = Self.request(version: UInt8(version), length: 48 + extra)
    // A key's number.
    if extra > 4 { request[51] = 7 }
    #expect(Self.answer(request).verdict == .silence(reason))
  }

  /// Key 0 is no key, whatever stands behind it: the request is a plain one, here as where schemes are asked.
  @Test(arguments: [(3, 20), (3, 12), (4, 20), (4, 24), (1, 12)]) func keyZeroIsNoKey(version: Int, extra: Int) {
    var request = Self.request(version: UInt8(version), length: 48 + extra)
    for index in 48..<52 { request[index] = 0 }
    #expect(Self.answer(request).verdict == .reply(length: 48))
    request[50] = 1
    #expect(Self.answer(request).verdict == .silence(.authenticator))
  }

  @Test func extensionFieldsAreIgnoredAndNotEchoed() {
    var request = Self.request(length: 48 + 28 + 32)
    request[48...51] = [0x01, 0x04, 0, 28]
    request[76...79] = [0x02, 0x04, 0, 32]
    #expect(Self.answer(request).verdict == .reply(length: 48))
    // With a MAC behind them there is somebody to satisfy whom we cannot.
    #expect(Self.answer(request + [UInt8](repeating: 9, count: 20)).verdict == .silence(.authenticator))
    request[79] = 36
    #expect(Self.answer(request).verdict == .silence(.malformed))
  }

  @Test func randomBytesOfEveryLength() {
    var generator = SeededGenerator(seed: 0x5e12)
    var replies = 0
    for length in 0...1500 {
      for round in 0..<4 {
        var bytes = (0..<length).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
        if length > 0, round == 0 { bytes[0] = 0b00_100_011 }
        let mode = length > 0 ? bytes[0] & 7 : 0
        let port = UInt16(truncatingIfNeeded: generator.next())
        let (verdict, _) = Self.answer(bytes, port: port)
        guard case .reply(let sent) = verdict else { continue }
        replies += 1
        #expect(sent <= length)
        #expect(![2, 4, 5, 6, 7].contains(mode))
      }
    }
    #expect(replies > 0)
  }

  @Test func repliesOfTwoServersDieOut() {
    // Each server's answer to any request is shown to the other as if it came from the server port, and from another.
    for version in UInt8(1)...4 {
      for mode in UInt8(0)...7 {
        for port in [UInt16(123), 40000] {
          var (verdict, bytes) = Self.answer(Self.request(version: version, mode: mode), port: port)
          var exchanges = 0
          while case .reply(let length) = verdict, exchanges < 10 {
            exchanges += 1
            (verdict, bytes) = Self.answer(Array(bytes[..<length]), port: port)
          }
          #expect(exchanges <= 1, "version \(version) mode \(mode): the reply was answered")
        }
      }
    }
  }
}
