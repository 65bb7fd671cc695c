// SPDX-License-Identifier: Apache-2.0

import ClockPort
import Engine
import Report
import Testing
import TimeTypes

@testable import EngineFeed

/// EngineEvent+Record.
@Suite struct EngineEventRecordTests {
  /// What an event has to become.
  struct Expected {
    var event: EngineEvent
    var number: UInt16
    /// Whether it is about a source, whose name is told then.
    var isOfSource = false
    /// Quantities that the text tells.
    var quantities: [String] = []
  }

  static let name = "ntp.example.net"
  static let source = SourceID(rawValue: 0x40_0001)
  static let now = RawInstant(nanoseconds: 900_000_000_000)
  static let offset = TimeInterval.milliseconds(-1_234)

  /// One of every case, by what comes before it: a new case does not compile until it stands here.
  static func expected(after event: EngineEvent?) -> Expected? {
    let sample = Sample(source: source, local: .seconds(1), reference: .seconds(3), raw: now)
    let signed = Quantity.offset(offset)
    return switch event {
    case nil:
      Expected(
        event: .tooBig(sample, offset: offset, limit: .seconds(77)), number: 34, isOfSource: true,
        quantities: [signed, Quantity.span(.seconds(77))])
    case .tooBig:
      Expected(
        event: .localClockSuspect(offset: offset, agreeing: 3, of: 5), number: 501, quantities: [signed, "3 of 5"])
    case .localClockSuspect:
      Expected(
        event: .systemSourceChanged(source, stratum: 4), number: 35, isOfSource: true, quantities: ["stratum 4"])
    case .systemSourceChanged: Expected(event: .synchronized(source), number: 500, isOfSource: true)
    case .synchronized:
      Expected(
        event: .unsynchronized(lastUpdate: now - .seconds(600)), number: 36, quantities: [Quantity.age(.seconds(600))])
    case .unsynchronized:
      Expected(event: .falseticker(source, offset: offset), number: 502, isOfSource: true, quantities: [signed])
    case .falseticker: Expected(event: .stepped(by: offset), number: 33, quantities: [signed])
    case .stepped: Expected(event: .clockMoved(by: offset), number: 503, quantities: [signed])
    case .clockMoved: Expected(event: .clockRefused(.notPermitted), number: 504, quantities: ["CAP_SYS_TIME"])
    case .clockRefused: Expected(event: .clockAccepted, number: 505)
    case .clockAccepted: Expected(event: .leapArmed(.delete), number: 273)
    case .leapArmed:
      Expected(event: .sourceRefused(source, capacity: 64), number: 526, isOfSource: true, quantities: ["64"])
    case .sourceRefused:
      Expected(event: .sourceRestarted(source, offset: offset), number: 529, isOfSource: true, quantities: [signed])
    case .sourceRestarted: Expected(event: .localClockAccepted, number: 525)
    case .localClockAccepted: Expected(event: .revalidated, number: 530)
    case .revalidated:
      Expected(
        event: .clockFrequencyChanged(.partsPerMillion(-33)), number: 523,
        quantities: [Quantity.frequency(.partsPerMillion(-33))])
    case .clockFrequencyChanged:
      Expected(event: .leapPassed(by: .seconds(-1)), number: 531, quantities: [Quantity.offset(.seconds(-1))])
    case .leapPassed: Expected(event: .smearingLeftOut(source), number: 560, isOfSource: true)
    case .smearingLeftOut: Expected(event: .noMajority, number: 527)
    case .noMajority: nil
    }
  }

  @Test func eachEventHasItsNumberAndSaysWhomItIsAbout() {
    var last: EngineEvent?
    var numbers: Set<UInt16> = []
    while let expected = Self.expected(after: last) {
      var asked: [SourceID] = []
      let record = expected.event.record(now: Self.now) {
        asked.append($0)
        return Self.name
      }
      #expect(record.number == expected.number, "\(expected.event)")
      #expect(EventKind(rawValue: record.number)?.slug == record.slug)
      #expect(record.source == (expected.isOfSource ? Self.name : nil), "\(expected.event)")
      #expect(record.text.contains(Self.name) == expected.isOfSource, "\(record.text)")
      #expect(asked.allSatisfy { $0 == Self.source } && asked.isEmpty != expected.isOfSource)
      for quantity in expected.quantities { #expect(record.text.contains(quantity), "\(record.text)") }
      #expect(numbers.insert(record.number).inserted, "two events of one number")
      last = expected.event
    }
    #expect(numbers.count == 19)
  }

  @Test func noSourceAndNoUpdateAreSaidAsSuch() {
    let none = EngineEvent.systemSourceChanged(nil, stratum: 16).record(now: Self.now) { _ in Self.name }
    #expect(none.source == nil && !none.text.contains(Self.name))
    let never = EngineEvent.unsynchronized(lastUpdate: RawInstant(nanoseconds: 0)).record(now: Self.now) { _ in "" }
    #expect(!never.text.contains("ago"))
  }

  @Test func aRefusalSaysWhatToDoAboutIt() {
    let errors: [ClockError] = [.notPermitted, .invalidValue, .unsupported, .observing, .system(errno: 77)]
    #expect(Set(errors.map(\.sentence)).count == errors.count)
    #expect(ClockError.notPermitted.sentence.contains("clock.steer = false"))
    #expect(ClockError.system(errno: 77).sentence.contains("77"))
  }
}
