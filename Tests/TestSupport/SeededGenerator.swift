// SPDX-License-Identifier: Apache-2.0

/// A random number generator whose sequence is its seed's alone: SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
///
/// Every test that draws at random draws from one of these, so a failure repeats with the seed that is printed.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64

  public init(seed: UInt64) { state = seed }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
