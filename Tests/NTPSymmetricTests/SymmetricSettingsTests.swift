// SPDX-License-Identifier: Apache-2.0

import KeyFiles
import ProviderKit
import Testing

@testable import NTPSymmetric

@Suite struct SymmetricSettingsTests {
  private func read(_ values: [(String, Setting.Value)]) -> (SymmetricSettings, [String]) {
    var refusals: [SettingComplaint] = []
    let settings = SymmetricSettings(
      values.enumerated().map { Setting(index: UInt32($0), path: $1.0, value: $1.1) }, refusals: &refusals)
    return (settings, refusals.map { "\($0.setting.path): \($0.whatWouldBeRight)" })
  }

  @Test func allOfThem() {
    let (settings, refusals) = read([
      ("key_files[0]", .string("/etc/a")), ("key_files[1]", .string("/etc/b")), ("format", .string("chrony")),
      ("allow_md5", .boolean(true)), ("allow_sha1", .boolean(true)), ("short_digests", .boolean(true)),
      ("module", .string("x")),
    ])
    #expect(refusals.isEmpty)
    #expect(
      settings.files == [
        .init(setting: "key_files[0]", path: "/etc/a"), .init(setting: "key_files[1]", path: "/etc/b"),
      ])
    #expect(settings.format == .chrony && settings.allowsMD5 && settings.allowsSHA1 && settings.shortDigests)
  }

  @Test func oneFileNeedsNoBrackets() {
    #expect(read([("key_files", .string("/etc/a"))]).0.files == [.init(setting: "key_files", path: "/etc/a")])
  }

  @Test func weakAlgorithmsAreOff() {
    let settings = read([]).0
    #expect(KeyAlgorithm.allCases.filter { !settings.allows($0) } == [.md5, .sha1])
    #expect(read([("allow_md5", .boolean(true))]).0.allows(.md5))
    #expect(!read([("allow_md5", .boolean(true))]).0.allows(.sha1))
  }

  @Test func whatIsWrongIsSaid() {
    let many = (0..<9).map { ("key_files[\($0)]", Setting.Value.string("/etc/\($0)")) }
    #expect(read(many).1 == ["key_files[8]: at most 8 files"])
    #expect(
      read([("key_files[0]", .string("/a")), ("key_files[1]", .string("/a"))]).1.first?.contains("twice") == true)
    #expect(read([("key_files", .string(""))]).1.first?.contains("path") == true)
    #expect(read([("format", .string("pgp"))]).1 == ["format: one of auto, ntp, chrony, tompion"])
    #expect(read([("allow_md5", .string("yes"))]).1 == ["allow_md5: true or false"])
  }
}
