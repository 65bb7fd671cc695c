// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

/// The feed-forward servo: the clock runs at the reference's estimated frequency, plus a slew that lets the remaining offset
/// die away. Estimates never see what it does, so it cannot oscillate: it is a first-order lag of a known time constant.
///
///     frequency = f_reference + e / τ,  |e / τ| ≤ maximumSlewRate,  |frequency| ≤ maximumFrequency
///
/// e = reference − clock. τ is long while e is within the noise of the estimate, so that noise is not turned into frequency,
/// and shrinks as 3σ/|e| down to `fastTimeConstant` when e is real.
package struct Servo: Sendable, BitwiseCopyable {
  /// The largest slew rate, either sign. Default 5 % (50,000 ppm): a quarter of a second is gone in five.
  package var maximumSlewRate: Double
  /// The largest frequency that the clock can be set to. Default 10 % (Linux: tick ±10 %).
  package var maximumFrequency: Double
  /// Limit of the reference's frequency against the raw counter. Default 500 ppm: more is a broken counter or a lie.
  package var maximumReferenceFrequency: Double
  /// Time constant for an offset far beyond the noise, seconds: a little over the longest time between two ticks.
  package var fastTimeConstant: Double
  /// Bounds of the time constant within the noise, seconds; between them it is half the poll interval.
  package var minimumTimeConstant: Double
  package var maximumTimeConstant: Double
  /// What rounding kept back of the last setting; it is added to the next.
  package private(set) var remainder = 0.0
  /// The slew in the last setting.
  package private(set) var slew = 0.0
  private var requested = 0.0

  package init(
    maximumSlewRate: Double = 0.05, maximumFrequency: Double = 0.1, maximumReferenceFrequency: Double = 500e-6,
    fastTimeConstant: Double = 1.25, minimumTimeConstant: Double = 4, maximumTimeConstant: Double = 64
  ) {
    self.maximumSlewRate = maximumSlewRate
    self.maximumFrequency = maximumFrequency
    self.maximumReferenceFrequency = maximumReferenceFrequency
    self.fastTimeConstant = fastTimeConstant
    self.minimumTimeConstant = minimumTimeConstant
    self.maximumTimeConstant = maximumTimeConstant
  }

  /// The time constant for an offset `error` (seconds) known to `deviation`, at a poll interval in seconds.
  @_noAllocation @_noLocks
  package func timeConstant(error: Double, deviation: Double, pollInterval: Double) -> Double {
    var constant = 0.5 * pollInterval
    if constant < minimumTimeConstant { constant = minimumTimeConstant }
    if constant > maximumTimeConstant { constant = maximumTimeConstant }
    let noise = 3 * deviation
    if error.magnitude > noise { constant = constant * noise / error.magnitude }
    return constant > fastTimeConstant ? constant : fastTimeConstant
  }

  /// The frequency to set now. `reference` is the reference's frequency against the raw counter, `error` reference − clock.
  @_noAllocation @_noLocks
  package mutating func steer(reference: Frequency, error: Double, deviation: Double, pollInterval: Double) -> Frequency
  {
    slew = error / timeConstant(error: error, deviation: deviation, pollInterval: pollInterval)
    if slew > maximumSlewRate { slew = maximumSlewRate }
    if slew < -maximumSlewRate { slew = -maximumSlewRate }
    let base = reference.clamped(to: Frequency(ratio: maximumReferenceFrequency)).ratio
    requested = Frequency(ratio: base + slew + remainder).clamped(to: Frequency(ratio: maximumFrequency)).ratio
    return Frequency(ratio: requested)
  }

  /// What the clock made of the last setting. The rounding is carried over; a refusal (more than 1 ppm away) is not.
  @_noAllocation @_noLocks
  package mutating func applied(_ frequency: Frequency) {
    let rest = requested - frequency.ratio
    remainder = rest.magnitude < 1e-6 ? rest : 0
  }

  /// Forgets slew and remainder, as after a step.
  @_noAllocation @_noLocks
  package mutating func reset() {
    remainder = 0
    slew = 0
  }
}
