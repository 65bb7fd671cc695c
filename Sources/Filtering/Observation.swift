// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

/// One measurement as the estimators see it: what the reference showed at a raw moment. The steered clock is not in it, so
/// nothing that is done to that clock can reach an estimate.
package struct Observation: Sendable, BitwiseCopyable, Equatable {
  package var raw: RawInstant
  /// The reference in UTC, since 1970.
  package var reference: TimeInterval
  /// The round trip in seconds; zero when `isOneWay`.
  package var delay: Double
  package var isOneWay: Bool
  /// The error of the stamps themselves, seconds: a bound, and one deviation of their resolution.
  package var dispersion: Double
  package var resolution: Double
  /// The most that unequal paths can have moved `reference`, seconds (half the delay where nothing better is known).
  package var asymmetryBound: Double
  /// What the source said then that its own time may be wrong by, seconds: half its root delay and its root dispersion.
  package var rootError: Double
  /// log2 seconds between polls at the time.
  package var poll: Int8

  /// No stamp is told finer than by the nanosecond.
  package static var leastResolution: Double { @_noAllocation @_noLocks get { 1e-9 } }

  @_noAllocation @_noLocks
  package init(
    raw: RawInstant, reference: TimeInterval, delay: Double, isOneWay: Bool, dispersion: Double, asymmetryBound: Double,
    poll: Int8, resolution: Double = leastResolution, rootError: Double = 0
  ) {
    self.raw = raw
    self.reference = reference
    self.delay = delay
    self.isOneWay = isOneWay
    self.dispersion = dispersion
    self.asymmetryBound = asymmetryBound
    self.rootError = rootError
    self.poll = poll
    self.resolution = resolution
  }

  package static var none: Observation {
    @_noAllocation @_noLocks get {
      Observation(
        raw: RawInstant(nanoseconds: 0), reference: .zero, delay: 0, isOneWay: false, dispersion: 0, asymmetryBound: 0,
        poll: 0)
    }
  }
}
