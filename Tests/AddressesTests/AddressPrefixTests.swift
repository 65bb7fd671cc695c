// SPDX-License-Identifier: Apache-2.0

import Addresses
import Testing

@Suite("Blocks of addresses")
struct AddressPrefixTests {
  @Test(
    "as they are written, and in one form",
    arguments: [
      ("192.0.2.77/24", "192.0.2.0/24"), ("192.0.2.1", "192.0.2.1"), ("192.0.2.1/32", "192.0.2.1"),
      ("0.0.0.0/0", "0.0.0.0/0"),
      ("2001:DB8:1::/32", "2001:db8::/32"), ("2001:db8::7/128", "2001:db8::7"), ("::/0", "::/0"),
      ("2001:db8:0:0:ffff::/65", "2001:db8:0:0:8000::/65"),
    ])
  func right(text: String, form: String) throws {
    let prefix = try #require(AddressPrefix(text))
    #expect(prefix.description == form)
    #expect(AddressPrefix(form) == prefix)
  }

  @Test(
    "nonsense",
    arguments: [
      "", "/", "1.2.3.4/", "1.2.3.4/33", "1.2.3.4/-1", "::/129", "1.2.3/8", "1.2.3.4/8/8", "a/8", "1.2.3.4/08",
    ])
  func wrong(text: String) { #expect(AddressPrefix(text) == nil) }

  @Test(
    "who is in it",
    arguments: [
      ("192.0.2.0/24", "192.0.2.255", true), ("192.0.2.0/24", "192.0.3.0", false),
      ("192.0.2.0/24", "::ffff:192.0.2.1", false),
      ("2001:db8::/32", "2001:db8:ffff::1", true), ("2001:db8::/32", "2001:db9::", false),
      ("::/0", "2001:db8::1", true),
      ("::/0", "192.0.2.1", false), ("2001:db8::/65", "2001:db8::8000:0:0:0", false),
      ("2001:db8::/65", "2001:db8::7fff:0:0:1", true),
      ("192.0.2.1", "192.0.2.1", true), ("192.0.2.1", "192.0.2.0", false),
    ])
  func holds(prefix: String, address: String, expected: Bool) throws {
    let (prefix, address) = (try #require(AddressPrefix(prefix)), try #require(NumericAddress(address)))
    #expect(prefix.holds(address) == expected)
  }

  @Test("an IPv4 peer of a dual-stack socket is unfolded")
  func mapped() throws {
    let mapped = try #require(NumericAddress("::ffff:192.0.2.1"))
    #expect(mapped.unmapped == NumericAddress("192.0.2.1") && mapped.unmapped == NumericAddress(ipv4: 0xc000_0201))
    let plain = NumericAddress(ipv6High: 0x2001_0db8 << 32, low: 1)
    #expect(plain.unmapped == plain && plain == NumericAddress("2001:db8::1"))
  }
}
