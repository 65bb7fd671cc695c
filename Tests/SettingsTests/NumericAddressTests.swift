// SPDX-License-Identifier: Apache-2.0

import Settings
import Testing

@Suite("Numeric addresses")
struct NumericAddressTests {
  @Test(
    "addresses",
    arguments: [
      "192.0.2.1", "0.0.0.0", "255.255.255.255", "::", "::1", "1::", "2001:db8::1", "[2001:db8::1]", "fe80::1%eth0",
      "1:2:3:4:5:6:7:8", "::ffff:192.0.2.1", "1:2:3:4:5:6:192.0.2.1", "1:2:3:4:5:6:7::",
    ])
  func accepted(_ text: String) { #expect(NumericAddress.accepts(text)) }

  @Test(
    "names and nonsense",
    arguments: [
      "", "ntp.example.net", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.4 ", ":", ":::", "1:2:3", "1::2::3",
      "1:2:3:4:5:6:7:8:9", "12345::", "g::", ":1", "1:", "::1%", "1:2:3:4:5:6:7:8::", "::1.2.3", "[]",
    ])
  func refused(_ text: String) { #expect(!NumericAddress.accepts(text)) }
}
