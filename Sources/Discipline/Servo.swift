// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

/// The feed-forward servo: the clock runs at the reference's estimated frequency, plus a slew that lets the remaining offset
/// die away. Estimates never see what it does, so it cannot oscillate: it is a first-order lag of a known time constant.
///
///     frequency = f_reference + e / τ,  |e / τ| ≤ maximumSlewRate,  |frequency| ≤ maximumFrequency
///
/// e = reference − clock. While e is within the noise of the estimate, τ is the poll interval, or longer where new samples hardly move
/// the estimate: lag costs about agitation·τ/2 in variance, and is let cost `lagShare` of the estimate's own. When e is
/// real, τ shrinks as 3σ/|e| down to the time between ticks.
package struct Servo: Sendable, BitwiseCopyable {
  /// The largest slew rate, either sign. Default 5 % (50,000 ppm): a quarter of a second is gone in five.
  package var maximumSlewRate: Double
  /// The largest frequency that the clock can be set to. Default 10 % (Linux: tick ±10 %).
  package var maximumFrequency: Double
  /// Limit of the reference's frequency against the raw counter. Default 500 ppm: more is a broken counter or a lie.
  package var maximumReferenceFrequency: Double
  /// Multiplies the time constant: more is a smoother frequency, less a faster offset.
  package var smoothness: Double
  /// Least time constant, seconds. For an offset far beyond the noise it is the time between two ticks, so that the next one finds it
  /// gone; and ticks come faster then (`isCorrecting`).
  private static var leastTimeConstant: Double { @_noAllocation @_noLocks get { 0.25 } }
  /// Bounds of the time constant within the noise, seconds; the poll interval counts for no more than `longestPoll`.
  private static var maximumTimeConstant: Double { @_noAllocation @_noLocks get { 1024 } }
  private static var longestPoll: Double { @_noAllocation @_noLocks get { 256 } }
  /// A smaller offset is no reason for faster ticks, seconds.
  private static var leastCorrection: Double { @_noAllocation @_noLocks get { 1e-5 } }
  private static var lagShare: Double { @_noAllocation @_noLocks get { 0.08 } }
  /// While an estimate rests on fewer samples it moves fast, and so does the clock: at most `startingTimeConstant`.
  package static var startingSamples: Int { @_noAllocation @_noLocks get { 24 } }
  private static var startingTimeConstant: Double { @_noAllocation @_noLocks get { 4 } }
  /// What rounding kept back of the last setting; it is added to the next.
  package private(set) var remainder = 0.0
  /// The slew in the last setting.
  package private(set) var slew = 0.0
  private var requested = 0.0
  /// An offset beyond the noise is being slewed away.
  package private(set) var isCorrecting = false

  package init(
    maximumSlewRate: Double = 0.05, maximumFrequency: Double = 0.1, maximumReferenceFrequency: Double = 500e-6,
    smoothness: Double = 1
  ) {
    self.maximumSlewRate = maximumSlewRate
    self.maximumFrequency = maximumFrequency
    self.maximumReferenceFrequency = maximumReferenceFrequency
    self.smoothness = smoothness
  }

  /// What is known of the offset to be slewed away.
  package struct Knowledge: BitwiseCopyable {
    /// One deviation of the estimate, seconds.
    package var deviation: Double
    /// Variance per second by which samples move the estimate.
    package var agitation: Double
    /// Seconds.
    package var pollInterval: Double
    /// The estimate is new.
    package var isStarting: Bool
    /// Seconds between ticks of late.
    package var tickGap: Double

    @_noAllocation @_noLocks
    package init(
      deviation: Double, agitation: Double, pollInterval: Double, isStarting: Bool = false, tickGap: Double = 1
    ) {
      self.deviation = deviation
      self.agitation = agitation
      self.pollInterval = pollInterval
      self.isStarting = isStarting
      self.tickGap = tickGap
    }
  }

  /// The time constant for an offset `error`, seconds.
  @_noAllocation @_noLocks
  package func timeConstant(error: Double, _ known: Knowledge) -> Double {
    var constant = known.pollInterval < Self.longestPoll ? known.pollInterval : Self.longestPoll
    let variance = known.deviation * known.deviation
    if known.agitation > 0 {
      let patient = 2 * Self.lagShare * variance / known.agitation
      if patient > constant { constant = patient }
    }
    constant *= smoothness
    if constant > Self.maximumTimeConstant { constant = Self.maximumTimeConstant }
    if known.isStarting && constant > Self.startingTimeConstant { constant = Self.startingTimeConstant }
    let noise = 3 * known.deviation
    if error.magnitude > noise { constant = constant * noise / error.magnitude }
    let least = known.tickGap > Self.leastTimeConstant ? known.tickGap : Self.leastTimeConstant
    return constant > least ? constant : least
  }

  /// The frequency to set now. `reference` is the reference's frequency against the raw counter, `error` reference − clock.
  @_noAllocation @_noLocks
  package mutating func steer(reference: Frequency, error: Double, knowledge: Knowledge) -> Frequency {
    slew = error / timeConstant(error: error, knowledge)
    isCorrecting = error.magnitude > 3 * knowledge.deviation && error.magnitude > Self.leastCorrection
    if slew > maximumSlewRate { slew = maximumSlewRate }
    if slew < -maximumSlewRate { slew = -maximumSlewRate }
    if !(slew.magnitude <= maximumSlewRate) { slew = 0 }
    // What is no number is no frequency.
    let isNumber = reference.ratio.magnitude <= 1
    let base = isNumber ? reference.clamped(to: Frequency(ratio: maximumReferenceFrequency)).ratio : 0
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
    isCorrecting = false
  }
}
