// SPDX-License-Identifier: Apache-2.0

import LinuxKernel
import Settings
import TestSupport
import Testing

@testable import tompion

@Suite("tompion config check")
struct ConfigurationCheckTests {
  private func check(_ text: String, name: String = "t.toml") throws -> ConfigurationCheck {
    let folder = try TemporaryDirectory()
    try folder.write(name, text)
    return ConfigurationCheck(folder.file(name))
  }

  private static let source = "[[source]]\naddress = \"192.0.2.1\"\n"

  @Test("a right file, a wrong one, and none")
  func verdicts() throws {
    let right = try check(Self.source)
    #expect(right.errors.isEmpty && right.configuration != nil)
    #expect(right.text.hasSuffix("t.toml: right: 1 source, for ntp-client\n"), "\(right.text)")
    #expect(right.warningText.hasPrefix("warning: ") && right.warningText.contains("192.0.2.1 proves nothing"))
    let wrong = try check("[clock]\nkindd = 1\nmin_sources = 0\n")
    #expect(wrong.configuration == nil && wrong.text.split(separator: "\n").count == wrong.errors.count)
    #expect(wrong.text.contains("t.toml:2:"))
    #expect(ConfigurationCheck("/nonexistent/t.toml").text.contains("/nonexistent/t.toml"))
    #expect(ConfigurationCheck("/nonexistent/t.toml").errors.count == 1)
  }

  @Test("a server on an interface that is not there, as which a host's name reads")
  func absentInterfaces() throws {
    let server = "[provider.ntp-server]\nallow = [\"local-networks\"]\n"
    let wrong = try check(Self.source + server + "listen = [\"lo\", \"localhost\"]\n").warningText
    #expect(
      wrong.contains(":5:17: provider.ntp-server.listen[1] = \"localhost\": there is no interface of that name now;"),
      "\(wrong)")
    #expect(!wrong.contains("listen[0]"), "\(wrong)")
    let right = try check(Self.source + server + "listen = [\"192.0.2.1:123\", \"127.0.0.1%lo\"]\n").warningText
    #expect(!right.contains("no interface"), "\(right)")
  }

  @Test("keys are wanted and no file has them")
  func noKeyFiles() throws {
    let bare = try check(Self.source + "[provider.ntp-symmetric]\n").warningText
    #expect(bare.contains(":3:11: provider.ntp-symmetric.key_files: no key file is named"), "\(bare)")
    let named = try check(Self.source + "[provider.ntp-symmetric]\nkey_files = [\"/nonexistent/keys\"]\n").warningText
    #expect(!named.contains("no key file is named"), "\(named)")
    let off = try check(Self.source + "[provider.ntp-symmetric]\nenabled = false\n").warningText
    #expect(!off.contains("no key file is named"), "\(off)")
  }

  @Test("only schemes that are offered are advised")
  func advised() throws {
    let bare = try check(Self.source).warningText
    #expect(bare.contains("auth = \"key:N\"") && !bare.contains("nts") && !bare.contains("ms-sntp"), "\(bare)")
    let domain = try check(Self.source + "[provider.ms-sntp]\ndomain = \"example\"\n").warningText
    #expect(domain.contains("or auth = \"ms-sntp\"") && !domain.contains("nts"), "\(domain)")
  }

  @Test("proof is required and nobody gives any: never synchronized, and that is said")
  func required() throws {
    func isWarned(_ text: String) throws -> Bool {
      try check(text).warningText.contains("clock.auth_select = \"require\": no source has auth")
    }
    let require = "[clock]\nauth_select = \"require\"\n"
    #expect(try isWarned(require + Self.source))
    #expect(try isWarned(require + "[[source]]\naddress = \"127.0.0.1\"\nauth = \"none\"\n"))
    #expect(try !isWarned(require + Self.source + "auth = \"key:7\"\n"))
    #expect(try !isWarned(Self.source))
    #expect(try !isWarned(require + Self.source + "[[source]]\nprovider = \"pps\"\ndevice = \"/dev/pps0\"\n"))
  }

  @Test("what tompiond says of providers counts as much")
  func providers() throws {
    var one = try check(Self.source + "auth = \"kez:7\"\n")
    #expect(one.errors.isEmpty, "the file alone does not say")
    var answer = CheckResult(file: one.result.file)
    answer.errors = [Diagnostic(file: "t.toml", line: 3, column: 8, key: "source[0].auth", problem: "is refused")]
    one.addProviders(.success(answer))
    #expect(one.errors == answer.errors && one.text == "t.toml:3:8: source[0].auth: is refused\n")
    // tompiond is not there: the file alone was checked, and that is said.
    var alone = try check(Self.source)
    alone.addProviders(.failure(DaemonCheck.Failure(description: "no tompiond")))
    #expect(alone.errors.isEmpty && alone.warningText.contains("keys of providers were not checked: no tompiond"))
    // Nobody is asked of a file that is wrong itself.
    var wrong = try check("[clock]\nkindd = 1\n")
    let before = wrong.result
    wrong.addProviders(.success(answer))
    #expect(wrong.result == before)
  }

  @Test("a number that two key files have: both places, and whose key is used")
  func twice() throws {
    let folder = try TemporaryDirectory()
    let line = "7 sha256 hex:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n"
    for name in ["a", "b"] {
      let text = "# tompion keys 1\n" + (name == "b" ? "\n" : "") + line
      try SmallFile.replace(folder.file(name), with: Array(text.utf8), mode: 0o600)
    }
    try folder.write(
      "t.toml",
      "[provider.ntp-symmetric]\nkey_files = [\"\(folder.file("a"))\", \"\(folder.file("b"))\"]\n")
    let said = ConfigurationCheck(folder.file("t.toml")).warnings.map(\.description).filter { $0.contains("key 7") }
    #expect(said.count == 1, "\(said)")
    #expect(
      said.first?.contains(
        "key 7 is in \(folder.file("a")):2 and in \(folder.file("b")):3: that of \(folder.file("a")):2 is used") == true
    )
  }
}
