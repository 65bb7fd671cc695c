// SPDX-License-Identifier: Apache-2.0

import Numerics

/// The simulator's randomness: SplitMix64 (Steele, Lea and Flood, OOPSLA 2014), the same sequence of a seed on every machine.
///
/// Distributions are drawn by comparison alone, without a logarithm, so that no libm's last bit can tell two machines apart.
public struct SimulationRandom: RandomNumberGenerator, Sendable, Equatable {
  private var sequence: SplitMix64

  public init(seed: UInt64) { sequence = SplitMix64(seed: seed) }

  /// A generator of its own for a part of the model, so that a draw more in one part moves no other.
  public init(seed: UInt64, stream: UInt64) {
    var mixer = SimulationRandom(seed: seed ^ stream &* 0xd6e8_feb8_6659_fd93)
    sequence = SplitMix64(seed: mixer.next())
  }

  public mutating func next() -> UInt64 { sequence.next() }

  /// Uniform on [0, 1), 53 bits.
  public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// True with that probability.
  public mutating func chance(_ probability: Double) -> Bool { uniform() < probability }

  /// Exponential with mean 1, by von Neumann's method of falling runs (Various techniques used in connection with random
  /// digits, 1951): the first number of a falling run of odd length, plus the number of runs thrown away.
  public mutating func exponential() -> Double {
    var whole = 0.0
    while true {
      let first = uniform()
      var last = first
      var length = 1
      while true {
        let next = uniform()
        if next >= last { break }
        last = next
        length += 1
      }
      if length % 2 == 1 { return whole + first }
      whole += 1
    }
  }

  /// Normal with mean 0 and deviation 1, by rejection from the exponential (Kahn, 1954).
  public mutating func gaussian() -> Double {
    while true {
      let size = exponential()
      let distance = size - 1
      if exponential() >= distance * distance / 2 { return next() & 1 == 0 ? size : -size }
    }
  }
}
