// SPDX-License-Identifier: Apache-2.0

import ClockPort
import Engine
import Recording
import Report
import TestSupport
import Testing
import TimeTypes

@testable import Replaying

@Suite struct ReplayTests {
  /// An engine with two sources for ten minutes; what it was told and what it asked for, as a file. `gapAt` loses that event.
  static func record(
    parameters: EngineParameters = EngineParameters(), gapAt: Int? = nil, spoiltAt: Int? = nil,
    end: RecordEnd? = .stopped,
    removes: Bool = false
  ) -> [UInt8] {
    var engine = Engine(clock: .system, parameters: parameters, capacity: 4)
    var actions = Actions()
    var encoder = RecordEncoder()
    encoder.add(RecordHead(program: "test 1", clock: .system, capacity: 4, parameters: parameters))
    var random = SeededGenerator(seed: 3)
    var number = 0
    func feed(_ event: Event) {
      actions.removeAll()
      engine.handle(event, into: &actions)
      number += 1
      let digest = ActionDigest(actions).value
      if number == gapAt { return encoder.addGap(of: 1) }
      encoder.add(RecordedEvent(event, actions: number == spoiltAt ? ~digest : digest))
    }
    let start = RawInstant(nanoseconds: 5_000_000_000)
    let sources = [SourceID(rawValue: 1), SourceID(rawValue: 2)]
    for source in sources { feed(.sourceAdded(source, SourceOptions(), now: start)) }
    for second in Int64(1)...600 {
      let raw = start + .seconds(second)
      let time = TimeInterval.seconds(1_790_000_000 + second)
      feed(.tick(ClockReading(clock: .system, era: ClockEra(rawValue: 0), raw: raw, time: time, frequency: .zero)))
      guard second % 8 == 0 else { continue }
      // A queue on the way out.
      let queue = 1e-4 * random.uniform()
      let noise = TimeInterval(seconds: 1e-3 + queue / 2)
      feed(
        .sample(
          Sample(
            source: sources[Int(second / 8 % 2)], sequence: UInt32(second), local: time, reference: time + noise,
            raw: raw, delay: 2_000_000 + Int64(queue * 1e9), dispersion: 1000, poll: 4),
          now: raw))
    }
    if removes { for source in sources { feed(.sourceRemoved(source, now: start + .seconds(600))) } }
    if let end { encoder.addEnd(end) }
    return encoder.take()
  }

  /// A daemon that ends removes its sources: they are told as they were.
  @Test func sourcesThatWereRemovedAreTold() throws {
    let replay = try Replay(Self.record(removes: true))
    #expect(replay.isIdentical == true)
    #expect(replay.sources.map(\.id) == [1, 2] && replay.sources.allSatisfy { $0.isRemoved && $0.samples > 30 })
    #expect(replay.sources.contains { $0.state == "selected" })
    #expect(replay.text(.plain).contains("selected, then removed"))
  }

  @Test func theSameEngineIsBitForBitTheSame() throws {
    let replay = try Replay(Self.record())
    #expect(replay.isIdentical == true && replay.differing == 0 && replay.firstDifference == nil)
    #expect(replay.events == 677 && replay.compared == 677 && replay.foreign.isEmpty)
    #expect(replay.counts.map(\.kind) == ["source added", "tick", "sample"])
    #expect(replay.counts.map(\.count) == [2, 600, 75])
    #expect(replay.end == .stopped && replay.damage == nil)
    #expect(replay.trace.seconds.count == 600 && replay.trace.seconds.last == 600)
    #expect(replay.trace.sampleOffsets.filter(\.isFinite).count == 75 - 1, "the last one is followed by no tick")
    #expect(replay.sources.map(\.id) == [1, 2] && replay.sources.allSatisfy { $0.samples > 30 })
    #expect(replay.log.contains { $0.text.hasPrefix("synchronized to source") })
    #expect(replay.verdict == "bit for bit the same: all 677 events led to the recorded actions")
  }

  /// The recorded parameters are used, not the defaults, and what differs is said where the defaults are asked for.
  @Test func theRecordedParametersAreUsed() throws {
    var parameters = EngineParameters()
    parameters.smoothness *= 7
    parameters.minimumSources = 2
    let bytes = Self.record(parameters: parameters)
    #expect(try Replay(bytes).isIdentical == true)
    let other = try Replay(bytes, usingDefaults: true)
    #expect(other.isIdentical == false && other.differing > 0)
    #expect(other.foreign.contains("minimumSources was 2, here it is 1"))
    #expect(other.foreign.count == 2)
    #expect(other.verdict.hasPrefix("NOT the same: "))
  }

