// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

/// A proportional-integral servo in the manner of PTP, with linuxptp's meaning of its settings and states (ptp4l(8)). [discipline]
///
/// Offset = reference − clock, seconds; frequency against the raw counter, positive = the clock is made faster.
///
///     unlocked   the first sample is kept; the second gives the frequency that the clock needs
///     jump       the offset is beyond a threshold: the caller steps the clock by it, and sets the frequency
///     locked     frequency = k_p·offset + Σ k_i·offset
///
/// The sum grows only while the frequency is not at its limit, so that a long slew leaves nothing to unlearn.
package struct PIServo: Sendable, BitwiseCopyable {
  package enum State: UInt8, Sendable, BitwiseCopyable, Equatable {
    case unlocked, jump, locked
  }

  package let settings: PISettings
  /// The largest frequency, either sign: the setting's or the clock's own, whichever is less.
  package let maximumFrequency: Double
  package private(set) var state = State.unlocked
  /// What the clock is to be set to now.
  package private(set) var frequency: Double
  /// The integral: the frequency that the clock needs at rest.
  package private(set) var integral: Double
  package private(set) var proportionalGain = 0.0
  package private(set) var integralGain = 0.0
  /// Between these the frequency stays.
  private var lowest: Double
  private var highest: Double
  private var isFirst = true
  private var first: (offset: Double, raw: RawInstant)?

  /// `frequency`: what the clock is set to now; the servo goes on from there.
  @_noAllocation @_noLocks
  package init(_ settings: PISettings, maximumFrequency: Double, frequency: Double = 0, interval: Double = 1) {
    self.settings = settings
    let own = settings.maximumFrequency > 0 ? settings.maximumFrequency : maximumFrequency
    self.maximumFrequency = own < maximumFrequency ? own : maximumFrequency
    lowest = -self.maximumFrequency
    highest = self.maximumFrequency
    self.frequency = frequency
    integral = frequency
    setInterval(interval)
  }

  /// Seconds between samples.
  @_noAllocation @_noLocks
  package mutating func setInterval(_ interval: Double) {
    let gains = settings.gains(interval: interval)
    proportionalGain = gains.proportional
    integralGain = gains.integral
  }

  /// The frequency is to stay within `slewRate` of what the clock needs anyway (`reference`), as far as `maximumFrequency` lets it.
  @_noAllocation @_noLocks
  package mutating func limit(slewRate: Double, around reference: Double) {
    lowest = within(reference - slewRate)
    highest = within(reference + slewRate)
  }

  @_noAllocation @_noLocks
  private func within(_ value: Double) -> Double {
    if !(value > -maximumFrequency) { return -maximumFrequency }
    return value < maximumFrequency ? value : maximumFrequency
  }

  /// Begins again, at the frequency that the clock needed last. The first threshold was for the first time only.
  @_noAllocation @_noLocks
  package mutating func restart() {
    state = .unlocked
    first = nil
    frequency = integral
  }

  /// Takes in the offset that was measured at `raw`. What is no number is not taken. Without `mayStep` no threshold counts: the
  /// offset is slewed away.
  @_noAllocation @_noLocks
  package mutating func sample(offset: Double, raw: RawInstant, mayStep: Bool = true) -> State {
    guard offset.magnitude < 1e12 else { return state }
    if state != .unlocked {
      lock(offset, mayStep: mayStep)
      // A new start, in which this is the first of two samples.
      if state == .unlocked { first = (offset, raw) }
      return state
    }
    guard let before = first else {
      first = (offset, raw)
      return state
    }
    let elapsed = (raw - before.raw).inSeconds
    // Out of order, or too old to say how fast the clock runs by itself.
    guard elapsed > 0, elapsed < Self.longestGap else {
      first = (offset, raw)
      return state
    }
    // The clock ran at `frequency` in between, so what the offset grew by is missing in it.
    integral = clamped(frequency + (offset - before.offset) / elapsed)
    frequency = integral
    first = nil
    let beyondFirst = isFirst && settings.firstStepThreshold > 0 && offset.magnitude > settings.firstStepThreshold
    let beyond = settings.stepThreshold > 0 && offset.magnitude > settings.stepThreshold
    isFirst = false
    state = mayStep && (beyondFirst || beyond) ? .jump : .locked
    return state
  }

  @_noAllocation @_noLocks
  private mutating func lock(_ offset: Double, mayStep: Bool) {
    if mayStep && settings.stepThreshold > 0 && offset.magnitude > settings.stepThreshold {
      restart()
      return
    }
    let part = integralGain * offset
    let wanted = proportionalGain * offset + integral + part
    frequency = clamped(wanted)
    if frequency == wanted { integral = wanted - proportionalGain * offset }
    state = .locked
  }

  @_noAllocation @_noLocks
  private func clamped(_ value: Double) -> Double {
    if !(value.magnitude < 1) { return value > 0 ? highest : lowest }
    return value > highest ? highest : (value < lowest ? lowest : value)
  }

  /// A second sample that comes later than this is taken for a first one, seconds.
  private static var longestGap: Double { @_noAllocation @_noLocks get { 1000 } }
}
