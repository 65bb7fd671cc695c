// SPDX-License-Identifier: Apache-2.0

import Addresses
import TestSupport
import Testing

@Suite("Numeric addresses")
struct NumericAddressTests {
  @Test(
    "addresses",
    arguments: [
      "192.0.2.1", "0.0.0.0", "255.255.255.255", "::", "::1", "1::", "2001:db8::1", "[2001:db8::1]", "fe80::1%eth0",
      "1:2:3:4:5:6:7:8", "::ffff:192.0.2.1", "1:2:3:4:5:6:192.0.2.1", "1:2:3:4:5:6:7::",
      "0000:0000:0000:0000:0000:ffff:255.255.255.255",
    ])
  func accepted(_ text: String) { #expect(NumericAddress.accepts(text)) }

  @Test(
    "names and nonsense",
    arguments: [
      "", "ntp.example.net", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.04", "1.2.3.00", "1.2.3.0004",
      "1.2.3.4 ", " 1.2.3.4",
      "+1.2.3.4", "1.-2.3.4", "0x1.2.3.4", "1.2.3.4\n", "1.2.3.4\0", "١.2.3.4", "１.2.3.4", "1.2.3.4\u{301}", "1..3.4",
      ".1.2.3", "...",
      ":", ":::", "1:2:3", "1::2::3", "1:2:3:4:5:6:7:8:9", "12345::", "00001::", "g::", "é::", ":1", "1:", "::1%",
      "1:2:3:4:5:6:7:8::",
      "::1.2.3", "::1.2.3.04", "1.2.3.4::", "::1.2.3.4:5", "[]", "[1.2.3.4", "::\u{200B}1",
      String(repeating: "1", count: 100_000),
      String(repeating: ":", count: 100_000), String(repeating: "0", count: 50) + "::1",
    ])
  func refused(_ text: String) { #expect(!NumericAddress.accepts(text)) }

  @Test("what is written is read, and written is the short form")
  func words() throws {
    let address = try #require(NumericAddress("2001:db8::ff:7"))
    #expect(address.family == .ipv6 && address.high == 0x2001_0db8_0000_0000 && address.low == 0x0000_0000_00ff_0007)
    let old = try #require(NumericAddress("192.0.2.1"))
    #expect(old.family == .ipv4 && old.high == 0xc000_0201 << 32 && old.low == 0)
    for (text, form) in [("0:0:1:0:0:0:1:0", "0:0:1::1:0"), ("1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"), ("0::0", "::")] {
      #expect(NumericAddress(text)?.description == form)
    }
  }

  @Test("any address comes back out of its text", arguments: UInt64(1)...4)
  func random(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<500 {
      // Many zero groups, so that the gap is met in every place.
      let groups = (0..<8).map { _ in generator.next() % 3 == 0 ? UInt16(truncatingIfNeeded: generator.next()) : 0 }
      let text = groups.map { String($0, radix: 16) }.joined(separator: ":")
      let address = try #require(NumericAddress(text), "\(text)")
      #expect(NumericAddress(address.description) == address, "\(text) \(address)")
      let dotted = groups.prefix(4).map { "\($0 & 255)" }.joined(separator: ".")
      #expect(NumericAddress(dotted)?.description == dotted)
    }
  }

  @Test("random texts of the letters of addresses never trap, and what is taken comes back", arguments: UInt64(1)...4)
  func hostile(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let letters = Array("0123459afAF::..%[]g \0é")
    for _ in 0..<5000 {
      let length = Int(generator.next() % 48)
      let text = String((0..<length).map { _ in letters[Int(generator.next() % UInt64(letters.count))] })
      if let address = NumericAddress(text) { #expect(NumericAddress(address.description) == address, "\(text)") }
      if let place = ListenPlace(text, defaultPort: 1) {
        #expect(ListenPlace(place.description, defaultPort: 2) == place, "\(text)")
      }
    }
  }

  @Test(
    "numbers without leading zeros",
    arguments: ["", "00", "08", "-1", "+1", "1 ", "129", "99999999999999999999", "1e1", "٣"])
  func notPrefixes(text: String) { #expect(DecimalText.number(text, limit: 128) == nil) }

  @Test func prefixes() {
    for number in 0...128 { #expect(DecimalText.number("\(number)", limit: 128) == number) }
  }
}
