// SPDX-License-Identifier: Apache-2.0

/// A signed length of time: integer nanoseconds plus a fraction in units of 2⁻¹⁶ ns.
///
/// The value is `nanoseconds + subnanoseconds / 65536` ns; the fraction is never negative, so −0.5 ns is {−1, 32768}.
/// Arithmetic saturates at about ±292 years instead of trapping, because wire values reach it.
public struct TimeInterval: Hashable, Sendable, BitwiseCopyable {
  /// Whole nanoseconds, rounded towards −∞.
  public var nanoseconds: Int64
  /// The rest, in units of 2⁻¹⁶ ns.
  public var subnanoseconds: UInt16

  @inlinable
  public init(nanoseconds: Int64, subnanoseconds: UInt16 = 0) {
    self.nanoseconds = nanoseconds
    self.subnanoseconds = subnanoseconds
  }

  /// The nearest interval to `seconds`, to 2⁻¹⁶ ns; not-a-number becomes zero and what is out of range saturates.
  @inlinable
  public init(seconds: Double) {
    self.init(nanosecondsAsDouble: seconds * 1e9)
  }

  /// The nearest interval to a number of nanoseconds; not-a-number becomes zero and what is out of range saturates.
  @inlinable
  public init(nanosecondsAsDouble value: Double) {
    guard value == value else {
      self = .zero
      return
    }
    guard value < 0x1p63 else {
      self = .max
      return
    }
    guard value >= -0x1p63 else {
      self = .min
      return
    }
    var whole = Int64(value)
    if Double(whole) > value { whole -= 1 }
    let fraction = Int64((value - Double(whole)) * 65536 + 0.5)
    self.init(nanoseconds: whole &+ (fraction >> 16), subnanoseconds: UInt16(truncatingIfNeeded: fraction))
  }

  @inlinable
  public static var zero: TimeInterval { TimeInterval(nanoseconds: 0) }
  @inlinable
  public static var max: TimeInterval { TimeInterval(nanoseconds: .max, subnanoseconds: .max) }
  @inlinable
  public static var min: TimeInterval { TimeInterval(nanoseconds: .min) }

  @inlinable
  public static func seconds(_ count: Int64) -> TimeInterval {
    let (product, overflow) = count.multipliedReportingOverflow(by: 1_000_000_000)
    return overflow ? (count < 0 ? .min : .max) : TimeInterval(nanoseconds: product)
  }

  @inlinable
  public static func milliseconds(_ count: Int64) -> TimeInterval {
    let (product, overflow) = count.multipliedReportingOverflow(by: 1_000_000)
    return overflow ? (count < 0 ? .min : .max) : TimeInterval(nanoseconds: product)
  }

  @inlinable
  public static func microseconds(_ count: Int64) -> TimeInterval {
    let (product, overflow) = count.multipliedReportingOverflow(by: 1000)
    return overflow ? (count < 0 ? .min : .max) : TimeInterval(nanoseconds: product)
  }

  /// Seconds as a binary fraction: exact to 53 bits.
  @inlinable
  public var inSeconds: Double { inNanoseconds * 1e-9 }

  /// Nanoseconds as a binary fraction: exact to 53 bits.
  @inlinable
  public var inNanoseconds: Double { Double(nanoseconds) + Double(subnanoseconds) / 65536 }

  @inlinable
  public var isNegative: Bool { nanoseconds < 0 }

  /// The length without its sign.
  @inlinable
  public var magnitude: TimeInterval { isNegative ? -self : self }

  /// Half the interval, rounded towards −∞ in the last bit of the fraction.
  @inlinable
  public var half: TimeInterval {
    let carry: UInt16 = nanoseconds & 1 == 0 ? 0 : 0x8000
    return TimeInterval(nanoseconds: nanoseconds >> 1, subnanoseconds: (subnanoseconds >> 1) | carry)
  }
}

extension TimeInterval: Comparable {
  @inlinable
  public static func < (a: TimeInterval, b: TimeInterval) -> Bool {
    a.nanoseconds != b.nanoseconds ? a.nanoseconds < b.nanoseconds : a.subnanoseconds < b.subnanoseconds
  }
}

extension TimeInterval: AdditiveArithmetic {
  @inlinable
  public static func + (a: TimeInterval, b: TimeInterval) -> TimeInterval {
    let (fraction, carry) = a.subnanoseconds.addingReportingOverflow(b.subnanoseconds)
    let sum = a.nanoseconds &+ b.nanoseconds &+ (carry ? 1 : 0)
    // Two's complement: only operands of one sign can leave the range, and then the wrapped sum has the other. The carry is
    // inside the sum because it can bring one that was just below the range back.
    if a.isNegative == b.isNegative, (sum < 0) != a.isNegative { return a.isNegative ? .min : .max }
    return TimeInterval(nanoseconds: sum, subnanoseconds: fraction)
  }

  @inlinable
  public static func - (a: TimeInterval, b: TimeInterval) -> TimeInterval {
    let (fraction, borrow) = a.subnanoseconds.subtractingReportingOverflow(b.subnanoseconds)
    let difference = a.nanoseconds &- b.nanoseconds &- (borrow ? 1 : 0)
    // As above: only operands of different signs can leave the range.
    if a.isNegative != b.isNegative, (difference < 0) != a.isNegative { return a.isNegative ? .min : .max }
    return TimeInterval(nanoseconds: difference, subnanoseconds: fraction)
  }

  @inlinable
  public static prefix func - (a: TimeInterval) -> TimeInterval { .zero - a }
}
