// SPDX-License-Identifier: Apache-2.0

import NTPWire
import TestSupport
import Testing

struct PacketTrailerTests {
  /// A header and the given bytes behind it.
  static func packet(_ trailer: [UInt8]) -> [UInt8] { [UInt8](repeating: 0x24, count: 48) + trailer }

  static func field(_ type: UInt16, _ length: Int) -> [UInt8] {
    [UInt8(type >> 8), UInt8(type & 0xff), UInt8(length >> 8), UInt8(length & 0xff)]
      + [UInt8](repeating: 0xab, count: length - 4)
  }

  static func trailer(_ bytes: [UInt8], version: UInt8) -> PacketTrailer {
    PacketTrailer(of: packet(bytes).span, version: version)
  }

  static func fields(_ range: Range<Int>, _ bytes: [UInt8]) -> [ExtensionField] {
    var iterator = ExtensionFieldIterator(range)
    var found: [ExtensionField] = []
    while let field = iterator.next(in: bytes.span) { found.append(field) }
    return found
  }

  /// A trailer of bytes that are no extension field: what its length alone says.
  @Test(arguments: [1, 2, 3, 4] as [UInt8])
  func everyLengthFrom48To200(version: UInt8) {
    for count in 48...200 {
      let rest = count - 48
      let bytes = [UInt8](repeating: 0xff, count: rest)
      let found = Self.trailer(bytes, version: version)
      let mac = PacketTrailer.mac(MessageAuthenticator(range: 48..<count))
      let expected: PacketTrailer =
        switch (rest, version) {
        case (0, _): .none
        case (_, _) where rest % 4 != 0: .malformed(.unaligned)
        case (4, _): mac
        case (20, _), (24, _): mac
        case (12...72, 1...3): mac
        case (25..., 4): .malformed(.fieldLength)
        default: .malformed(.macLength)
        }
      #expect(found == expected, "length \(count)")
    }
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt8])
  func fourBytesAreACryptoNAK(version: UInt8) {
    let trailer = Self.trailer([0, 0, 0, 0], version: version)
    #expect(trailer == .mac(MessageAuthenticator(range: 48..<52)) && trailer.mac?.isCryptoNAK == true)
  }

  @Test(arguments: [0, 5, 6, 7, 255] as [UInt8])
  func versionsThatDoNotExist(version: UInt8) {
    #expect(Self.trailer([], version: version) == .malformed(.unknownVersion))
  }

  @Test
  func shorterThanAHeader() {
    for count in 0..<48 {
      let bytes = [UInt8](repeating: 0, count: count)
      #expect(PacketTrailer(of: bytes.span, version: 4) == .malformed(.headerTruncated))
    }
  }

  /// Fields of version 4 with each thing that may follow; of version 3 the same bytes are one code or nothing.
  @Test
  func fieldsAndWhatFollows() {
    for lengths in [[28], [32], [36, 28], [16, 16, 28], [100, 16, 64]] {
      let body = lengths.enumerated().flatMap { Self.field(UInt16(0x100 + $0.offset), $0.element) }
      let range = 48..<48 + body.count
      for macBytes in [0, 4, 20, 24] {
        let bytes = body + [UInt8](repeating: 0, count: macBytes)
        let mac = macBytes == 0 ? nil : MessageAuthenticator(range: range.upperBound..<range.upperBound + macBytes)
        let trailer = Self.trailer(bytes, version: 4)
        #expect(trailer == .extensionFields(range, mac: mac))
        #expect(trailer.mac == mac)
        let fields = Self.fields(range, Self.packet(bytes))
        #expect(fields.map(\.range.count) == lengths)
        #expect(fields.map(\.type) == lengths.indices.map { UInt16(0x100 + $0) })
        if case .extensionFields = Self.trailer(bytes, version: 3) { Issue.record("fields in version 3") }
      }
    }
  }

  /// A field of 16 to 24 bytes at the very end reads as a code, by the length alone (RFC 7822, section 7.5.1.4).
  @Test
  func aShortLastFieldIsNoField() {
    #expect(Self.trailer(Self.field(1, 16), version: 4) == .malformed(.macLength))
    #expect(
      Self.trailer(Self.field(1, 20), version: 4)
        == .mac(MessageAuthenticator(range: 48..<68)))
    #expect(Self.trailer(Self.field(1, 32) + Self.field(2, 16), version: 4) == .malformed(.macLength))
  }

  @Test(arguments: [0, 3, 4, 12, 15, 17, 30, 36, 1000, 65535])
  func aFieldLengthThatLies(length: Int) {
    let bytes = [0, 1, UInt8(length >> 8), UInt8(length & 0xff)] + [UInt8](repeating: 0, count: 28)
    #expect(Self.trailer(bytes, version: 4) == .malformed(.fieldLength))
    let behind = Self.field(9, 16) + bytes
    #expect(Self.trailer(behind, version: 4) == .malformed(.fieldLength))
  }

  /// Any bytes of any length and version: one of the cases, whose parts cover the packet without gap, and never a trap.
  @Test(arguments: [51, 52, 53] as [UInt64])
  func randomBytesOfEveryLength(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for count in 0...1500 {
      var bytes = random.bytes(count)
      // Half of them with lengths of fields that may be right.
      if seed == 51 { for index in stride(from: 50, to: count - 1, by: 4) { bytes[index] = 0 } }
      if seed == 52 {
        var at = 48
        while at + 28 <= count {
          let length = Int.random(in: 4...12, using: &random) * 4
          (bytes[at + 2], bytes[at + 3]) = (0, UInt8(length))
          at += length
        }
      }
      for version in UInt8.min...7 { Self.check(PacketTrailer(of: bytes.span, version: version), bytes, version) }
    }
  }

  @Test
  func everyFlippedBit() {
    let good = Self.packet(
      Self.field(0x104, 36) + Self.field(0x204, 28) + [0, 0, 0, 1] + Array(repeating: 7, count: 16))
    for bit in 48 * 8..<good.count * 8 {
      var bytes = good
      bytes[bit / 8] ^= 0x80 >> UInt8(bit % 8)
      Self.check(PacketTrailer(of: bytes.span, version: 4), bytes, 4)
    }
  }

  private static func check(_ trailer: PacketTrailer, _ bytes: [UInt8], _ version: UInt8) {
    switch trailer {
    case .none: #expect(bytes.count == 48)
    case .mac(let mac): #expect(mac.range == 48..<bytes.count)
    case .extensionFields(let range, let mac):
      var end = 48
      for field in fields(range, bytes) {
        #expect(field.range.lowerBound == end && field.range.count >= 16 && field.range.count % 4 == 0)
        end = field.range.upperBound
      }
      #expect(version == 4 && range.lowerBound == 48 && end == range.upperBound && !range.isEmpty)
      #expect(mac.map { $0.range == end..<bytes.count } ?? (end == bytes.count))
      if mac == nil { #expect((fields(range, bytes).last?.range.count ?? 0) >= 28) }
    case .malformed(.headerTruncated): #expect(bytes.count < 48)
    case .malformed(.unknownVersion): #expect(!(1...4).contains(version))
    case .malformed: #expect(bytes.count > 48)
    }
  }
}
