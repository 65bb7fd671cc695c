// SPDX-License-Identifier: Apache-2.0

import Settings
import Testing

/// The minimal profile reads no keys, and says so before anything starts.
@Suite struct ConfigurationMinimalKeysTests {
  private func errors(_ text: String, profile: String = "minimal") -> [String] {
    do throws(ConfigurationErrors) {
      _ = try Configuration(toml: "profile = \"\(profile)\"\n" + text, file: "t.toml")
      return []
    } catch {
      return error.diagnostics.map(\.description)
    }
  }

  private static let source = "[[source]]\naddress = \"192.0.2.1\"\n"

  @Test(arguments: ["key:7", "ms-sntp", "nts"]) func aSourceThatHasToProveItself(auth: String) {
    let text = Self.source + "auth = \"\(auth)\"\n"
    let found = errors(text)
    #expect(found.count == 1, "\(found)")
    #expect(
      found.first?.hasPrefix("t.toml:4:8: source[0].auth = \"\(auth)\": profile \"minimal\" reads no keys") == true)
    #expect(found.first?.contains("profile = \"full\"") == true)
    #expect(errors(text, profile: "full").isEmpty && errors(Self.source + "auth = \"none\"\n").isEmpty)
  }

  @Test func anAuthenticator() {
    for table in ["ntp-symmetric", "ms-sntp", "k]\nmodule = \"tompion-ntp-symmetric\"\n[provider.k.x"] {
      #expect(
        errors("[provider.\(table)]\n").filter { $0.contains("reads no keys") }.count == 1,
        "\(errors("[provider.\(table)]\n"))")
    }
    #expect(errors("[provider.ntp-symmetric]\nenabled = false\n").isEmpty)
  }

  @Test func aServerThatSigns() {
    let found = errors("[provider.ntp-server]\nauthenticate = [\"symmetric\"]\n")
    #expect(
      found.count == 1 && found[0].contains("provider.ntp-server.authenticate[0] = \"symmetric\": profile"), "\(found)")
    #expect(errors("[provider.ntp-server]\nlisten = [\"127.0.0.1:11123\"]\n").isEmpty)
  }
}
