// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import ClockPort
import EngineFeed
import LinuxKernel
import ProviderHost
import Report
import Settings
import TimeTypes

import struct Report.SourceReport

extension StatusSnapshot {
  /// Puts together what the engine, the providers and the configuration say. [control]
  init(report: DisciplineReport?, context: RuntimeContext, warnings: [String]) {
    self.init()
    let now = RawClock.now()
    let configuration = context.configuration
    version = TompionVersion.text
    processID = ProcessTable().ownPID
    time = context.utc().nanoseconds
    uptime = now - context.started
    clockKind = configuration.clock.kind == .virtual ? .virtual : .system
    minimumSources = configuration.clock.minimumSources
    authSelect = configuration.clock.authSelect.rawValue
    self.warnings = warnings + configuration.warnings.map(\.description)
    providers = context.providers.map(\.report)
    stamps = context.stamping.reports
    let known = context.providers.flatMap { provider in
      provider.outbox.sources.snapshot().map { (provider: provider.name, source: $0) }
    }
    let estimates = Dictionary((report?.sources ?? []).map { ($0.id, $0) }) { first, _ in first }
    sources = known.map { entry in
      SourceReport(
        entry.source, provider: entry.provider, estimate: estimates[entry.source.id],
        authSelect: configuration.clock.authSelect, now: now)
    }
    let network = sources.filter { !$0.referenceClock }
    networkSources = UInt64(network.count)
    provenSources = UInt64(network.count(where: \.isProven))
    if let followed = context.configuration.followed, let estimate = estimates[SystemFeed.source] {
      sources.append(SourceReport(followed: followed, estimate: estimate, now: now))
    }
    if let report { take(report, context: context, now: now) }
    takeClocks(report, context: context)
  }

  private mutating func take(_ report: DisciplineReport, context: RuntimeContext, now: RawInstant) {
    let state = report.state
    // The own clock, served though nobody sets it, has a reference time of now: for clients, not an update.
    let isOwnClock = !state.synchronized && state.stratum < 16
    let hasUpdate = state.referenceTime != .zero && !isOwnClock
    synchronization = state.synchronized ? .synchronized : .unsynchronized
    leap = state.leap
    stratum = state.stratum
    referenceID = state.referenceID
    systemSource = state.systemSource.flatMap { id in sources.first { $0.id == id }?.name }
    if hasUpdate {
      offset = state.offset
      jitter = state.jitter
      rootDelay = state.rootDelay
      rootDispersion = state.rootDispersion
    }
    frequency = report.frequency
    appliedFrequency = report.reading?.frequency
    boundStatistical = state.boundStatistical == .max ? nil : state.boundStatistical
    boundHard = state.boundHard == .max ? nil : state.boundHard
    taiOffset = state.taiOffset
    lastUpdateAge = hasUpdate ? context.utc().sinceEpoch - state.referenceTime : nil
    if state.synchronized, let age = lastUpdateAge, age > .seconds(4 << 10) { synchronization = .holdover }
    trueError = report.trueError
    samples = report.counters.samples
    updates = report.counters.updates
    steps = report.counters.steps
    clockMoves = report.counters.clockMoves
    clockRefusals = report.counters.refusals
    eventsDropped = report.eventsDropped &+ (context.hardware?.dropped ?? 0)
    tooBig = report.sources.reduce(0) { $0 &+ UInt64($1.refused) }
    (steering, steeringReason) = Self.steering(report, context)
    takeSanity(report, context.configuration.clock)
  }

  private static func steering(_ report: DisciplineReport, _ context: RuntimeContext) -> (SteeringState, String) {
    if !context.rivals.isEmpty { return (.refused, context.rivals) }
    switch report.steering {
    case .observing: return (.observing, "")
    case .waiting: return (.starting, "")
    case .steering: return (.steering, "")
    case .refused(let error): return (.refused, error.sentence)
    case .revalidating: return (.moved, "somebody else moved the clock")
    }
  }

  private mutating func takeSanity(_ report: DisciplineReport, _ clock: ClockConfiguration) {
    switch report.sanity {
    case .good: sanity = report.sources.contains { $0.state == .unselectable(.tooBig) } ? .refusing : .good
    case .suspect(let offset, let agreeing, let of):
      sanity = .suspect
      sanityOffset = offset
      sanityAgreeing = agreeing
      sanityOf = of
      sanityLimit = offset.isNegative ? clock.maximumNegativePhaseCorrection : clock.maximumPositivePhaseCorrection
    }
  }
}

