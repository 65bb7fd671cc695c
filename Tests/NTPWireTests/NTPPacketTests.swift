// SPDX-License-Identifier: Apache-2.0

import NTPWire
import TestSupport
import Testing
import TimeTypes

struct NTPPacketTests {
  /// A reply of stratum 2 whose every field has its own bytes.
  static let golden: [UInt8] = [
    0x24, 0x02, 0x06, 0xe9, 0x00, 0x00, 0x01, 0x02, 0x00, 0x00, 0x03, 0x04, 0xc0, 0x00, 0x02, 0x01,
    0xe9, 0x3c, 0x0a, 0x11, 0x12, 0x13, 0x14, 0x15, 0xe9, 0x3c, 0x0a, 0x21, 0x22, 0x23, 0x24, 0x25,
    0xe9, 0x3c, 0x0a, 0x31, 0x32, 0x33, 0x34, 0x35, 0xe9, 0x3c, 0x0a, 0x41, 0x42, 0x43, 0x44, 0x45,
  ]
  static let goldenPacket = NTPPacket(
    leap: .none, version: 4, mode: .server, stratum: 2, poll: 6, precision: -23, rootDelay: NTPShort(rawValue: 0x102),
    rootDispersion: NTPShort(rawValue: 0x304), referenceID: ReferenceID(rawValue: 0xc000_0201),
    referenceTimestamp: NTPTimestamp(rawValue: 0xe93c_0a11_1213_1415),
    origin: NTPTimestamp(rawValue: 0xe93c_0a21_2223_2425),
    receive: NTPTimestamp(rawValue: 0xe93c_0a31_3233_3435), transmit: NTPTimestamp(rawValue: 0xe93c_0a41_4243_4445))

  static func bytes(_ packet: NTPPacket) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 48)
    var span = bytes.mutableSpan
    try? packet.write(to: &span)
    return bytes
  }

  @Test
  func theGoldenPacketBothWays() throws {
    #expect(try NTPPacket(parsing: Self.golden.span) == Self.goldenPacket)
    #expect(Self.bytes(Self.goldenPacket) == Self.golden)
    #expect(Self.golden.count == NTPPacket.length)
  }

  @Test
  func aRequestThatSaysNothing() {
    var expected = [UInt8](repeating: 0, count: 48)
    expected[0] = 0x23
    expected[40...47] = [1, 2, 3, 4, 5, 6, 7, 8]
    #expect(Self.bytes(.request(nonce: 0x0102_0304_0506_0708)) == expected)
  }

  @Test
  func theFirstByteIsLeapVersionAndMode() throws {
    for first in UInt8.min...UInt8.max {
      var bytes = Self.golden
      bytes[0] = first
      let packet = try NTPPacket(parsing: bytes.span)
      #expect(packet.leap.rawValue == first >> 6)
      #expect(packet.version == first >> 3 & 7)
      #expect(packet.mode.bits == first & 7)
      #expect(Self.bytes(packet) == bytes)
    }
    var packet = Self.goldenPacket
    packet.version = 12
    #expect(Self.bytes(packet)[0] == 0x24)
  }

  /// Whatever comes: a header and the same bytes again, or the one error. Never a trap.
  @Test
  func randomBytesOfEveryLength() throws {
    var random = SeededGenerator(seed: 41)
    for count in 0...1500 {
      let bytes = random.bytes(count)
      guard count >= 48 else {
        #expect(throws: WireError.truncated(offset: 0, needed: 48, available: count)) {
          _ = try NTPPacket(parsing: bytes.span)
        }
        continue
      }
      #expect(Self.bytes(try NTPPacket(parsing: bytes.span)) == Array(bytes.prefix(48)))
    }
  }

  @Test
  func everyBitBelongsToOneField() throws {
    for bit in 0..<48 * 8 {
      var bytes = Self.golden
      bytes[bit / 8] ^= 0x80 >> UInt8(bit % 8)
      let packet = try NTPPacket(parsing: bytes.span)
      #expect(packet != Self.goldenPacket)
      #expect(Self.bytes(packet) == bytes)
    }
  }

  @Test
  func writingTouchesTheHeaderAlone() throws {
    var bytes = [UInt8](repeating: 0xee, count: 60)
    var span = bytes.mutableSpan
    try Self.goldenPacket.write(to: &span)
    #expect(bytes == Self.golden + Array(repeating: 0xee, count: 12))
    for count in 0..<48 {
      var short = [UInt8](repeating: 0xee, count: count)
      #expect(throws: WireError.truncated(offset: 0, needed: 48, available: count)) {
        var span = short.mutableSpan
        try Self.goldenPacket.write(to: &span)
      }
      #expect(short.allSatisfy { $0 == 0xee })
    }
  }

  @Test
  func aKissIsAReplyOfStratumZero() {
    var packet = Self.goldenPacket
    #expect(packet.kissCode == nil)
    packet.stratum = 0
    for (text, code) in [
      ("RATE", KissCode.rate), ("DENY", .deny), ("RSTR", .restrict), ("NTSN", .ntsNAK), ("INIT", .initializing),
      ("STEP", .stepped),
    ] {
      packet.referenceID = ReferenceID(rawValue: text.utf8.reduce(0) { $0 << 8 | UInt32($1) })
      #expect(packet.kissCode == code)
      #expect(code.text == text)
    }
    #expect(KissCode(rawValue: 0x41_00_ff_7e).text == "A??~")
  }
}
