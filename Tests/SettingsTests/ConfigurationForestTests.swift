// SPDX-License-Identifier: Apache-2.0

import Settings
import Testing

@Suite("Sources that are asked by MS-SNTP")
struct ConfigurationForestTests {
  private func errors(_ address: String, auth: String = "ms-sntp", _ settings: String) -> [String] {
    ConfigurationTests.errors(
      "[[source]]\naddress = \"\(address)\"\nauth = \"\(auth)\"\n[provider.ms-sntp]\n\(settings)\n")
  }

  private static let settings =
    "domain = \"ad.example.net\"\nforest = \"example.org\"\ntrusted = [\"b.test\", \"192.0.2.7\"]"

  @Test(
    "are in the own forest or trusted", arguments: ["dc1.ad.example.net", "x.example.org", "dc.b.test", "192.0.2.7"])
  func inside(_ address: String) { #expect(errors(address, Self.settings).isEmpty) }

  @Test("or else are an error with the line, the key and what would be right")
  func outside() {
    let name = errors("time.windows.com", Self.settings)
    #expect(name.count == 1 && name[0].contains(":2:11: source[0].address = \"time.windows.com\": "), "\(name)")
    #expect(name.first?.contains("outside of ad.example.net, example.org, b.test, 192.0.2.7") == true)
    #expect(name.first?.contains("Use auth = \"nts\"") == true)
    #expect(errors("192.0.2.8", Self.settings).first?.contains("list the address in `trusted`") == true)
    #expect(errors("dc1.ad.example.net", "").first?.contains("set domain = ") == true)
  }

  @Test("nothing is said of sources that prove themselves otherwise, or where the provider is not enabled")
  func others() {
    #expect(errors("time.windows.com", auth: "key:7", Self.settings).isEmpty)
    #expect(errors("time.windows.com", Self.settings + "\nenabled = false").isEmpty)
    let text =
      "[[source]]\naddress = \"time.windows.com\"\n[[source]]\naddress = \"dc1.ad.example.net\"\nauth = \"ms-sntp\"\n"
    #expect(ConfigurationTests.errors(text + "[provider.ms-sntp]\n\(Self.settings)\n").isEmpty)
  }
}