  /// Another release: a parameter that is not known here, one that the record does not know, another engine.
  @Test func anotherReleaseIsNamed() throws {
    var bytes = Self.record()
    func replace(_ old: String, _ new: String) throws {
      let (old, new) = (Array(old.utf8), Array(new.utf8))
      let place = try #require((0...bytes.count - old.count).first { Array(bytes[$0..<$0 + old.count]) == old })
      try #require(old.count == new.count)
      bytes.replaceSubrange(place..<place + old.count, with: new)
    }
    try replace("parameter.smoothness=", "parameter.skycolours=")
    try replace("engine=\(EngineProbe.digest)", "engine=0000000000000000")
    let replay = try Replay(bytes)
    #expect(replay.foreign.contains { $0.hasPrefix("the engine here is not the one that was recorded (test 1)") })
    #expect(replay.foreign.contains("skycolours was \(EngineParameters().smoothness), here there is no such parameter"))
    #expect(replay.foreign.contains("smoothness is \(EngineParameters().smoothness) here, the record does not say it"))
  }

  @Test func oneDifferentActionIsFound() throws {
    let replay = try Replay(Self.record(spoiltAt: 300))
    #expect(replay.isIdentical == false && replay.differing == 1)
    #expect(replay.firstDifference?.event == 300)
    #expect(replay.text(.plain).contains("NOT the same: 1 of 677 events led to other actions; the first is event 300"))
  }

  /// What is missing cannot be the same; what came before it can.
  @Test func aGapEndsTheComparison() throws {
    let replay = try Replay(Self.record(gapAt: 40))
    #expect(replay.isIdentical == nil && replay.differing == 0)
    #expect(replay.firstGap == 39 && replay.missing == 1 && replay.compared == 39 && replay.events == 676)
    #expect(replay.verdict == "the same up to event 39, after which 1 events are missing in the record")
  }

  /// A killed daemon's record: everything that is whole is replayed.
  @Test func aCutRecordIsReplayedAsFarAsItGoes() throws {
    let bytes = Self.record(end: nil)
    let whole = try Replay(bytes)
    #expect(whole.isIdentical == true && whole.end == nil && whole.ending.hasPrefix("ended without saying why"))
    let cut = try Replay(Array(bytes.dropLast(7)))
    #expect(cut.isIdentical == true && cut.events == 676)
    #expect(cut.ending.contains("ends in the middle of what begins at byte"))
    #expect(throws: RecordError.foreign) { try Replay(Array("no record".utf8)) }
  }

  @Test func jsonSaysTheSame() throws {
    guard case .object(let members) = try Replay(Self.record()).json else {
      Issue.record("not an object")
      return
    }
    let values = Dictionary(uniqueKeysWithValues: members.map { ($0.name, $0.value) })
    #expect(values["identical"] == .boolean(true) && values["events"] == .integer(677))
    #expect(values["is_complete"] == .boolean(true) && values["first_difference"] == .null)
    guard case .object(let gap) = try Replay(Self.record(gapAt: 5)).json else {
      Issue.record("no object")
      return
    }
    #expect(gap.first { $0.name == "identical" }?.value == .null)
  }

  @Test func thePageShowsOffsetBoundsAndFrequency() throws {
    let html = try Replay(Self.record()).html(title: "<x>")
    #expect(html.split(separator: "<svg ").count == 3)
    #expect(html.contains("&lt;x&gt;") && !html.contains("<x>") && !html.contains("<script"))
    #expect(html.contains("bit for bit the same"))
    #expect(html.contains("\nestimated offset at the end"))
  }

  @Test func theTraceIsALineATick() throws {
    let lines = try Replay(Self.record()).trace.csv.split(separator: "\n")
    #expect(lines.count == 601)
    #expect(lines[0] == "second,offset_s,frequency,bound_statistical_s,bound_hard_s,sample_offset_s")
    #expect(lines.dropFirst().allSatisfy { $0.split(separator: ",", omittingEmptySubsequences: false).count == 6 })
  }

  /// Whatever a record says, the engine bears it: bytes inside the entries' bodies are others, so that most of it is read.
  @Test func hostileRecordsDoNoHarm() throws {
    var random = SeededGenerator(seed: 11)
    let good = Self.record()
    var reader = try RecordReader(good)
    var bodies: [Range<Int>] = []
    while true {
      let start = reader.offset
      guard try reader.next() != nil else { break }
      bodies.append(start + 4..<reader.offset)
    }
    var events = 0
    for _ in 0..<40 {
      var bytes = good
      for _ in 0..<20 {
        guard let place = bodies.randomElement(using: &random)?.randomElement(using: &random) else { continue }
        bytes[place] = UInt8.random(in: 0...255, using: &random)
      }
      events += try Replay(bytes).events
    }
    #expect(events > 40 * 200, "most were read to the end: \(events)")
  }
}
