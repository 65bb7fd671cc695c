// SPDX-License-Identifier: Apache-2.0

import Numerics
package import TimeTypes

/// Everything that is estimated of one source: the clock filter's register beside a regression over a longer history.
///
/// The register gives delay, dispersion and jitter as RFC 5905 defines them; the regression gives the line that the clock
/// is steered to. A measurement far off the line is held back as a popcorn spike; four in a row are a new truth.
package struct SourceFilter: Sendable, BitwiseCopyable {
  /// Spikes in a row that are no longer taken for spikes.
  package static var spikesToRestart: Int { 4 }
  /// A residual beyond this many deviations is a spike (SGATE of RFC 5905 is 3; the deviation here is that of the residual).
  package static var spikeGate: Double { 5.0 }

  package private(set) var register = ClockFilter()
  package private(set) var history = SampleHistory()
  private var spikes = InlineArray<4, Observation>(repeating: .none)
  package private(set) var spikeCount = 0
  /// The newest measurement that was taken.
  package private(set) var newest = Observation.none
  /// How many measurements were taken since the last start.
  package private(set) var accepted: UInt32 = 0

  package enum Verdict: Sendable { case taken, spike, restarted, stale }

  @_noAllocation @_noLocks
  package init() {}

  package var isEmpty: Bool { @_noAllocation @_noLocks get { accepted == 0 } }

  /// Takes a measurement in. Older than the newest or simultaneous with it: stale, and nothing changes.
  @_noAllocation @_noLocks
  package mutating func add(_ observation: Observation, prior: FrequencyPrior, wander: Double) -> Verdict {
    if accepted > 0 && !(observation.raw > newest.raw) { return .stale }
    if history.fit.count >= 4 && isSpike(observation, wander: wander) {
      if spikeCount < Self.spikesToRestart {
        spikes[spikeCount] = observation
        spikeCount += 1
      }
      if spikeCount < Self.spikesToRestart { return .spike }
      let held = spikes
      self = SourceFilter()
      for i in 0..<Self.spikesToRestart { take(held[i], prior: prior) }
      return .restarted
    }
    spikeCount = 0
    take(observation, prior: prior)
    return .taken
  }

  /// Moves all that is known of the reference, as when a leap second passes.
  @_noAllocation @_noLocks
  package mutating func shift(by interval: TimeInterval) {
    register.shift(by: interval)
    history.shift(by: interval)
    newest.reference = newest.reference + interval
    for i in 0..<Self.spikesToRestart { spikes[i].reference = spikes[i].reference + interval }
  }

  /// A measurement's distance from the line before it was taken, in seconds; zero while there is no line.
  @_noAllocation @_noLocks
  package func residual(of observation: Observation) -> Double {
    history.fit.count == 0
      ? 0 : history.offset(of: observation) - history.fit.value(at: history.time(of: observation.raw))
  }

  private mutating func take(_ observation: Observation, prior: FrequencyPrior) {
    register.add(observation)
    history.add(observation, prior: prior)
    newest = observation
    accepted &+= 1
  }

  private func isSpike(_ observation: Observation, wander: Double) -> Bool {
    guard let summary = register.summary(at: observation.raw, frequency: Frequency(ratio: history.fit.slope)) else {
      return false
    }
    let time = history.time(of: observation.raw)
    let age = (observation.raw - newest.raw).inSeconds
    // What a queue added to the round trip may have moved the offset by half of itself: that is no spike.
    let late = 0.5 * (observation.delay - summary.delay)
    let excess = residual(of: observation).magnitude - (late > 0 ? late : 0)
    if excess <= 0 { return false }
    let deviation = squareRoot(
      history.fit.variance(at: time) + summary.jitter * summary.jitter + history.fit.scatter * history.fit.scatter
        + wander * wander * age * age * age / 3)
    return excess > Self.spikeGate * deviation + observation.dispersion
  }

  /// What the source says at `now`; nil before its first measurement. `driftBound` is how wrong the frequency is assumed to
  /// be at most, which is how fast an old measurement loses its worth for the hard bound.
  @_noAllocation @_noLocks
  package func estimate(at now: RawInstant, wander: Double, driftBound: Double) -> SourceEstimate? {
    guard accepted > 0, let summary = register.summary(at: now, frequency: Frequency(ratio: history.fit.slope)) else {
      return nil
    }
    let time = history.time(of: now)
    let age = (now - newest.raw).inSeconds
    let line = history.line(at: now)
    let frequencyError = squareRoot(history.fit.slopeVariance)
    let drift = driftBound > 3.3 * frequencyError ? driftBound : 3.3 * frequencyError
    // Each stage alone bounds the truth; the tightest one counts.
    var bound = Double.infinity
    for i in 0..<register.count {
      let stage = register.stage(age: i)
      let elapsed = now - stage.raw
      let carried = ClockLine(raw: stage.raw, time: stage.reference, frequency: line.frequency).time(at: now)
      let reach =
        (carried - line.time).inSeconds.magnitude + stage.asymmetryBound + stage.dispersion + drift * elapsed.inSeconds
      if reach < bound { bound = reach }
    }
    return SourceEstimate(
      line: line, newest: newest,
      offsetError: squareRoot(history.fit.variance(at: time) + wander * wander * age * age * age / 3),
      frequencyError: Frequency(ratio: frequencyError), scatter: history.fit.scatter, delay: summary.delay,
      isOneWay: newest.isOneWay, dispersion: summary.dispersion, measuredDispersion: summary.measuredDispersion,
      jitter: summary.jitter, hardBound: bound, sampleCount: accepted)
  }
}
