// SPDX-License-Identifier: Apache-2.0

import Addresses
import ProviderKit
import Testing
import TimeTypes

@testable import MSSNTP

@Suite struct MSSNTPSettingsTests {
  private func read(_ values: [(String, Setting.Value)]) -> (
    settings: MSSNTPSettings, refusals: [SettingComplaint]
  ) {
    var refusals: [SettingComplaint] = []
    let settings = MSSNTPSettings(
      values.enumerated().map { Setting(index: UInt32($0.offset), path: $0.element.0, value: $0.element.1) },
      refusals: &refusals)
    return (settings, refusals)
  }

  @Test func nothingIsSignedUnlessAskedFor() {
    let (settings, refusals) = read([])
    #expect(refusals.isEmpty)
    #expect(!settings.signs && settings.socket.isEmpty && settings.files.isEmpty && settings.places.isEmpty)
  }

  @Test func everySettingIsTaken() {
    let (settings, refusals) = read([
      ("domain", .string("lab.test")), ("forest", .string("root.test")), ("trusted[0]", .string("a.test")),
      ("trusted[1]", .string("192.0.2.1")), ("account", .string("host1")), ("rid", .integer(1103)),
      ("keytab", .string("/etc/krb5.keytab")), ("secrets_tdb", .string("/s")), ("workgroup", .string("LAB")),
      ("hash_file", .string("/h")), ("form", .string("68")), ("sign", .boolean(true)), ("signd_socket", .string("/x")),
      ("signd_timeout", .real(0.25)), ("refuse_68", .boolean(true)), ("client_rate", .real(3)),
      ("client_burst", .integer(4)), ("rid_rate", .integer(5)), ("rid_burst", .integer(6)),
      ("distinct_rids", .integer(7)), ("limit_clients", .integer(128)), ("module", .string("ms-sntp")),
    ])
    #expect(refusals.isEmpty)
    #expect(settings.account == "host1$" && settings.rid == 1103 && settings.workgroup == "LAB")
    #expect(settings.places == Forest(domain: "lab.test", forest: "root.test", trusted: ["a.test", "192.0.2.1"]))
    #expect(settings.files.count == 3 && settings.ownKeySource == .keytab)
    #expect(settings.form == .authenticator && settings.signs && settings.refusesShortForm && settings.socket == "/x")
    #expect(settings.timeout == TimeInterval.milliseconds(250))
    var limits = ServingLimits()
    (limits.clientRate, limits.clientBurst, limits.ridRate, limits.ridBurst) = (3, 4, 5, 6)
    (limits.distinctRIDs, limits.clients) = (7, 128)
    #expect(settings.limits == limits)
  }

  @Test(arguments: [
    ("keytab", Setting.Value.string("krb5.keytab")), ("hash_file", .integer(1)), ("account", .string("a/b")),
    ("account", .string("")), ("rid", .integer(0)), ("rid", .integer(4_294_967_296)), ("rid", .string("1103")),
    ("workgroup", .string("LONGER-THAN-FIFTEEN")), ("domain", .string("lab test")), ("trusted[0]", .string("")),
    ("form", .string("69")), ("sign", .string("yes")), ("signd_socket", .string("socket")),
    ("signd_timeout", .real(0)), ("signd_timeout", .real(.nan)), ("signd_timeout", .real(6)),
    ("refuse_68", .integer(1)), ("client_rate", .real(0)), ("rid_rate", .real(.infinity)),
    ("client_burst", .integer(0)), ("rid_burst", .integer(10_001)), ("distinct_rids", .integer(257)),
    ("limit_clients", .integer(63)),
  ])
  func whatIsWrongSaysWhatWouldBeRight(_ path: String, _ value: Setting.Value) {
    let (_, refusals) = read([(path, value)])
    #expect(refusals.count == 1)
    #expect(refusals.first.map { $0.setting.path == path && $0.whatWouldBeRight.utf8.count > 10 } == true)
  }

  @Test(arguments: ["keytab", "secrets_tdb"])
  func aFileWithoutRIDsNeedsOne(_ name: String) throws {
    let refusal = try #require(read([(name, .string("/f"))]).refusals.first)
    #expect(refusal.whatWouldBeRight.contains("rid = N"))
    #expect(read([(name, .string("/f")), ("rid", .integer(1103))]).refusals.isEmpty)
    #expect(read([("hash_file", .string("/f"))]).refusals.isEmpty)
  }
}
