// SPDX-License-Identifier: Apache-2.0

import Numerics

/// A random number generator whose sequence is its seed's alone: SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
///
/// Every test that draws at random draws from one of these, so a failure repeats with the seed that is printed.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var sequence: SplitMix64

  public init(seed: UInt64) { sequence = SplitMix64(seed: seed) }

  public mutating func next() -> UInt64 { sequence.next() }
}
