// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import ClockPort
import LinuxKernel
import ProviderHost
import Report
import Selection
import Settings
import Testing
import TimeTypes

@testable import Engine
@testable import Runtime

/// StatusSnapshot+Assembly.
@Suite struct StatusSnapshotAssemblyTests {
  typealias Steering = EngineSteering

  static func context(
    _ configuration: Configuration = Configuration(), providers: [HostedProvider] = [], rivals: String = ""
  )
    -> RuntimeContext
  {
    let clock = HostClock.virtual(
      VirtualClock(initialOffset: .zero, initialFrequency: .zero, start: ClockPair.realtime()))
    return RuntimeContext(
      configuration: configuration, providers: providers, router: CommandRouter(mailboxes: []) {},
      clocks: KernelClocks(clock.stampSource),
      port: DisciplinePort(advise: { _, _ in }, stepped: { _ in }, published: {}, logged: {}),
      rivals: rivals, wakeDiscipline: {})
  }

  static func report(_ steering: Steering = .steering, sanity: EngineSanity = .good) -> DisciplineReport {
    var report = StatusExchangeTests.report(samples: 0)
    report.steering = steering
    report.sanity = sanity
    return report
  }

  static func snapshot(_ report: DisciplineReport?, _ context: RuntimeContext = context()) -> StatusSnapshot {
    StatusSnapshot(report: report, context: context, warnings: [])
  }

  @Test func aRivalRefusesWhateverTheEngineSays() {
    for steering in [Steering.observing, .waiting, .steering, .refused(.notPermitted)] {
      let status = Self.snapshot(Self.report(steering), Self.context(rivals: "chronyd (pid 812) steers the clock"))
      #expect(status.steering == .refused && status.steeringReason == "chronyd (pid 812) steers the clock")
    }
  }

  @Test func steeringIsToldWithItsReason() {
    let cases: [(Steering, Report.SteeringState, String)] = [
      (.observing, .observing, ""), (.waiting, .starting, ""), (.steering, .steering, ""),
      (.refused(.notPermitted), .refused, ClockError.notPermitted.sentence),
      (.refused(.system(errno: 5)), .refused, ClockError.system(errno: 5).sentence),
    ]
    for (engine, state, reason) in cases {
      let status = Self.snapshot(Self.report(engine))
      #expect(status.steering == state && status.steeringReason == reason)
    }
    let moved = Self.snapshot(Self.report(.revalidating(since: RawClock.now())))
    #expect(moved.steering == .moved && !moved.steeringReason.isEmpty)
  }

  @Test func aSuspectClockIsToldWithTheLimitOfItsSign() {
    var configuration = Configuration()
    configuration.clock.maximumPositivePhaseCorrection = .seconds(100)
    configuration.clock.maximumNegativePhaseCorrection = .seconds(30)
    for (offset, limit) in [(TimeInterval.seconds(500), TimeInterval.seconds(100)), (.seconds(-500), .seconds(30))] {
      let report = Self.report(sanity: .suspect(offset: offset, agreeing: 3, of: 4))
      let status = Self.snapshot(report, Self.context(configuration))
      #expect(status.sanity == .suspect)
      #expect(status.sanityOffset == offset && status.sanityLimit == limit)
      #expect(status.sanityAgreeing == 3 && status.sanityOf == 4)
    }
    #expect(Self.snapshot(Self.report()).sanity == .good)
  }

  @Test func withoutAnUpdateNothingIsMadeUp() {
    let status = Self.snapshot(Self.report(.waiting))
    #expect(status.offset == nil && status.jitter == nil && status.rootDelay == nil && status.rootDispersion == nil)
    #expect(status.boundHard == nil && status.boundStatistical == nil && status.lastUpdateAge == nil)
    #expect(status.synchronization == .unsynchronized)
    let silent = Self.snapshot(nil)
    #expect(silent.steering == .starting && silent.stratum == 16 && silent.processID > 0)
  }

