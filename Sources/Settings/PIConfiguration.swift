// SPDX-License-Identifier: Apache-2.0

/// Which servo steers a clock.
package enum ServoConfiguration: String, Sendable, CaseIterable {
  /// The engine's own: a lag behind an estimate that never sees it.
  case engine
  /// Proportional and integral, as PTP daemons have it.
  case pi
}

/// The PI servo's settings; names, units and defaults are linuxptp's (ptp4l(8)).
package struct PIConfiguration: Sendable, Equatable {
  /// 0 = by scale, exponent and norm_max.
  package var proportional = 0.0
  package var integral = 0.0
  package var proportionalScale = 0.7
  package var proportionalExponent = -0.3
  package var proportionalNormMax = 0.7
  package var integralScale = 0.3
  package var integralExponent = 0.4
  package var integralNormMax = 0.3
  /// s; 0 = never after the first.
  package var stepThreshold = 0.0
  /// s; 0 = never.
  package var firstStepThreshold = 0.00002
  /// ppb; 0 = only the clock's own limit.
  package var maximumFrequency = 900_000_000.0

  package init() {}

  mutating func readGains(_ reader: inout TableReader) {
    take("proportional_const", 0...1000, "1/s", &reader, into: \.proportional)
    take("integral_const", 0...1000, "1/s", &reader, into: \.integral)
    take("proportional_scale", 0...1000, "1/s", &reader, into: \.proportionalScale)
    take("proportional_exponent", -10...10, "power", &reader, into: \.proportionalExponent)
    take("proportional_norm_max", 0...1, "1", &reader, into: \.proportionalNormMax)
    take("integral_scale", 0...1000, "1/s", &reader, into: \.integralScale)
    take("integral_exponent", -10...10, "power", &reader, into: \.integralExponent)
    take("integral_norm_max", 0...2, "1", &reader, into: \.integralNormMax)
  }

  mutating func readLimits(_ reader: inout TableReader) {
    take("step_threshold", 0...4_294_967_295, "seconds", &reader, into: \.stepThreshold)
    take("first_step_threshold", 0...4_294_967_295, "seconds", &reader, into: \.firstStepThreshold)
    take("max_frequency_ppb", 0...1_000_000_000, "parts per billion", &reader, into: \.maximumFrequency)
  }

  /// The same gains with another's limits.
  func withLimits(of other: PIConfiguration) -> PIConfiguration {
    var mixed = self
    mixed.stepThreshold = other.stepThreshold
    mixed.firstStepThreshold = other.firstStepThreshold
    mixed.maximumFrequency = other.maximumFrequency
    return mixed
  }

  private mutating func take(
    _ key: String, _ range: ClosedRange<Double>, _ unit: String, _ reader: inout TableReader,
    into field: WritableKeyPath<PIConfiguration, Double>
  ) {
    if let number = reader.number(key, in: range, unit: unit) { self[keyPath: field] = number }
  }
}