extension SourceReport {
  fileprivate init(
    _ source: ProviderSource, provider: String, estimate: EngineSource?, authSelect: ClockConfiguration.AuthSelect,
    now: RawInstant
  ) {
    self.init(id: source.id, name: source.name)
    address = source.address
    self.provider = provider
    reach = source.summary.reach
    poll = source.summary.poll
    stratum = source.summary.stratum
    leap = source.leap
    referenceID = source.referenceID
    lastReplyAge = source.lastReply.map { now - $0 }
    polls = UInt64(source.polls)
    replies = UInt64(source.replies)
    rejected = UInt64(source.rejected)
    unanswered = UInt64(source.unanswered)
    lastError = source.lastError
    prefer = source.summary.has(TOMPION_SOURCE_PREFER)
    noselect = source.summary.has(TOMPION_SOURCE_NOSELECT)
    trust = source.summary.has(TOMPION_SOURCE_TRUST)
    require = source.summary.has(TOMPION_SOURCE_REQUIRE)
    reliable = source.summary.has(TOMPION_SOURCE_RELIABLE)
    proof = SourceProof(source)
    interleaved = source.summary.has(TOMPION_SOURCE_INTERLEAVED)
    poolMember = source.summary.has(TOMPION_SOURCE_POOL_MEMBER)
    referenceClock = source.summary.has(TOMPION_SOURCE_REFCLOCK)
    manual = source.summary.has(TOMPION_SOURCE_MANUAL)
    ownClock = source.summary.has(TOMPION_SOURCE_LOCAL)
    guard let estimate else {
      if address.isEmpty, !lastError.isEmpty { state = .unresolved }
      reason = lastError
      return
    }
    take(estimate, authSelect: authSelect)
  }

  /// The hardware clock that the system clock follows, as a source.
  fileprivate init(followed: HardwareClockConfiguration, estimate: EngineSource, now: RawInstant) {
    self.init(id: estimate.id, name: followed.name)
    address = followed.device
    provider = "hardware clock"
    reach = 0xFF
    poll = followed.poll
    stratum = estimate.stratum
    leap = estimate.leap
    referenceID = estimate.referenceID
    lastReplyAge = estimate.lastSample.map { now - $0 }
    referenceClock = true
    take(estimate)
  }

  private mutating func take(_ estimate: EngineSource, authSelect: ClockConfiguration.AuthSelect = .ignore) {
    (state, reason) = Self.state(estimate.state, error: lastError, authSelect)
    samples = UInt64(estimate.samples)
    tooBig = UInt64(estimate.refused)
    guard estimate.lastSample != nil else { return }
    offset = estimate.offset
    delay = estimate.delay
    dispersion = estimate.dispersion
    jitter = estimate.jitter
    stampKind = Self.kind(estimate.receiveKind, estimate.transmitKind)
    rootDistance = estimate.rootDistance
  }

  private static func kind(_ receive: StampKind, _ transmit: StampKind) -> String {
    func word(_ kind: StampKind) -> String {
      switch kind {
      case .none: "none"
      case .user: "user"
      case .kernel: "kernel"
      case .hardware: "hardware"
      }
    }
    return receive == transmit ? word(receive) : "\(word(receive))/\(word(transmit))"
  }

  /// The engine's decision in a word and a reason.
  private static func state(
    _ state: EngineSourceState, error: String, _ authSelect: ClockConfiguration.AuthSelect
  ) -> (SourceState, String) {
    switch state {
    case .selected: (.selected, "")
    case .combined: (.combined, "")
    case .outlier: (.outlier, "within its root distance, but its time moves against the majority")
    case .falseticker: (.falseticker, "disagrees with the majority")
    case .unselectable(let reason):
      switch reason {
      case .noSamples: (.waiting, error)
      case .unreachable: (.unreachable, error)
      case .noselect: (.noselect, "")
      case .unsynchronized: (.unsynchronized, "says that it is not synchronized")
      case .distant: (.distant, "its root distance is too great")
      case .tooBig: (.tooBig, "beyond max_pos_phase_correction or max_neg_phase_correction")
      case .timescale: (.waiting, "TAI - UTC is not known yet")
      case .unnumbered: (.waiting, "nobody says which second its pulses mark, or whom it is locked to is against it")
      case .unauthenticated: (.unauthenticated, "not authenticated, auth_select = \(authSelect.rawValue)")
      case .orphan:
        (.orphan, "its stratum is that of hosts without real time, and it does not lead here")
      case .standby: (.standby, error)
      case .smears: (.smears, "smears leap seconds and others do not: the two are never mixed")
      }
    case .waiting(let reason):
      switch reason {
      case .noMajority: (.waiting, "there is no majority")
      case .tooFewSources: (.waiting, "fewer sources agree than min_sources")
      case .requiredSourceMissing: (.waiting, "a required source is missing")
      }
    }
  }
}
