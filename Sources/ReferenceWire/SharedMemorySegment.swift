// SPDX-License-Identifier: Apache-2.0

/// NTP's shared memory (ntpd's driver 28, `struct shmTime` on LP64): 96 bytes, little-endian, as a segment was when it held still.
///
/// Offsets: mode 0, count 4, clock seconds 8, µs 16, receive seconds 24, µs 32, leap 36, precision 40, samples 44, valid 48, clock ns 52,
/// receive ns 56.
package struct SharedMemorySegment: Hashable, Sendable, BitwiseCopyable {
  package static let length = 96

  /// What the reference's clock showed, and what this host's did at that moment; ns since 1970.
  package var clock: Int64
  package var receive: Int64
  package var leap: UInt8
  package var precision: Int8

  package init(clock: Int64, receive: Int64, leap: UInt8 = 0, precision: Int8 = -20) {
    (self.clock, self.receive, self.leap, self.precision) = (clock, receive, leap, precision)
  }

  package enum Fault: Error, Hashable, Sendable {
    case length
    /// Neither 0 nor 1.
    case mode
    /// Nothing has been written, or it has been read already.
    case invalid
    /// Seconds, fractions or flags that no clock shows.
    case value
  }

  package init(_ bytes: Span<UInt8>) throws(Fault) {
    guard bytes.count == Self.length else { throw .length }
    guard let mode = LittleEndian.signed(bytes, 0, 4), mode == 0 || mode == 1 else { throw .mode }
    guard let valid = LittleEndian.signed(bytes, 48, 4), valid == 1 else { throw .invalid }
    guard let clock = Self.time(bytes, seconds: 8, microseconds: 16, nanoseconds: 52),
      let receive = Self.time(bytes, seconds: 24, microseconds: 32, nanoseconds: 56),
      let leap = LittleEndian.signed(bytes, 36, 4), (0...3).contains(leap),
      let precision = LittleEndian.signed(bytes, 40, 4),
      (-63...10).contains(precision)
    else { throw .value }
    self.init(clock: clock, receive: receive, leap: UInt8(leap), precision: Int8(precision))
  }

  /// Writers that know no nanoseconds leave theirs 0 or untouched: they count only where they agree with the microseconds.
  private static func time(
    _ bytes: Span<UInt8>, seconds: Int, microseconds: Int, nanoseconds: Int
  ) -> Int64? {
    guard let whole = LittleEndian.signed(bytes, seconds, 8), (0...9_000_000_000).contains(whole),
      let micro = LittleEndian.signed(bytes, microseconds, 4), (0...999_999).contains(micro),
      let nano = LittleEndian.signed(bytes, nanoseconds, 4)
    else { return nil }
    let agrees = nano >= 0 && nano / 1000 == micro
    return whole * 1_000_000_000 + (agrees ? nano : micro * 1000)
  }

  /// For `device-io`'s writing side: mode, count and valid are the host's to fill in.
  package func write(to bytes: inout MutableSpan<UInt8>) -> Bool {
    guard bytes.count == Self.length, clock >= 0, receive >= 0 else { return false }
    for index in 0..<Self.length { bytes[index] = 0 }
    for (time, seconds, micro, nano) in [(clock, 8, 16, 52), (receive, 24, 32, 56)] {
      LittleEndian.put(UInt64(time / 1_000_000_000), &bytes, seconds, 8)
      LittleEndian.put(UInt64(time % 1_000_000_000 / 1000), &bytes, micro, 4)
      LittleEndian.put(UInt64(time % 1_000_000_000), &bytes, nano, 4)
    }
    LittleEndian.put(UInt64(leap), &bytes, 36, 4)
    LittleEndian.put(UInt64(bitPattern: Int64(precision)), &bytes, 40, 4)
    return true
  }
}
