// SPDX-License-Identifier: Apache-2.0

import Numerics

/// What can be set of the PI servo: the names, units and defaults are linuxptp's (ptp4l(8), phc2sys(8)), so that a configuration
/// carries over.
public struct PISettings: Sendable, BitwiseCopyable, Equatable {
  /// pi_proportional_const, 1/s; 0: by scale, exponent and norm_max.
  public var proportional = 0.0
  /// pi_integral_const, 1/s per interval; 0: by scale, exponent and norm_max.
  public var integral = 0.0
  /// pi_proportional_scale. 0.7, linuxptp's for hardware stamps.
  public var proportionalScale = 0.7
  public var proportionalExponent = -0.3
  public var proportionalNormMax = 0.7
  /// pi_integral_scale. 0.3, linuxptp's for hardware stamps.
  public var integralScale = 0.3
  public var integralExponent = 0.4
  public var integralNormMax = 0.3
  /// step_threshold, s: a larger offset makes the locked servo begin again, and step; 0: never.
  public var stepThreshold = 0.0
  /// first_step_threshold, s: a larger offset is stepped when the servo first locks; 0: never.
  public var firstStepThreshold = 0.00002
  /// max_frequency, as a ratio; 0: only the clock's own limit.
  public var maximumFrequency = 0.9

  public init() {}

  /// The gains for one sample every `interval` seconds: min(scale × interval^exponent, norm_max / interval), where they are not given.
  @_noAllocation @_noLocks
  package func gains(interval: Double) -> (proportional: Double, integral: Double) {
    let interval = interval > 0 && interval < 1e6 ? interval : 1
    return (
      proportional > 0
        ? proportional
        : Self.gain(proportionalScale, proportionalExponent, proportionalNormMax, interval),
      integral > 0 ? integral : Self.gain(integralScale, integralExponent, integralNormMax, interval)
    )
  }

  @_noAllocation @_noLocks
  private static func gain(_ scale: Double, _ exponent: Double, _ normMax: Double, _ interval: Double) -> Double {
    let scaled = scale * exponential(exponent * naturalLogarithm(interval))
    let limit = normMax / interval
    return scaled < limit ? scaled : limit
  }

  /// All values in the order of their declaration, for a record.
  package var values: [Double] {
    [
      proportional, integral, proportionalScale, proportionalExponent, proportionalNormMax, integralScale,
      integralExponent, integralNormMax, stepThreshold, firstStepThreshold, maximumFrequency,
    ]
  }

  /// From what `values` gave; nil = there are not as many.
  package init?(values: [Double]) {
    guard values.count == 11, values.allSatisfy(\.isFinite) else { return nil }
    proportional = values[0]
    integral = values[1]
    proportionalScale = values[2]
    proportionalExponent = values[3]
    proportionalNormMax = values[4]
    integralScale = values[5]
    integralExponent = values[6]
    integralNormMax = values[7]
    stepThreshold = values[8]
    firstStepThreshold = values[9]
    maximumFrequency = values[10]
  }
}
