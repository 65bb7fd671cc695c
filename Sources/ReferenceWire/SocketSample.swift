// SPDX-License-Identifier: Apache-2.0

/// A datagram of chrony's SOCK reference clock (chrony.conf(5), "refclock SOCK"; 40 bytes on LP64): how far the local clock was off at a moment.
///
/// Offsets: seconds 0, µs 8, offset 16 (IEEE 754, s), pulse 24, leap 28, padding 32, magic 36.
package struct SocketSample: Hashable, Sendable, BitwiseCopyable {
  package static let length = 40
  package static let magic: UInt32 = 0x534f_434b

  /// The local clock, ns since 1970.
  package var local: Int64
  /// Reference − local, ns: positive = the local clock is behind.
  package var offset: Int64
  /// The offset says where in the second the pulse was, and not which second.
  package var isPulse: Bool
  package var leap: UInt8

  package init(local: Int64, offset: Int64, isPulse: Bool = false, leap: UInt8 = 0) {
    (self.local, self.offset, self.isPulse, self.leap) = (local, offset, isPulse, leap)
  }

  package enum Fault: Error, Hashable, Sendable {
    case length
    case magic
    /// No number, or one that no clock shows.
    case value
  }

  package init(_ bytes: Span<UInt8>) throws(Fault) {
    guard bytes.count == Self.length else { throw .length }
    guard LittleEndian.unsigned(bytes, 36, 4) == UInt64(Self.magic) else { throw .magic }
    guard let seconds = LittleEndian.signed(bytes, 0, 8), (0...9_000_000_000).contains(seconds),
      let micro = LittleEndian.signed(bytes, 8, 8),
      (0...999_999).contains(micro), let pattern = LittleEndian.unsigned(bytes, 16, 8),
      let pulse = LittleEndian.signed(bytes, 24, 4),
      let leap = LittleEndian.signed(bytes, 28, 4), (0...3).contains(leap)
    else { throw .value }
    let offset = Double(bitPattern: pattern)
    guard offset.isFinite, offset.magnitude < 4e9 else { throw .value }
    self.init(
      local: seconds * 1_000_000_000 + micro * 1000, offset: Int64((offset * 1e9).rounded()), isPulse: pulse != 0,
      leap: UInt8(leap))
  }

  /// The datagram for others that listen so.
  package func write(to bytes: inout MutableSpan<UInt8>) -> Bool {
    guard bytes.count == Self.length, local >= 0 else { return false }
    let micro = local / 1000
    LittleEndian.put(UInt64(micro / 1_000_000), &bytes, 0, 8)
    LittleEndian.put(UInt64(micro % 1_000_000), &bytes, 8, 8)
    LittleEndian.put((Double(offset) / 1e9).bitPattern, &bytes, 16, 8)
    LittleEndian.put(isPulse ? 1 : 0, &bytes, 24, 4)
    LittleEndian.put(UInt64(leap), &bytes, 28, 4)
    LittleEndian.put(0, &bytes, 32, 4)
    LittleEndian.put(UInt64(Self.magic), &bytes, 36, 4)
    return true
  }
}
