// SPDX-License-Identifier: Apache-2.0

import Numerics
package import TimeTypes

/// Everything that is estimated of one source: the clock filter's register beside the path filter.
///
/// The register gives delay, dispersion and jitter as RFC 5905 defines them, and the hard bound; the path filter gives the line that
/// the clock is steered to. Both stand on the raw counter.
package struct SourceFilter: Sendable, BitwiseCopyable {
  /// What a counter may drift besides what is known of its frequency, where the worst case is not the question.
  private static var believedDrift: Double { @_noAllocation @_noLocks get { 1e-6 } }

  package private(set) var register = ClockFilter()
  package private(set) var path = PathFilter()
  /// The line that the path filter's offsets are told from: the reference at the first measurement, as fast as the counter.
  package private(set) var anchor = ClockLine(raw: RawInstant(nanoseconds: 0), time: .zero, frequency: .zero)
  /// The newest measurement that was taken.
  package private(set) var newest = Observation.none
  /// How many measurements were taken since the start.
  package private(set) var accepted: UInt32 = 0
  /// What the source last said that it may be wrong by: held back or not, a measurement tells that.
  private var toldError = 0.0

  /// What became of a measurement: used, held back until it is confirmed, used as the first of a new truth, or older than the newest.
  package enum Verdict: Sendable { case taken, spike, restarted, stale }

  @_noAllocation @_noLocks
  package init() {}

  package var isEmpty: Bool { @_noAllocation @_noLocks get { accepted == 0 } }

  /// What the source says now that it may be wrong by, whatever becomes of the measurement.
  @_noAllocation @_noLocks
  package mutating func tell(rootError: Double) { toldError = rootError }

  /// Takes a measurement in. Older than the newest or simultaneous with it: stale, and nothing changes.
  @_noAllocation @_noLocks
  package mutating func add(_ observation: Observation, prior: FrequencyPrior) -> Verdict {
    if accepted > 0 && !(observation.raw > newest.raw) { return .stale }
    tell(rootError: observation.rootError)
    if accepted == 0 {
      take(observation)
      anchor = ClockLine(raw: observation.raw, time: observation.reference, frequency: .zero)
      path.start(
        Measurement(observation, from: anchor), frequency: prior.mean.ratio, deviation: prior.deviation.ratio)
      return .taken
    }
    let verdict = path.add(Measurement(observation, from: anchor))
    guard path.bank.isSound else {
      // Measurements that no path can make: begin again rather than publish what is no number.
      self = SourceFilter()
      _ = add(observation, prior: prior)
      return .restarted
    }
    switch verdict {
    case .held: return .spike
    case .taken:
      take(observation)
      return .taken
    case .stepped:
      // What the register holds is of the time before.
      register = ClockFilter()
      take(observation)
      return .restarted
    }
  }

  @_noAllocation @_noLocks
  private mutating func take(_ observation: Observation) {
    newest = observation
    accepted &+= 1
    register.add(observation)
  }

  /// Moves all that is known of the reference, as when a leap second passes.
  @_noAllocation @_noLocks
  package mutating func shift(by interval: TimeInterval) {
    register.shift(by: interval)
    anchor.time = anchor.time + interval
    newest.reference = newest.reference + interval
  }

  /// The counter is known to run so much slower since a moment.
  @_noAllocation @_noLocks
  package mutating func bend(by change: Double, at now: RawInstant) {
    if accepted > 0 { path.bank.bend(by: change, at: (now - anchor.raw).inSeconds) }
  }

  /// Variances of the source's line after its newest measurement: of the offset, s², and of the frequency's ratio.
  package var doubt: (offset: Double, frequency: Double) {
    @_noAllocation @_noLocks get { (path.bank.mean.xx, path.bank.mean.yy) }
  }

  /// What the source says at `now`; nil before its first measurement. `driftBound` is how fast an old measurement loses its
  /// worth for the hard bound.
  @_noAllocation @_noLocks
  package func estimate(at now: RawInstant, driftBound: DriftBound) -> SourceEstimate? {
    guard accepted > 0 else { return nil }
    var bank = path.bank
    bank.predict(to: (now - anchor.raw).inSeconds)
    let mean = bank.mean
    guard let summary = register.summary(at: now, frequency: Frequency(ratio: mean.y)) else { return nil }
    let line = anchor.line(offset: mean.x, frequency: mean.y, at: now)
    let frequencyError = squareRoot(mean.yy)
    let offsetError = squareRoot(mean.xx + path.asymmetryVariance)
    return SourceEstimate(
      line: line, newest: newest, offsetError: offsetError, frequencyError: Frequency(ratio: frequencyError),
      scatter: newest.isOneWay ? path.noise.spread : path.noise.light, statistics: summary.statistics,
      bounds: newest.isOneWay
        ? oneWayBounds(offsetError)
        : SourceBounds(
          hard: bound(of: line, at: now, drift: driftBound.rate(frequencyError: frequencyError)),
          outer: bound(
            of: line, at: now, drift: Self.believedDrift + 4 * (frequencyError < 5e-6 ? frequencyError : 5e-6)),
          lingering: path.noise.lingering(over: mean.d)),
      sampleCount: accepted)
  }

  /// Each stage alone bounds the truth by its own delay; the tightest one counts. What the source says now of its own error is added by
  /// who asks.
  ///
  /// A source that said more then than it says now has been moving towards the truth since, and no drift of ours explains that: such a
  /// stage is worth less by twice the difference, once for where the source was and once for the frequency that the line has of it; and
  /// as fast as it was seen to move, the line may have been carried too far since the newest stage.
  @_noAllocation @_noLocks
  private func bound(of line: ClockLine, at now: RawInstant, drift: Double) -> Double {
    var bound = Double.infinity
    var fastest = 0.0
    for i in 0..<register.count {
      let stage = register.stage(age: i)
      let carried = ClockLine(raw: stage.raw, time: stage.reference, frequency: line.frequency).time(at: now)
      let passed = (newest.raw - stage.raw).inSeconds
      let moved = stage.rootError - newest.rootError
      if passed > 0 && moved > fastest * passed { fastest = moved / passed }
      let fall = stage.rootError - toldError
      let reach =
        (carried - line.time).inSeconds.magnitude + stage.asymmetryBound + stage.dispersion
        + drift * (now - stage.raw).inSeconds + (fall > 0 ? 2 * fall : 0)
      if reach < bound { bound = reach }
    }
    return bound + fastest * (now - newest.raw).inSeconds
  }

  /// No delay bounds a one-way source: what it says itself, and ten deviations of its noise and of the estimate.
  @_noAllocation @_noLocks
  private func oneWayBounds(_ offsetError: Double) -> SourceBounds {
    let bound = newest.asymmetryBound + newest.dispersion + 10 * (path.noise.spread + offsetError)
    return SourceBounds(hard: bound, outer: bound, lingering: 0)
  }
}

extension Measurement {
  /// An observation as seconds against a line.
  @_noAllocation @_noLocks
  package init(_ observation: Observation, from anchor: ClockLine) {
    self.init(
      time: (observation.raw - anchor.raw).inSeconds,
      offset: (observation.reference - anchor.time(at: observation.raw)).inSeconds, delay: observation.delay,
      stamp: observation.resolution, isOneWay: observation.isOneWay)
  }
}

extension ClockLine {
  /// The line that is `offset` seconds ahead of this one at a moment, with another frequency.
  @_noAllocation @_noLocks
  package func line(offset: Double, frequency: Double, at instant: RawInstant) -> ClockLine {
    ClockLine(
      raw: instant, time: time(at: instant) + TimeInterval(seconds: offset), frequency: Frequency(ratio: frequency))
  }
}
