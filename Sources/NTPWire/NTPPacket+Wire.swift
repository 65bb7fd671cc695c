// SPDX-License-Identifier: Apache-2.0

import TimeTypes

extension NTPPacket {
  /// The header of a datagram of at least 48 bytes; what follows is `PacketTrailer`'s. [capture]
  @_noLocks @_noAllocation
  package init(parsing bytes: borrowing Span<UInt8>) throws(WireError) {
    guard bytes.count >= Self.length else { throw .truncated(offset: 0, needed: Self.length, available: bytes.count) }
    var cursor = WireCursor()
    let first = try cursor.readUInt8(bytes)
    self.init(
      leap: Self.leap(bits: first &>> 6), version: first &>> 3 & 7, mode: AssociationMode(bits: first),
      stratum: try cursor.readUInt8(bytes), poll: Int8(bitPattern: try cursor.readUInt8(bytes)),
      precision: Int8(bitPattern: try cursor.readUInt8(bytes)),
      rootDelay: NTPShort(rawValue: try cursor.readUInt32(bytes)),
      rootDispersion: NTPShort(rawValue: try cursor.readUInt32(bytes)),
      referenceID: ReferenceID(rawValue: try cursor.readUInt32(bytes)),
      referenceTimestamp: NTPTimestamp(rawValue: try cursor.readUInt64(bytes)),
      origin: NTPTimestamp(rawValue: try cursor.readUInt64(bytes)),
      receive: NTPTimestamp(rawValue: try cursor.readUInt64(bytes)),
      transmit: NTPTimestamp(rawValue: try cursor.readUInt64(bytes)))
  }

  /// Writes the header over the first 48 bytes; fewer throw and stay as they were. [capture]
  @_noLocks @_noAllocation
  package func write(to bytes: inout MutableSpan<UInt8>) throws(WireError) {
    guard bytes.count >= Self.length else { throw .truncated(offset: 0, needed: Self.length, available: bytes.count) }
    var cursor = WireCursor()
    try cursor.write(Self.bits(of: leap) &<< 6 | (version & 7) &<< 3 | mode.bits, to: &bytes)
    try cursor.write(stratum, to: &bytes)
    try cursor.write(UInt8(bitPattern: poll), to: &bytes)
    try cursor.write(UInt8(bitPattern: precision), to: &bytes)
    try cursor.write(rootDelay.rawValue, to: &bytes)
    try cursor.write(rootDispersion.rawValue, to: &bytes)
    try cursor.write(referenceID.rawValue, to: &bytes)
    try cursor.write(referenceTimestamp.rawValue, to: &bytes)
    try cursor.write(origin.rawValue, to: &bytes)
    try cursor.write(receive.rawValue, to: &bytes)
    try cursor.write(transmit.rawValue, to: &bytes)
  }

  @_noLocks @_noAllocation
  static func leap(bits: UInt8) -> LeapIndicator {
    switch bits & 3 {
    case 1: .insert
    case 2: .delete
    case 3: .unsynchronized
    default: .none
    }
  }

  @_noLocks @_noAllocation
  static func bits(of leap: LeapIndicator) -> UInt8 {
    switch leap {
    case .none: 0
    case .insert: 1
    case .delete: 2
    case .unsynchronized: 3
    }
  }
}
