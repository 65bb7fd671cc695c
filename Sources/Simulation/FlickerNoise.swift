// SPDX-License-Identifier: Apache-2.0

import Numerics

/// Flicker frequency noise: Ornstein-Uhlenbeck processes whose times grow by a factor of four, each as strong as the next.
///
/// A sum of Lorentzians evenly spaced on a logarithmic scale has the spectrum 1/f between the first time and the last (van der
/// Ziel, 1950). With a ratio of four the deviation of each part is just the floor of the Allan deviation:
/// σ_y² = 2 ln 2 · h₋₁ and h₋₁ = variance / ln 4.
struct FlickerNoise: Sendable {
  /// 4⁰ to 4¹⁰ s: up to twelve days.
  static let parts = 11
  private let floor: Double
  private let decays: [Double]
  private var states: [Double]

  /// `floor` = Allan deviation, the same at all intervals.
  init(floor: Double, _ random: inout SimulationRandom) {
    self.floor = floor
    var time = 1.0
    var decays: [Double] = []
    for _ in 0..<Self.parts {
      decays.append(Numerics.exponential(-1 / time))
      time *= 4
    }
    self.decays = decays
    // In its steady state from the first second.
    states = decays.map { _ in floor * random.gaussian() }
  }

  /// The next second's value.
  mutating func next(_ random: inout SimulationRandom) -> Double {
    var sum = 0.0
    for index in decays.indices {
      let decay = decays[index]
      states[index] = decay * states[index] + floor * (1 - decay * decay).squareRoot() * random.gaussian()
      sum += states[index]
    }
    return sum
  }
}
