// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import ProviderKit
import TimeTypes

/// The adapter between the host and its own clock as a source: it looks at the clock page each second, and says whether the clock may
/// stand in. What follows from it is the engine's.
///
/// Timer 0 ticks each second.
final class LocalProvider: Provider {
  private var options = LocalOptions()
  private var reference: LocalReference?
  private var page: ClockPage?
  private var source: UInt32 = 0
  private var info = SourceInfo()
  private var sequence: UInt32 = 0
  private var isStarted = false
  private var ticks: UInt32 = 0
  private var wasServed = false

  private static let tick: UInt16 = 0
  private static let flags: SampleFlags = [.oneWay, .noLeap, .reply]
  /// log2 s between samples, which only say that it is still there.
  private static let poll: Int8 = 3

  override func initialize() -> Status {
    guard
      host.offers(
        ["source/1": host.sources.isAvailable, "timer/1": host.timers.isAvailable], "the own clock as a source needs")
    else { return .unsupported }
    page = host.clockPage()
    if page == nil {
      host.log(
        .warning, "the host has no clock page: nobody says when real time is lost, and the own clock never stands in")
    }
    guard let options = readSettings() else { return .invalid }
    use(options)
    guard let source = host.sources.add(info) else {
      host.log(.error, "the host takes no further source: the own clock is not used")
      return .error
    }
    self.source = source
    return .ok
  }

  override func start() -> Status {
    isStarted = true
    let now = host.nowRaw
    reference = LocalReference(options, now: now)
    ticks = 0
    return host.timers.arm(Self.tick, at: now)
  }

  override func stop() {
    isStarted = false
    host.timers.disarm(Self.tick)
    reference = nil
    publishInfo()
  }

  override func close() {
    if source != 0 { host.sources.remove(source) }
    source = 0
  }

  override func command(_ command: Command) -> Status {
    switch command.kind {
    case .updateConfig:
      guard let options = readSettings() else { return .invalid }
      use(options)
      if isStarted { reference = LocalReference(options, now: host.nowRaw) }
      return .ok
    // What there is to know is on the page.
    case .query, .pollIntervalChanged, .timeJumped, .networkChanged, .pollNow, .shutdown: return .ok
    default: return .unsupported
    }
  }

  override func expired(timer: UInt16, now: RawInstant) {
    guard timer == Self.tick else { return }
    guard page != nil else { return }
    let isNews = reference?.take(ClockSight(page, now: now), now: now) ?? false
    publishInfo()
    if isNews || ticks & 7 == 0 { publishSample() }
    if isNews { tell() }
    ticks &+= 1
    host.timers.arm(Self.tick, at: now + .seconds(1))
  }

  // MARK: what goes out

  /// At what stratum it is served, and how wrong it may be called at most; of the time it says nothing.
  private func publishSample() {
    guard let stamp = host.now() else { return }
    sequence &+= 1
    _ = host.publish(
      Sample(
        source: SourceID(rawValue: source), sequence: sequence, flags: Self.flags, clock: stamp.clock,
        era: stamp.era, local: stamp.time, reference: stamp.time, raw: stamp.raw,
        rootDispersion: UInt64(max(options.dispersion.nanoseconds, 0)), referenceID: Self.referenceID,
        leap: .none, stratum: options.stratum, precision: -20, poll: Self.poll, receiveKind: stamp.kind,
        transmitKind: .none))
  }

  private func publishInfo() {
    guard source != 0 else { return }
    info.fields.reach = reference?.isReady == true ? 0xFF : 0
    host.sources.update(source, info)
  }

  private func tell() {
    guard let reference else { return }
    let isServed = reference.state == .served
    guard isServed != wasServed else { return }
    wasServed = isServed
    if isServed {
      host.event(
        .ownTimeServed, source: source,
        "nobody can be followed: this host's own time is served at stratum \(options.stratum)")
    } else {
      host.event(
        .ownTimeEnded, source: source,
        "this host's own time is not served any more: \(reference.state == .idle ? "real time is there" : "another source leads")"
      )
    }
  }

  // MARK: settings

  /// "LOCL" (RFC 5905, figure 12).
  private static let referenceID = ReferenceID("LOCL")

  private func readSettings() -> LocalOptions? { host.settings.read { LocalSettings.read($0) } }

  private func use(_ options: LocalOptions) {
    self.options = options
    info.name = "local"
    info.address = options.isOrphan ? "stratum \(options.stratum), orphan" : "stratum \(options.stratum)"
    info.fields.flags =
      TOMPION_SOURCE_REFCLOCK | TOMPION_SOURCE_LOCAL | (options.isOrphan ? TOMPION_SOURCE_ORPHAN : 0)
    info.fields.reference_id = Self.referenceID.rawValue
    info.fields.stratum = options.stratum
    (info.fields.poll, info.fields.min_poll, info.fields.max_poll) = (Self.poll, Self.poll, Self.poll)
  }
}
