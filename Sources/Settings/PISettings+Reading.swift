// SPDX-License-Identifier: Apache-2.0

import Discipline

// The PI servo's keys; names, units and defaults are linuxptp's (ptp4l(8)).
extension PISettings {
  mutating func readGains(_ reader: inout TableReader) {
    take("proportional_const", 0...1000, "", &reader, into: \.proportional)
    take("integral_const", 0...1000, "", &reader, into: \.integral)
    take("proportional_scale", 0...1000, "", &reader, into: \.proportionalScale)
    take("proportional_exponent", -10...10, "", &reader, into: \.proportionalExponent)
    take("proportional_norm_max", 0...1, "", &reader, into: \.proportionalNormMax)
    take("integral_scale", 0...1000, "", &reader, into: \.integralScale)
    take("integral_exponent", -10...10, "", &reader, into: \.integralExponent)
    take("integral_norm_max", 0...2, "", &reader, into: \.integralNormMax)
  }

  mutating func readLimits(_ reader: inout TableReader) {
    take("step_threshold", 0...4_294_967_295, "seconds", &reader, into: \.stepThreshold)
    take("first_step_threshold", 0...4_294_967_295, "seconds", &reader, into: \.firstStepThreshold)
    let limit = reader.number("max_frequency_ppb", in: 0...1_000_000_000, unit: "parts per billion")
    if let limit { maximumFrequency = limit * 1e-9 }
  }

  /// The same gains with another's limits.
  func withLimits(of other: PISettings) -> PISettings {
    var mixed = self
    mixed.stepThreshold = other.stepThreshold
    mixed.firstStepThreshold = other.firstStepThreshold
    mixed.maximumFrequency = other.maximumFrequency
    return mixed
  }

  private mutating func take(
    _ key: String, _ range: ClosedRange<Double>, _ unit: String, _ reader: inout TableReader,
    into field: WritableKeyPath<PISettings, Double>
  ) {
    if let number = reader.number(key, in: range, unit: unit) { self[keyPath: field] = number }
  }
}
