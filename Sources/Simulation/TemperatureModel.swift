// SPDX-License-Identifier: Apache-2.0

/// How warm an oscillator is over a run, degrees Celsius, and what that does to its frequency: linear·(T − turnover) + quadratic·(T − turnover)²,
/// fractional.
public struct TemperatureModel: Sendable, Equatable {
  public var trace: RecordedTrace
  public var turnover: Double
  public var linear: Double
  public var quadratic: Double

  public init(_ trace: RecordedTrace, turnover: Double, linear: Double, quadratic: Double = 0) {
    (self.trace, self.turnover, self.linear, self.quadratic) = (trace, turnover, linear, quadratic)
  }

  /// How fast it runs for it at that moment of the run.
  public func frequency(at elapsed: Double) -> Double {
    let apart = trace.value(at: elapsed) - turnover
    return apart * (linear + apart * quadratic)
  }

  /// How much that is at most.
  var extreme: Double {
    let apart = trace.values.reduce(0) { max($0, ($1 - turnover).magnitude) }
    return apart * (linear.magnitude + apart * quadratic.magnitude)
  }
}

/// A sensor beside an oscillator, as a file of hwmon has it: thousandths of a degree.
public struct TemperatureSensorModel: Sendable, Equatable {
  /// What one more in its register is, and the deviation of its noise before that is rounded, degrees.
  public var step: Double
  public var noise: Double

  public init(step: Double, noise: Double = 0) { (self.step, self.noise) = (step, noise) }

  /// What the file holds at that temperature.
  public func text(at temperature: Double, _ random: inout SimulationRandom) -> String {
    let felt = temperature + (noise > 0 ? noise * random.gaussian() : 0)
    return "\(Int64(((felt / step).rounded() * step * 1000).rounded()))\n"
  }
}
