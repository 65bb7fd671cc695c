// SPDX-License-Identifier: Apache-2.0

import Diagnosis
import NTPWire
import TestSupport
import Testing
import TimeTypes

@Suite("A plain query judged")
struct QueryTests {
  @Test("the request is 48 bytes of version 4, mode 3, and shows nothing but its nonce")
  func request() throws {
    let bytes = Replies.query.request
    #expect(bytes.count == 48 && bytes[0] == 4 << 3 | 3 && bytes[1..<40].allSatisfy { $0 == 0 })
    #expect(Array(bytes[40...]) == [0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef])
    #expect(Query(nonce: 0).nonce != 0)
  }

  @Test(
    "a good answer: offset is reference - local",
    arguments: [-3.25, -0.001, 0, 0.001, 12.5, 600, -3500] as [Double])
  func good(ahead: Double) throws {
    let judgement = Replies.query.judge(Replies.answered(Replies.packet(ahead: TimeInterval(seconds: ahead))))
    #expect(judgement.faults.isEmpty && judgement.stratum == 2)
    let offset = try #require(judgement.offset)
    #expect(abs(Double(offset.nanoseconds) / 1e9 - ahead) < 1e-6)
    #expect(judgement.finding.hasPrefix("stratum 2, offset ") && judgement.finding.contains("delay 8.000 ms"))
    #expect(judgement.finding.contains("warning") == (abs(ahead) > 1))
  }

  @Test(
    "days off is a failure, whoever is wrong, and not called a quarter of an hour",
    arguments: [-364, -40, 2, 364, 4000] as [Int64])
  func farOff(days: Int64) throws {
    let ahead = TimeInterval.seconds(days * 86_400 + 400)
    let judgement = Replies.query.judge(Replies.answered(Replies.packet(ahead: ahead)))
    guard case .farOff(let offset, .usual(.seconds(3600)))? = judgement.faults.first else { throw Unexpected() }
    #expect(judgement.faults.count == 1 && (offset - ahead).magnitude < .milliseconds(1))
  }

  @Test("tompiond's limits, each way its own")
  func daemonsLimits() {
    let limits = OffsetLimits(
      gateForward: .seconds(100), gateBackward: .seconds(50), stepForward: .seconds(1), stepBackward: .seconds(20))
    func judge(_ seconds: Int64) -> OffsetLimits.Limit? {
      let outcome = Replies.answered(Replies.packet(ahead: .seconds(seconds)))
      guard case .farOff(_, let limit)? = Replies.query.judge(outcome, limits: limits).faults.first else { return nil }
      return limit
    }
    #expect(judge(101) == .gate(.seconds(100), setting: "max_pos_phase_correction") && judge(99) == .step(.seconds(1)))
    #expect(judge(-51) == .gate(.seconds(50), setting: "max_neg_phase_correction") && judge(-21) == .step(.seconds(20)))
    #expect(judge(-19) == nil && judge(0) == nil)
    let none = OffsetLimits(gateForward: nil, gateBackward: nil, stepForward: nil, stepBackward: nil)
    #expect(none.passed(by: .seconds(86_400 * 364)) == nil, "the operator wants none")
  }

  @Test("timestamps that cannot be: a packet that comes before it left, or leaves before it came")
  func impossible() {
    func judge(receive: Int64, transmit: Int64) -> [Fault] {
      var bytes = Replies.packet()
      for (offset, milliseconds) in [(32, receive), (40, transmit)] {
        let stamp = NTPTimestamp(Replies.sent + .milliseconds(milliseconds)).rawValue
        for index in 0..<8 { bytes[offset + index] = UInt8(truncatingIfNeeded: stamp >> UInt64(56 - 8 * index)) }
      }
      return Replies.query.judge(Replies.answered(bytes)).faults
    }
    // The whole exchange takes 10 ms.
    #expect(judge(receive: 0, transmit: 10) == [] && judge(receive: 0, transmit: 10) == judge(receive: -1, transmit: 9))
    for (receive, transmit) in [(0, 12), (0, 3364 * 86_400_000), (5, 3), (-3364 * 86_400_000, 5)] as [(Int64, Int64)] {
      let faults = judge(receive: receive, transmit: transmit)
      guard case .impossibleDelay(let delay)? = faults.first, faults.count == 1 else {
        Issue.record("\(receive), \(transmit): \(faults)")
        continue
      }
      #expect((delay - .milliseconds(10 - transmit + receive)).magnitude < .microseconds(1))
    }
  }

