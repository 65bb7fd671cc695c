// SPDX-License-Identifier: Apache-2.0

/// Why a host's raw counter gains on true time, as fractional frequency (positive = it gains). It is held for each true second.
public struct OscillatorModel: Sendable, Equatable {
  /// What changes the frequency by a formula or from a record. Moments are true seconds since the start.
  public enum Change: Sendable, Equatable {
    /// amplitude · sin(2π(t/period + phase)): day and night, or a fan.
    case sinusoid(amplitude: Double, period: Double, phase: Double)
    /// By so much from then on.
    case step(at: Double, by: Double)
    /// Ageing: per second.
    case drift(perSecond: Double)
    case recorded(RecordedTrace)
    case temperature(TemperatureModel)
  }

  public var base: Double
  /// Random walk of the frequency, per √s.
  public var wander: Double
  /// Floor of the Allan deviation of flicker frequency noise.
  public var flicker: Double
  public var changes: [Change]

  public init(base: Double = 0, wander: Double = 0, flicker: Double = 0, changes: [Change] = []) {
    self.base = base
    self.wander = wander
    self.flicker = flicker
    self.changes = changes
  }

  /// How warm it is, where that says anything of it.
  public var temperature: TemperatureModel? {
    for case .temperature(let model) in changes { return model }
    return nil
  }

  /// How far the frequency may be off at most within that many seconds, random parts at five deviations.
  public func extreme(over seconds: Double) -> Double {
    var sum = base.magnitude + 5 * wander * seconds.squareRoot() + 5 * flicker
    for change in changes {
      switch change {
      case .sinusoid(let amplitude, _, _): sum += amplitude.magnitude
      case .step(_, let by): sum += by.magnitude
      case .drift(let perSecond): sum += perSecond.magnitude * seconds
      case .recorded(let trace): sum += trace.values.reduce(0) { $0 > $1.magnitude ? $0 : $1.magnitude }
      case .temperature(let model): sum += model.extreme
      }
    }
    return sum
  }
}