  @Test func whatTheEngineSaysArrives() {
    let context = Self.context()
    var report = Self.report()
    report.state = TimeState(
      clock: .system, synchronized: true, leap: .insert, stratum: 3, referenceID: ReferenceID(rawValue: 0x7F00_0001),
      referenceTime: context.utc().sinceEpoch - .seconds(60), rootDelay: .milliseconds(4),
      rootDispersion: .milliseconds(5), boundStatistical: .milliseconds(6), boundHard: .milliseconds(7),
      offset: .microseconds(-8), jitter: .microseconds(9), taiOffset: 37)
    report.frequency = .partsPerMillion(10)
    report.trueError = .microseconds(11)
    report.counters = DisciplineCounters(samples: 12, updates: 13, steps: 14, refusals: 15, clockMoves: 16)
    report.eventsDropped = 17
    let status = Self.snapshot(report, context)
    #expect(status.synchronization == .synchronized && status.leap == .insert && status.stratum == 3)
    #expect(status.referenceID == ReferenceID(rawValue: 0x7F00_0001) && status.taiOffset == 37)
    #expect(status.rootDelay == .milliseconds(4) && status.rootDispersion == .milliseconds(5))
    #expect(status.boundStatistical == .milliseconds(6) && status.boundHard == .milliseconds(7))
    #expect(status.offset == .microseconds(-8) && status.jitter == .microseconds(9))
    #expect(status.frequency == .partsPerMillion(10) && status.trueError == .microseconds(11))
    #expect(status.samples == 12 && status.updates == 13 && status.steps == 14)
    #expect(status.clockRefusals == 15 && status.clockMoves == 16 && status.eventsDropped == 17)
    #expect(status.lastUpdateAge.map { ($0 - .seconds(60)).magnitude < .seconds(10) } == true)
    // Nothing new for longer than the longest poll: it runs on what it knew.
    report.state.referenceTime = context.utc().sinceEpoch - .seconds(4 << 10) - .seconds(60)
    #expect(Self.snapshot(report, context).synchronization == .holdover)
  }

  /// The engine's view of a source.
  static func estimate(_ id: UInt32, _ state: EngineSourceState, samples: UInt32 = 5) -> EngineSource {
    EngineSource(
      id: SourceID(rawValue: id), options: SourceOptions(), state: state, stratum: 1, leap: .none, referenceID: .none,
      reach: 255, poll: 4, lastOffset: .zero, offset: .milliseconds(21), frequency: .zero, offsetError: .zero,
      frequencyError: .zero, delay: .milliseconds(22), dispersion: .zero, jitter: .microseconds(23),
      rootDistance: .milliseconds(24), rootDelay: .zero, rootDispersion: .zero,
      lastSample: samples > 0 ? RawClock.now() : nil, samples: samples, refused: 2, spikes: 0)
  }

  @Test func eachDecisionHasItsWordAndReason() throws {
    let hosted = HostedProvider(ProviderConfiguration(name: "linked"), number: 911)
    let provider = try LinkedProvider(in: hosted)
    let source = try provider.add(flags: TOMPION_SOURCE_PREFER)
    let context = Self.context(providers: [hosted])
    let cases: [(EngineSourceState, Report.SourceState, String?)] = [
      (.selected, .selected, nil), (.combined, .combined, nil), (.outlier, .outlier, "moves against"),
      (.falseticker, .falseticker, "majority"), (.unselectable(.noSamples), .waiting, nil),
      (.unselectable(.unreachable), .unreachable, nil), (.unselectable(.noselect), .noselect, nil),
      (.unselectable(.unsynchronized), .unsynchronized, "not synchronized"),
      (.unselectable(.distant), .distant, "root distance"),
      (.unselectable(.tooBig), .tooBig, "phase_correction"),
      (.unselectable(.unauthenticated), .unauthenticated, "not authenticated, auth_select = mix"),
      (.unselectable(.timescale), .waiting, "TAI - UTC"), (.waiting(.noMajority), .waiting, "majority"),
      (.waiting(.tooFewSources), .waiting, "min_sources"), (.waiting(.requiredSourceMissing), .waiting, "required"),
    ]
    for (decision, word, reason) in cases {
      var report = Self.report()
      report.sources = [Self.estimate(source, decision)]
      let status = Self.snapshot(report, context)
      let told = try #require(status.sources.first)
      #expect(status.sources.count == 1 && told.provider == "linked" && told.prefer && !told.noselect)
      #expect(told.state == word, "\(decision)")
      // One set of words: what selection decides is told by its own name.
      if word != .waiting { #expect("\(decision)".hasSuffix("\(word)") || "\(decision)".hasSuffix(".\(word))")) }
      if let reason { #expect(told.reason.contains(reason), "\(decision)") } else { #expect(told.reason.isEmpty) }
      #expect(told.offset == .milliseconds(21) && told.delay == .milliseconds(22) && told.samples == 5)
      #expect(status.tooBig == 2 && told.tooBig == 2)
      #expect(status.sanity == (decision == .unselectable(.tooBig) ? .refusing : .good))
    }
    // Numbers that nobody measured are not shown, and a source that the engine does not know is there all the same.
    var report = Self.report()
    report.sources = [Self.estimate(source, .unselectable(.noSamples), samples: 0)]
    #expect(try #require(Self.snapshot(report, context).sources.first).offset == nil)
    #expect(Self.snapshot(Self.report(), context).sources.map(\.id) == [SourceID(rawValue: source)])
  }
}
