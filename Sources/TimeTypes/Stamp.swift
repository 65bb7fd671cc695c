// SPDX-License-Identifier: Apache-2.0

/// Where a time stamp was taken: the nearer to the wire, the better.
public enum StampKind: UInt8, Sendable, BitwiseCopyable, Comparable {
  case none = 0
  /// Read by a process with clock_gettime(2).
  case user = 1
  /// Taken by the kernel (SOF_TIMESTAMPING_*_SOFTWARE).
  case kernel = 2
  /// Taken by the network card (SOF_TIMESTAMPING_RAW_HARDWARE).
  case hardware = 3

  @inlinable
  public static func < (a: StampKind, b: StampKind) -> Bool { a.rawValue < b.rawValue }
}

/// One reading of a clock, together with CLOCK_MONOTONIC_RAW at the same moment.
///
/// The raw time makes intervals true although the clock is being slewed or stepped between two stamps.
public struct Stamp: Hashable, Sendable, BitwiseCopyable {
  /// Which clock was read.
  public var clock: ClockID
  /// Where it was read.
  public var kind: StampKind
  /// How many steps the clock had seen.
  public var era: ClockEra
  /// The clock's reading since its epoch (1970 for a UTC clock).
  public var time: TimeInterval
  /// The raw counter at that moment.
  public var raw: RawInstant
  /// How far `time` and `raw` may be apart in truth, in nanoseconds, one-sided.
  public var errorNanoseconds: UInt32

  @inlinable
  public init(
    clock: ClockID, kind: StampKind, era: ClockEra, time: TimeInterval, raw: RawInstant, errorNanoseconds: UInt32 = 0
  ) {
    self.clock = clock
    self.kind = kind
    self.era = era
    self.time = time
    self.raw = raw
    self.errorNanoseconds = errorNanoseconds
  }
}