  static let cases: [(QueryOutcome, [Fault])] = [
    (QueryOutcome.refused, [Fault.portRefused]), (.unreachable("no route"), [.unreachable("no route")]),
    (.notSent("x"), [.notSent("x")]), (.silent(seconds: 4), [.silent(seconds: 4, elsewhere: nil)]),
    (Replies.answered([1, 2, 3]), [.notNTP(bytes: 3)]),
    (Replies.answered([UInt8](repeating: 0xff, count: 48)), [.notNTP(bytes: 48)]),
    (Replies.answered(Replies.packet(origin: 7)), [.foreignOrigin]),
    (Replies.answered(Replies.packet(origin: 0)), [.foreignOrigin]),
    (Replies.answered(Replies.query.request), [.wrongMode(3)]),
    (Replies.answered(Replies.packet(mode: .symmetricPassive)), [.wrongMode(2)]),
    (Replies.answered(Replies.packet(mode: .broadcast)), [.wrongMode(5)]),
    (Replies.answered(Replies.packet(stratum: 0, leap: .unsynchronized, reference: 0x4445_4E59)), [.denied("DENY")]),
    (Replies.answered(Replies.packet(stratum: 0, reference: 0x5253_5452)), [.denied("RSTR")]),
    (Replies.answered(Replies.packet(stratum: 0, reference: 0x5241_5445)), [.rateLimited]),
    (Replies.answered(Replies.packet(stratum: 0, reference: 0x494E_4954)), [.otherKiss("INIT")]),
    (Replies.answered(Replies.packet(stratum: 16)), [.stratum(16)]),
    (Replies.answered(Replies.packet(leap: .unsynchronized)), [.leap]),
    (Replies.answered(Replies.packet(stratum: 16, leap: .unsynchronized)), [.stratum(16), .leap]),
    (Replies.answered(Replies.packet(), Replies.packet()), [.twoAnswers(2, alike: true)]),
    (Replies.answered(Replies.packet(), Replies.packet(stratum: 3)), [.twoAnswers(2, alike: false)]),
    // A forged one beside the right one is no second answer.
    (Replies.answered(Replies.packet(origin: 9), Replies.packet()), []),
  ]

  @Test("each fault by its name", arguments: cases)
  func faults(outcome: QueryOutcome, faults: [Fault]) { #expect(Replies.query.judge(outcome).faults == faults) }

  @Test("an answer without time")
  func noTime() {
    var bytes = Replies.packet()
    for index in 40..<48 { bytes[index] = 0 }
    #expect(Replies.query.judge(Replies.answered(bytes)).faults == [.noTime])
  }

  @Test("local time where UTC belongs", arguments: [15, 30, 45, 60, 120, 330, 345, -60, -525, 27 * 60])
  func quarters(minutes: Int64) throws {
    for jitter in [-29, 0, 29] as [Int64] {
      let ahead = TimeInterval.seconds(minutes * 60 + jitter)
      let fault = try #require(Replies.query.judge(Replies.answered(Replies.packet(ahead: ahead))).faults.first)
      guard case .quarterHour(let offset) = fault else { throw Unexpected() }
      #expect((offset - ahead).magnitude < .milliseconds(1))
    }
    for jitter in [-31, 31] as [Int64] { #expect(!Query.isQuarterHour(.seconds(minutes * 60 + jitter))) }
  }

  struct Unexpected: Error {}

  @Test(
    "what it is called", arguments: [(15, "15 min"), (60, "1 h"), (120, "2 h"), (345, "5 h 45 min"), (-45, "45 min")])
  func names(minutes: Int64, text: String) {
    #expect(Fault.quarterHour(.seconds(minutes * 60 - 3)).finding.hasSuffix("nearly \(text)"))
  }

  @Test(
    "nothing and less than a quarter is none, nor are days",
    arguments: [0, 1, 29, 31, 600, 868, 28 * 3600, 86_400 * 400] as [Int64])
  func noQuarter(seconds: Int64) {
    #expect(!Query.isQuarterHour(.seconds(seconds)) && !Query.isQuarterHour(.seconds(-seconds)))
  }

  @Test("every fault has a name of its own, a finding and a cause")
  func texts() {
    let all: [Fault] = [
      .portRefused, .unreachable("x"), .notSent("x"), .silent(seconds: 2, elsewhere: nil), .signedSilence(seconds: 2),
      .notNTP(bytes: 1), .foreignOrigin,
      .wrongMode(3), .denied("DENY"), .rateLimited, .otherKiss("X"), .stratum(16), .leap, .noTime,
      .twoAnswers(2, alike: true),
      .quarterHour(.seconds(900)), .farOff(.seconds(7), .step(.seconds(1))), .impossibleDelay(.seconds(-2)),
      .signatureMissing, .cryptoNAK, .otherKey(1, wanted: 2), .wrongSignature(1),
    ]
    #expect(Set(all.map(\.name)).count == all.count && Set(all.map(\.finding)).count == all.count)
    #expect(all.allSatisfy { $0.cause.hasSuffix(".") && !$0.finding.hasSuffix(".") })
    let silences = [nil, true, false].map { Fault.silent(seconds: 2, elsewhere: $0).cause }
    #expect(Set(silences).count == 3)
    #expect(Fault.twoAnswers(2, alike: true).cause != Fault.twoAnswers(2, alike: false).cause)
  }

  @Test("any bytes are judged", arguments: [1, 2, 3, 4] as [UInt64])
  func noise(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<5000 {
      var bytes =
        Bool.random(using: &generator) ? Replies.packet() : generator.bytes(Int.random(in: 0...100, using: &generator))
      for _ in 0..<4 where !bytes.isEmpty {
        bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
      }
      let (plain, signed) = (
        Replies.query.judge(Replies.answered(bytes)),
        Replies.query.judgeSigned(Replies.answered(bytes), key: 1) { _, _ in false }
      )
      #expect(!plain.faults.isEmpty || plain.offset != nil)
      #expect(!signed.faults.isEmpty, "nothing unsigned passes for signed")
    }
  }
}
