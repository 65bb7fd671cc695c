// SPDX-License-Identifier: Apache-2.0

/// Names a clock of this host for the life of the process. Every event, action and stamp says which clock it means.
public struct ClockID: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
  public var rawValue: UInt16

  @inlinable
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// The clock this daemon disciplines first: the host's CLOCK_REALTIME, or the virtual clock that stands in for it.
  @inlinable
  public static var system: ClockID { ClockID(rawValue: 0) }
}

/// Names a time source for the life of the process; a number is never used again, so a late sample finds no stranger.
public struct SourceID: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
  public var rawValue: UInt32

  @inlinable
  public init(rawValue: UInt32) { self.rawValue = rawValue }
}

/// Counts the steps of a clock: stamps of different eras of one clock must not be subtracted.
public struct ClockEra: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
  public var rawValue: UInt32

  @inlinable
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// The era after one more step (wraps after 2³² of them).
  @inlinable
  public var next: ClockEra { ClockEra(rawValue: rawValue &+ 1) }
}

/// The 32-bit reference id of RFC 5905: four ASCII characters at stratum 1, an address or a hash of one above.
public struct ReferenceID: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
  public var rawValue: UInt32

  @inlinable
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  @inlinable
  public static var none: ReferenceID { ReferenceID(rawValue: 0) }

  /// Of a text's first four octets, filled up with zeros: "PPS", "GPS" (RFC 5905, figure 12).
  public init(_ text: String) {
    var (word, count) = (UInt32(0), 0)
    for byte in text.utf8.prefix(4) { (word, count) = (word << 8 | UInt32(byte), count + 1) }
    rawValue = count > 0 ? word << UInt32(8 * (4 - count)) : 0
  }
}
