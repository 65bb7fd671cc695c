// SPDX-License-Identifier: Apache-2.0

import Numerics
package import TimeTypes

/// The clock filter of RFC 5905, section 10: a shift register of eight stages, of which the one with the least delay speaks.
///
/// The stages hold (raw, reference) pairs. They are compared at one moment by carrying each along the raw counter with the
/// source's frequency, so a slewed or stepped local clock leaves no trace in them.
package struct ClockFilter: Sendable, BitwiseCopyable {
  /// NSTAGE of RFC 5905; a power of two, so that the register wraps by a mask.
  private typealias Register<Value> = InlineArray<8, Value>
  package static var stageCount: Int { @_noAllocation @_noLocks get { 8 } }
  /// What an empty stage counts as (MAXDISP), seconds.
  package static var maximumDispersion: Double { 16.0 }
  /// The growth of a stage's dispersion with its age (PHI), seconds per second.
  package static var dispersionRate: Double { 15e-6 }

  private var stages = Register<Observation>(repeating: .none)
  package private(set) var count = 0
  private var next = 0

  @_noAllocation @_noLocks
  package init() {}

  @_noAllocation @_noLocks
  package mutating func add(_ observation: Observation) {
    stages[next] = observation
    next = (next + 1) & (Self.stageCount - 1)
    if count < Self.stageCount { count += 1 }
  }

  /// The register's stage of that age: 0 is the newest.
  @_noAllocation @_noLocks
  package func stage(age: Int) -> Observation { stages[(next + 2 * Self.stageCount - 1 - age) & (Self.stageCount - 1)] }

  /// Moves every stage's reference, as when a leap second passes.
  @_noAllocation @_noLocks
  package mutating func shift(by interval: TimeInterval) {
    for i in 0..<Self.stageCount { stages[i].reference = stages[i].reference + interval }
  }

  /// What the register says at `now`, its stages carried there with `frequency`; nil while empty.
  @_noAllocation @_noLocks
  package func summary(at now: RawInstant, frequency: Frequency) -> ClockFilterSummary? {
    if count == 0 { return nil }
    // Least delay first, ties to the newer: an insertion sort of at most eight indices.
    var order = Register<Int>(repeating: 0)
    for i in 0..<count {
      var j = i
      let delay = stage(age: i).delay
      while j > 0 && stage(age: order[j - 1]).delay > delay {
        order[j] = order[j - 1]
        j -= 1
      }
      order[j] = i
    }
    let best = stage(age: order[0])
    let origin = best.reference
    var dispersion = 0.0
    var measured = 0.0
    var weight = 0.5
    var squares = 0.0
    for i in 0..<Self.stageCount {
      if i < count {
        let stage = stage(age: order[i])
        let age = (now - stage.raw).inSeconds
        let grown = stage.dispersion + Self.dispersionRate * (age > 0 ? age : 0)
        dispersion += (grown < Self.maximumDispersion ? grown : Self.maximumDispersion) * weight
        measured += (grown < Self.maximumDispersion ? grown : Self.maximumDispersion) * weight
        if i > 0 {
          let elapsed = best.raw - stage.raw
          let difference =
            (stage.reference - origin + elapsed).inSeconds + elapsed.inSeconds * frequency.ratio
          squares += difference * difference
        }
      } else {
        dispersion += Self.maximumDispersion * weight
      }
      weight *= 0.5
    }
    let jitter = count > 1 ? squareRoot(squares / Double(count - 1)) : 0
    return ClockFilterSummary(
      line: ClockLine(raw: best.raw, time: best.reference, frequency: frequency).moved(to: now), best: best,
      statistics: PeerStatistics(
        delay: best.delay, dispersion: dispersion, measuredDispersion: measured, jitter: jitter))
  }
}

/// What the clock filter says at one moment.
package struct ClockFilterSummary: Sendable, BitwiseCopyable {
  /// The reference by the stage of least delay, carried to the asked moment (θ).
  package var line: ClockLine
  package var best: Observation
  package var statistics: PeerStatistics
}

/// The clock filter's figures that NTP publishes (RFC 5905, section 10: δ, ε, ψ), in seconds.
package struct PeerStatistics: Sendable, BitwiseCopyable, Equatable {
  /// Round trip of the best recent measurement; zero for a one-way source.
  package var delay: Double
  /// Peer dispersion with MAXDISP for each empty stage: over 1.5 s until the fourth sample.
  package var dispersion: Double
  /// The same without the empty stages: what is really known.
  package var measuredDispersion: Double
  /// Root mean square of the other stages' differences from the best.
  package var jitter: Double

  @_noAllocation @_noLocks
  package init(delay: Double, dispersion: Double, measuredDispersion: Double, jitter: Double) {
    self.delay = delay
    self.dispersion = dispersion
    self.measuredDispersion = measuredDispersion
    self.jitter = jitter
  }

  package static var none: PeerStatistics {
    @_noAllocation @_noLocks get { PeerStatistics(delay: 0, dispersion: 0, measuredDispersion: 0, jitter: 0) }
  }
}
