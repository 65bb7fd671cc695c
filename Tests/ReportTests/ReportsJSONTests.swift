// SPDX-License-Identifier: Apache-2.0

import Report
import Testing
import TimeTypes

@Suite("Reports as JSON")
struct ReportsJSONTests {
  static var source: SourceReport {
    var source = SourceReport(id: SourceID(rawValue: 7), name: "ntp\u{1B}[2J.example.net")
    source.address = "192.0.2.1:123"
    source.provider = "ntp-client"
    source.state = .selected
    source.reason = "nearest"
    source.reach = 0o377
    source.poll = -2
    source.stratum = 2
    source.leap = .insert
    source.referenceID = ReferenceID(rawValue: 0xC000_0201)
    source.offset = .microseconds(-12)
    source.delay = .milliseconds(3)
    source.dispersion = .microseconds(5)
    source.jitter = TimeInterval(nanoseconds: 700)
    source.rootDistance = .milliseconds(9)
    source.lastReplyAge = .seconds(3)
    source.polls = 10
    source.replies = 9
    source.rejected = 1
    source.unanswered = 2
    source.samples = 8
    source.tooBig = 4
    source.lastError = "no route to host"
    source.prefer = true
    source.trust = true
    (source.proof.scheme, source.proof.isProven, source.proof.key) = (.symmetric, true, 4_294_967_295)
    source.proof.refusal = "wrong code"
    source.stampKind = "kernel"
    return source
  }

  static var provider: ProviderReport {
    var provider = ProviderReport(name: "ntp-client")
    provider.version = "1.0"
    provider.vendor = "Tompion"
    provider.description = "d"
    provider.module = "/x.so"
    provider.placement = .process
    provider.processID = 42
    provider.state = .running
    provider.sources = 1
    provider.samples = 2
    provider.ringFull = 3
    provider.invalidSamples = 4
    provider.misbehaved = 5
    provider.restarts = 6
    provider.droppedMessages = 7
    provider.droppedCommands = 8
    provider.lastError = "e"
    provider.counters = [NamedCounter("refused_clients", 3)]
    return provider
  }

  static var snapshot: StatusSnapshot {
    var snapshot = StatusSnapshot()
    snapshot.version = "0.1"
    snapshot.processID = 4711
    snapshot.time = 1_763_701_387_123_456_789
    snapshot.uptime = .seconds(61)
    snapshot.clockKind = .virtual
    snapshot.synchronization = .synchronized
    snapshot.leap = .none
    snapshot.stratum = 3
    snapshot.referenceID = ReferenceID(rawValue: 0xC000_0201)
    snapshot.systemSource = "ntp.example.net"
    snapshot.offset = .microseconds(3)
    snapshot.frequency = .partsPerMillion(-40)
    snapshot.appliedFrequency = .partsPerMillion(-41)
    snapshot.jitter = TimeInterval(nanoseconds: 900)
    snapshot.rootDelay = .milliseconds(2)
    snapshot.rootDispersion = .milliseconds(1)
    (snapshot.authSelect, snapshot.networkSources, snapshot.provenSources) = ("require", 3, 2)
    snapshot.boundStatistical = .microseconds(20)
    snapshot.boundHard = .milliseconds(2)
    snapshot.taiOffset = 37
    snapshot.lastUpdateAge = .seconds(1)
    snapshot.steering = .refused
    snapshot.steeringReason = "CAP_SYS_TIME is missing"
    snapshot.sanity = .refusing
    snapshot.sanityOffset = .seconds(-259_200)
    snapshot.sanityAgreeing = 1
    snapshot.sanityOf = 3
    snapshot.sanityLimit = .seconds(172_800)
    snapshot.minimumSources = 2
    snapshot.trueError = .microseconds(-4)
    snapshot.samples = 100
    snapshot.updates = 90
    snapshot.steps = 1
    snapshot.tooBig = 2
    snapshot.clockMoves = 3
    snapshot.clockRefusals = 4
    snapshot.eventsDropped = 5
    snapshot.warnings = ["no real-time priority"]
    return snapshot
  }

  @Test("each report comes back as it went")
  func roundTrips() throws {
    #expect(SourceReport(json: try JSONValue(decoding: Self.source.json.encoded.utf8)) == Self.source)
    #expect(ProviderReport(json: try JSONValue(decoding: Self.provider.json.encoded.utf8)) == Self.provider)
    var status = StatusSnapshot(json: try JSONValue(decoding: Self.snapshot.json.encoded.utf8))
    // Parts per billion and back may differ in the last bit.
    for path in [\StatusSnapshot.frequency, \.appliedFrequency] {
      let went = try #require(Self.snapshot[keyPath: path])
      let came = try #require(status[keyPath: path])
      #expect((went.ratio - came.ratio).magnitude <= went.ratio.ulp)
      status[keyPath: path] = went
    }
    #expect(status == Self.snapshot)
    let event = EventRecord.tooBig(
      Sample(
        source: SourceID(rawValue: 3), local: .seconds(5), reference: .seconds(260_000), raw: RawInstant(nanoseconds: 9)
      ),
      offset: .seconds(259_995), limit: .seconds(172_800), source: "s")
    #expect(EventRecord(json: try JSONValue(decoding: event.json.encoded.utf8)) == event)
  }

  @Test("what is not known is null, and every key is there")
  func unknown() {
    var snapshot = StatusSnapshot()
    snapshot.boundHard = .max
    let json = snapshot.json
    for key in ["offset_ns", "frequency_ppb", "true_error_ns", "bound_hard_ns", "system_source"] {
      #expect(json[key] == .null, "\(key)")
    }
    #expect(json["synchronized"] == .boolean(false))
    #expect(StatusSnapshot(json: json).boundHard == nil)
  }

  @Test("a TOO_BIG event carries the whole sample and who sent it")
  func tooBig() {
    let sample = Sample(
      source: SourceID(rawValue: 3), sequence: 11, local: .zero, reference: .seconds(259_200),
      raw: RawInstant(nanoseconds: 9))
    let event = EventRecord.tooBig(sample, offset: sample.offset, limit: .seconds(172_800), source: "192.0.2.1:123")
    #expect(event.number == 34)
    #expect(event.slug == "too-big")
    #expect(event.severity == .error)
    #expect(
      event.text == "192.0.2.1:123 asks for +3 d 0 h, beyond the limit of 2 d 0 h: refused, the clock did not move")
    let carried = event.json["details"]?["sample"]
    #expect(carried?["reference_ns"] == .integer(259_200_000_000_000))
    #expect(carried?["sequence"] == .integer(11))
    #expect(carried?["asymmetry_bound_ns"] == .null)
  }
}
