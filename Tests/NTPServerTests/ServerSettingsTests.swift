// SPDX-License-Identifier: Apache-2.0

import ProviderKit
import Testing

@testable import NTPServer

@Suite struct ServerSettingsTests {
  static func read(_ values: [(String, Setting.Value)]) -> (settings: ServerSettings, refused: [String]) {
    var refusals: [SettingComplaint] = []
    let settings = values.enumerated().map {
      Setting(index: UInt32($0.offset), path: $0.element.0, value: $0.element.1)
    }
    return (ServerSettings(settings, refusals: &refusals), refusals.map(\.setting.path))
  }

  @Test func listens() {
    let (settings, refused) = Self.read([
      ("listen[0]", .string("127.0.0.1:11123")), ("listen[1]", .string("[::1]:11123")),
      ("listen[2]", .string("192.0.2.1")),
      ("listen[3]", .string("2001:db8::7")), ("listen[4]", .string("eth0.7:1123")), ("listen[5]", .string("eth0:9")),
    ])
    #expect(refused.isEmpty)
    #expect(
      settings.listen.map(\.description) == [
        "127.0.0.1:11123", "[::1]:11123", "192.0.2.1:123", "[2001:db8::7]:123", "eth0.7:1123", "eth0:9",
      ])
  }

  @Test func listensOnOneInterface() {
    let (settings, refused) = Self.read([
      ("listen[0]", .string("192.0.2.1:1123%eth0")), ("listen[1]", .string("[fe80::1]%vrf-blue")),
    ])
    #expect(refused.isEmpty)
    #expect(settings.listen.map(\.interface) == ["eth0", "vrf-blue"])
    #expect(settings.listen.map(\.description) == ["192.0.2.1:1123%eth0", "[fe80::1]:123%vrf-blue"])
  }

  @Test func schemesAndWhoNeedsNone() {
    let (settings, refused) = Self.read([
      ("authenticate[0]", .string("symmetric")), ("authenticate[1]", .string("ms-sntp")),
      ("unsigned", .string("registered")),
    ])
    #expect(refused.isEmpty)
    #expect(settings.schemes == ["symmetric", "ms-sntp"] && settings.unsigned == .registered)
    #expect(ServerSettings().schemes.isEmpty && ServerSettings().unsigned == .all)
    for bad in ["", "Symmetric", "a b", String(repeating: "x", count: 33)] {
      #expect(Self.read([("authenticate", .string(bad))]).refused == ["authenticate"])
    }
    #expect(
      Self.read([("authenticate[0]", .string("nts")), ("authenticate[1]", .string("nts"))]).refused == [
        "authenticate[1]"
      ])
    #expect(Self.read([("authenticate", .string("nts")), ("unsigned", .string("some"))]).refused == ["unsigned"])
    #expect(Self.read([("unsigned", .string("none"))]).refused == ["unsigned"], "nobody could be answered")
  }

  @Test func limits() {
    let (settings, refused) = Self.read([
      ("workers", .integer(4)), ("stale_after", .real(0.25)), ("rate_limit", .integer(8)), ("rate_burst", .integer(32)),
      ("rate_leak", .integer(0)), ("rate_kiss", .integer(16)), ("rate_clients", .integer(4096)),
    ])
    #expect(refused.isEmpty)
    #expect(settings.workers == 4 && settings.staleAfter == .milliseconds(250))
    var rate = RatePolicy()
    #expect(!rate.isLimiting && !ServerSettings().rate.isLimiting, "off unless asked for")
    (rate.rate, rate.burst, rate.leak, rate.kiss, rate.clients) = (8, 32, 0, 16, 4096)
    #expect(settings.rate == rate && settings.rate.isLimiting)
  }

  @Test(arguments: [
    ("workers", Setting.Value.integer(0)), ("workers", .integer(65)), ("workers", .string("two")),
    ("workers", .real(2)),
    ("stale_after", .real(0)), ("stale_after", .real(61)), ("stale_after", .real(.nan)),
    ("stale_after", .boolean(true)),
    ("rate_limit", .real(-1)), ("rate_limit", .real(100_001)), ("rate_limit", .real(.nan)),
    ("rate_limit", .real(.infinity)),
    ("rate_limit", .string("8/s")), ("rate_burst", .integer(0)), ("rate_burst", .integer(10_001)),
    ("rate_leak", .integer(-1)),
    ("rate_kiss", .integer(1_000_001)), ("rate_clients", .integer(63)), ("rate_clients", .integer(.max)),
  ])
  func hostileLimits(key: String, value: Setting.Value) {
    #expect(Self.read([(key, value)]).refused == [key])
  }

  @Test(arguments: [
    "", "127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1:", "[::1", "[::1]x", "256.0.0.1", "1.2.3", "::1::", ":::",
    "1:2:3:4:5:6:7:8:9",
    "12345::", "[127.0.0.1]:1", "a/b", "eth0:x", "1.2.3.4%", "%eth0", "1.2.3.4%a/b", "eth0%eth1", "1.2.3.4:9%e%f",
    "+1.2.3.4", "averyverylongname",
  ])
  func hostileListen(text: String) {
    #expect(Self.read([("listen[0]", .string(text))]).refused == ["listen[0]"])
  }

  @Test(arguments: [
    "10.0.0.0/33", "10.0.0.0/08", "1.2.3.4/008", "1.2.3.04/8", "10.0.0.0/+8", "::/0128", "10.0.0.0/-1", "10.0.0.0/",
    "::/129", "interface:", "everyone", "10.0.0/8", "10.0.0.0/8/8",
  ])
  func hostileRules(text: String) {
    #expect(Self.read([("allow[0]", .string(text))]).refused == ["allow[0]"])
    #expect(Self.read([("deny[3]", .string(text))]).refused == ["deny[3]"])
  }

  @Test func rules() {
    let (settings, refused) = Self.read([
      ("allow[0]", .string("10.0.0.0/8")), ("allow[1]", .string("local-networks")),
      ("deny[0]", .string("interface:eth1")),
      ("deny[1]", .string("all")), ("serve_ipv6_by_default", .boolean(true)), ("placement", .string("process")),
    ])
    #expect(refused.isEmpty)
    #expect(settings.rules.map(\.allows) == [true, true, false, false])
    #expect(settings.rules[1].subject == .localNetworks)
    #expect(settings.rules[2].subject == .interface("eth1"))
    #expect(!settings.serveIPv4ByDefault && settings.serveIPv6ByDefault)
  }

  @Test func wrongTypesAreRefused() {
    let values: [(String, Setting.Value)] = [
      ("listen[0]", .integer(123)), ("allow[0]", .boolean(true)), ("serve_ipv4_by_default", .string("yes")),
    ]
    #expect(Self.read(values).refused == values.map(\.0))
  }

  @Test func sameAddressTwice() {
    #expect(Self.read([("listen[0]", .string("::1")), ("listen[1]", .string("[::1]:123"))]).refused == ["listen[1]"])
    #expect(
      Self.read([("listen[0]", .string("0.0.0.0")), ("listen[1]", .string("10.0.0.1"))]).refused == ["listen[1]"])
    #expect(
      Self.read([("listen[0]", .string("10.0.0.1%red")), ("listen[1]", .string("10.0.0.1%blue"))]).refused.isEmpty)
  }
}
