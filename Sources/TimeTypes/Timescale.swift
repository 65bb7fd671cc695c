// SPDX-License-Identifier: Apache-2.0

/// A named way of counting time. Instants on different scales do not mix: `Instant<UTC>` minus `Instant<TAI>` does not compile.
public protocol Timescale: Sendable {
  /// The code of the scale in a sample and in the plugin ABI (`tompion_timescale`).
  static var code: TimescaleCode { get }
}

/// Coordinated Universal Time, counted as POSIX does: nanoseconds since 1970-01-01, leap seconds not counted.
public enum UTC: Timescale {
  public static var code: TimescaleCode { .utc }
}

/// International Atomic Time, counted from 1970-01-01 00:00:00 TAI. UTC plus 37 s since 2017.
public enum TAI: Timescale {
  public static var code: TimescaleCode { .tai }
}

/// CLOCK_MONOTONIC_RAW: the host's counter since boot, never slewed and never stepped. Estimation runs on it.
public enum RawMonotonic: Timescale {
  public static var code: TimescaleCode { .raw }
}

/// A timescale's number on the wire between host and plugin.
public enum TimescaleCode: UInt8, Sendable, BitwiseCopyable {
  case utc = 0
  case tai = 1
  case raw = 2
  /// A hardware clock's own scale, of which only differences mean anything.
  case own = 3
}
