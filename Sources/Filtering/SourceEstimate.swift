// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

/// What one source says of the reference at one raw moment; all errors in seconds.
package struct SourceEstimate: Sendable, BitwiseCopyable {
  /// The reference at `line.raw` and its frequency, both against the raw counter.
  package var line: ClockLine
  /// The newest measurement behind it.
  package var newest: Observation
  /// One standard deviation of the line at `line.raw`, paths assumed symmetric.
  package var offsetError: Double
  package var frequencyError: Frequency
  /// The scatter of a single good measurement.
  package var scatter: Double
  /// Round trip of the best recent measurement; zero when `isOneWay`.
  package var delay: Double
  package var isOneWay: Bool
  /// Peer dispersion of RFC 5905 (empty stages count MAXDISP), and without the empty stages.
  package var dispersion: Double
  package var measuredDispersion: Double
  package var jitter: Double
  /// The reference cannot be farther from the line than this, root terms apart: half the delay, stamps, assumed drift.
  package var hardBound: Double
  /// The same, but with the frequency taken for as good as it is believed to be: what selection compares sources by.
  package var outerBound: Double
  package var sampleCount: UInt32
  /// What lasting queues may hide, seconds: part of the statistical bound.
  package var lingering = 0.0

  /// Tells the same from a moment shortly after, without going through the measurements again. `driftBound` is how wrong the
  /// frequency is assumed to be at most; the deviation grows by all of the frequency's, which is more than it would.
  @_noAllocation @_noLocks
  package mutating func carry(to now: RawInstant, driftBound: Double) {
    let elapsed = (now - line.raw).inSeconds.magnitude
    let drift = 3.3 * frequencyError.ratio
    line = line.moved(to: now)
    offsetError += frequencyError.ratio * elapsed
    hardBound += (drift > driftBound ? drift : driftBound) * elapsed
    outerBound += (drift > driftBound ? drift : driftBound) * elapsed
  }

  package static var none: SourceEstimate {
    @_noAllocation @_noLocks get {
      SourceEstimate(
        line: ClockLine(raw: RawInstant(nanoseconds: 0), time: .zero, frequency: .zero), newest: .none, offsetError: 0,
        frequencyError: .zero, scatter: 0, delay: 0, isOneWay: false, dispersion: 0, measuredDispersion: 0, jitter: 0,
        hardBound: 0, outerBound: 0, sampleCount: 0)
    }
  }

  @_noAllocation @_noLocks
  package init(
    line: ClockLine, newest: Observation, offsetError: Double, frequencyError: Frequency, scatter: Double,
    delay: Double,
    isOneWay: Bool, dispersion: Double, measuredDispersion: Double, jitter: Double, hardBound: Double,
    outerBound: Double, sampleCount: UInt32
  ) {
    self.line = line
    self.newest = newest
    self.offsetError = offsetError
    self.frequencyError = frequencyError
    self.scatter = scatter
    self.delay = delay
    self.isOneWay = isOneWay
    self.dispersion = dispersion
    self.measuredDispersion = measuredDispersion
    self.jitter = jitter
    self.hardBound = hardBound
    self.outerBound = outerBound
    self.sampleCount = sampleCount
  }
}
