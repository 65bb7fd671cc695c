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
  package var statistics: PeerStatistics
  package var bounds: SourceBounds
  package var sampleCount: UInt32

  /// No delay to look at: `statistics.delay` is zero.
  package var isOneWay: Bool { @_noAllocation @_noLocks get { newest.isOneWay } }

  @_noAllocation @_noLocks
  package init(
    line: ClockLine, newest: Observation, offsetError: Double, frequencyError: Frequency, scatter: Double,
    statistics: PeerStatistics, bounds: SourceBounds, sampleCount: UInt32
  ) {
    self.line = line
    self.newest = newest
    self.offsetError = offsetError
    self.frequencyError = frequencyError
    self.scatter = scatter
    self.statistics = statistics
    self.bounds = bounds
    self.sampleCount = sampleCount
  }

  package static var none: SourceEstimate {
    @_noAllocation @_noLocks get {
      SourceEstimate(
        line: ClockLine(raw: RawInstant(nanoseconds: 0), time: .zero, frequency: .zero), newest: .none, offsetError: 0,
        frequencyError: .zero, scatter: 0, statistics: .none, bounds: .none, sampleCount: 0)
    }
  }

  /// Tells the same from a moment shortly after, without going through the measurements again. The deviation grows by all of the
  /// frequency's, which is more than it would.
  @_noAllocation @_noLocks
  package mutating func carry(to now: RawInstant, driftBound: DriftBound) {
    let elapsed = (now - line.raw).inSeconds.magnitude
    line = line.moved(to: now)
    offsetError += frequencyError.ratio * elapsed
    bounds.grow(by: driftBound.rate(frequencyError: frequencyError.ratio) * elapsed)
  }
}

/// How far the reference can be from a source's line, root terms apart; seconds.
package struct SourceBounds: Sendable, BitwiseCopyable, Equatable {
  /// At most: half the delay, stamps, assumed drift.
  package var hard: Double
  /// The same, but with the frequency taken for as good as it is believed to be: what selection compares sources by.
  package var outer: Double
  /// What lasting queues may hide: part of the statistical bound.
  package var lingering: Double

  @_noAllocation @_noLocks
  package init(hard: Double, outer: Double, lingering: Double) {
    self.hard = hard
    self.outer = outer
    self.lingering = lingering
  }

  package static var none: SourceBounds {
    @_noAllocation @_noLocks get { SourceBounds(hard: 0, outer: 0, lingering: 0) }
  }

  /// The measurements behind them have aged.
  @_noAllocation @_noLocks
  mutating func grow(by drift: Double) {
    hard += drift
    outer += drift
  }
}
