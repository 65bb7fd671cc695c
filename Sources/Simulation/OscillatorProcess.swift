// SPDX-License-Identifier: Apache-2.0

public import TimeTypes

/// An `OscillatorModel` in one run: the frequency of one second after another.
public struct OscillatorProcess: Sendable {
  private let model: OscillatorModel
  private var random: SimulationRandom
  private var walk = 0.0
  private var flicker: FlickerNoise?
  private var second = 0.0

  public init(_ model: OscillatorModel, random: SimulationRandom) {
    self.model = model
    self.random = random
    if model.flicker > 0 { flicker = FlickerNoise(floor: model.flicker, &self.random) }
  }

  /// The frequency for the next second; the first call is for the second from 0 to 1.
  public mutating func next() -> Frequency {
    walk += model.wander * random.gaussian()
    var frequency = model.base + walk + (flicker?.next(&random) ?? 0)
    for change in model.changes {
      switch change {
      case .sinusoid(let amplitude, let period, let phase):
        frequency += amplitude * Self.sine(turns: second / period + phase)
      case .step(let at, let by): if second >= at { frequency += by }
      case .drift(let perSecond): frequency += perSecond * second
      case .recorded(let trace): frequency += trace.value(at: second)
      case .temperature(let model): frequency += model.frequency(at: second)
      }
    }
    second += 1
    return Frequency(ratio: frequency)
  }

  /// sin(2π · turns), by its Taylor series on a quarter turn, so that every machine gets the same bits; error below 1e-11.
  static func sine(turns: Double) -> Double {
    var rest = turns - turns.rounded(.toNearestOrEven)
    if rest > 0.25 { rest = 0.5 - rest }
    if rest < -0.25 { rest = -0.5 - rest }
    let x = 2 * Double.pi * rest
    var term = x
    var sum = x
    var n = 1.0
    while n < 17 {
      term *= -x * x / ((n + 1) * (n + 2))
      sum += term
      n += 2
    }
    return sum
  }
}
