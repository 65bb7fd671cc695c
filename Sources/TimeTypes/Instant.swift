// SPDX-License-Identifier: Apache-2.0

/// A point on a timescale: nanoseconds since that scale's epoch, with a fraction of 2⁻¹⁶ ns.
///
/// Only instants on one scale can be compared or subtracted; arithmetic saturates like `TimeInterval`'s.
public struct Instant<Scale: Timescale>: Hashable, Sendable, BitwiseCopyable {
  /// The time since the epoch of `Scale`.
  public var sinceEpoch: TimeInterval

  @inlinable
  public init(sinceEpoch: TimeInterval) { self.sinceEpoch = sinceEpoch }

  @inlinable
  public init(nanoseconds: Int64, subnanoseconds: UInt16 = 0) {
    self.sinceEpoch = TimeInterval(nanoseconds: nanoseconds, subnanoseconds: subnanoseconds)
  }

  @inlinable
  public var nanoseconds: Int64 { sinceEpoch.nanoseconds }

  @inlinable
  public var subnanoseconds: UInt16 { sinceEpoch.subnanoseconds }

  @inlinable
  public static func - (a: Instant, b: Instant) -> TimeInterval { a.sinceEpoch - b.sinceEpoch }

  @inlinable
  public static func + (a: Instant, b: TimeInterval) -> Instant { Instant(sinceEpoch: a.sinceEpoch + b) }

  @inlinable
  public static func - (a: Instant, b: TimeInterval) -> Instant { Instant(sinceEpoch: a.sinceEpoch - b) }
}

extension Instant: Comparable {
  @inlinable
  public static func < (a: Instant, b: Instant) -> Bool { a.sinceEpoch < b.sinceEpoch }
}

/// Time on CLOCK_MONOTONIC_RAW: the scale that estimation, deadlines and ages are counted on.
public typealias RawInstant = Instant<RawMonotonic>
