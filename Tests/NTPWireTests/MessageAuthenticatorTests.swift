// SPDX-License-Identifier: Apache-2.0

import NTPWire
import Testing

struct MessageAuthenticatorTests {
  @Test
  func whatIsWrittenIsFound() throws {
    var packet = [UInt8](repeating: 0x24, count: 68)
    let digest = [UInt8](1...16)
    var cursor = WireCursor(offset: 48)
    var span = packet.mutableSpan
    try cursor.writeMAC(keyID: 0x0102_0304, digest: digest.span, to: &span)
    let mac = PacketTrailer(of: packet.span, version: 4).mac
    #expect(mac?.range == 48..<68 && mac?.digest == 52..<68 && mac?.isCryptoNAK == false)
    #expect(mac?.keyID(in: packet.span) == 0x0102_0304)
    #expect(Array(packet[52...]) == digest)
  }

  @Test
  func aCodeThatDoesNotFitIsNotWritten() {
    for count in 48..<68 {
      var packet = [UInt8](repeating: 0x24, count: count)
      let digest = [UInt8](1...16)
      var cursor = WireCursor(offset: 48)
      #expect(throws: WireError.truncated(offset: 48, needed: 20, available: count)) {
        var span = packet.mutableSpan
        try cursor.writeMAC(keyID: 1, digest: digest.span, to: &span)
      }
      #expect(packet.allSatisfy { $0 == 0x24 } && cursor.offset == 48)
    }
  }

  @Test
  func aCryptoNAKHasNoDigest() {
    let mac = MessageAuthenticator(range: 48..<52)
    #expect(mac.isCryptoNAK && mac.digest.isEmpty)
    #expect(MessageAuthenticator(range: 48..<50).digest.isEmpty)
    let short = [UInt8](repeating: 1, count: 50)
    #expect(mac.keyID(in: short.span) == 0)
  }
}
