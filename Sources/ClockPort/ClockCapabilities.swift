// SPDX-License-Identifier: Apache-2.0

public import TimeTypes

/// What a clock can do, and within which limits.
public struct ClockCapabilities: Sendable, BitwiseCopyable, Equatable {
  /// False in observe mode and without the privilege: nothing is ever applied.
  public var canSteer: Bool
  public var canStep: Bool
  /// The largest frequency that can be set, either sign (Linux: 500 ppm by frequency, ±10 % with the tick).
  public var maximumFrequency: Frequency
  /// The smallest change of frequency that makes a difference (Linux: 2⁻¹⁶ ppm).
  public var frequencyResolution: Frequency
  /// The clock's precision, log2 seconds.
  public var precision: Int8

  public init(
    canSteer: Bool, canStep: Bool, maximumFrequency: Frequency, frequencyResolution: Frequency, precision: Int8
  ) {
    self.canSteer = canSteer
    self.canStep = canStep
    self.maximumFrequency = maximumFrequency
    self.frequencyResolution = frequencyResolution
    self.precision = precision
  }
}
