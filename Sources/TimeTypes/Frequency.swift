// SPDX-License-Identifier: Apache-2.0

/// How much faster one clock runs than another, as a ratio minus one.
///
/// The one sign, everywhere: **positive means that the clock in question gains**. A steerable clock's frequency is relative to
/// CLOCK_MONOTONIC_RAW, so a positive setting makes it run faster than the raw counter. A reference's frequency is how much
/// faster the reference runs than the raw counter, so setting the clock to the reference's frequency makes the two agree.
/// (chrony's reports have the other sign: there positive ppm means that the local clock is slow to be corrected.)
public struct Frequency: Hashable, Sendable, BitwiseCopyable, Comparable {
  /// Clock seconds gained per raw second; 1e-6 is one part per million.
  public var ratio: Double

  @inlinable
  public init(ratio: Double) { self.ratio = ratio }

  @inlinable
  public static func partsPerBillion(_ value: Double) -> Frequency { Frequency(ratio: value * 1e-9) }

  @inlinable
  public static func partsPerMillion(_ value: Double) -> Frequency { Frequency(ratio: value * 1e-6) }

  @inlinable
  public var partsPerBillion: Double { ratio * 1e9 }

  @inlinable
  public var partsPerMillion: Double { ratio * 1e6 }

  @inlinable
  public static var zero: Frequency { Frequency(ratio: 0) }

  @inlinable
  public static func < (a: Frequency, b: Frequency) -> Bool { a.ratio < b.ratio }

  @inlinable
  public static func + (a: Frequency, b: Frequency) -> Frequency { Frequency(ratio: a.ratio + b.ratio) }

  @inlinable
  public static func - (a: Frequency, b: Frequency) -> Frequency { Frequency(ratio: a.ratio - b.ratio) }

  @inlinable
  public static prefix func - (a: Frequency) -> Frequency { Frequency(ratio: -a.ratio) }

  /// The nearest frequency inside ±`limit`.
  @inlinable
  public func clamped(to limit: Frequency) -> Frequency {
    Frequency(ratio: ratio > limit.ratio ? limit.ratio : (ratio < -limit.ratio ? -limit.ratio : ratio))
  }
}
