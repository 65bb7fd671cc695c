// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@testable import NTPClient
@testable import ProviderKit

/// What an operator wrote: each wrong value is named with what would be right.
struct SourceSettingsTests {
  private func read(_ values: [(String, Setting.Value)]) -> (sources: [SourceSettings], complaints: [SettingComplaint])
  {
    SourceSettings.read(
      values.enumerated().map { Setting(index: UInt32($0), path: $1.0, value: $1.1, line: UInt32($0 + 1)) })
  }

  @Test func everyKeyIsRead() {
    let (sources, complaints) = read([
      ("source[0].address", .string("ntp.example.net")), ("source[0].port", .integer(1123)),
      ("source[0].family", .string("ipv6")), ("source[0].version", .integer(3)), ("source[0].min_poll", .integer(3)),
      ("source[0].max_poll", .integer(12)), ("source[0].iburst", .boolean(false)), ("source[0].burst", .boolean(true)),
      ("source[0].reliable", .boolean(true)), ("source[0].pool", .boolean(true)), ("source[0].prefer", .boolean(true)),
      ("source[0].noselect", .boolean(true)), ("source[0].trust", .boolean(true)),
      ("source[0].require", .boolean(true)), ("source[0].max_delay", .real(0.25)), ("source[0].retry", .integer(60)),
      ("source[1].address", .string("2001:db8::1")),
    ])
    #expect(complaints.isEmpty && sources.count == 2)
    var wanted = SourceSettings()
    wanted.address = "ntp.example.net"
    (wanted.port, wanted.family, wanted.isPool) = (1123, .ipv6, true)
    (wanted.prefer, wanted.noselect, wanted.trust, wanted.require) = (true, true, true, true)
    wanted.association.version = 3
    (wanted.association.minimumPoll, wanted.association.maximumPoll) = (3, 12)
    (wanted.association.iburst, wanted.association.burst, wanted.association.reliable) = (false, true, true)
    wanted.association.maximumDelay = .milliseconds(250)
    wanted.association.firstRetry = .seconds(60)
    #expect(sources.first == wanted)
    var plain = SourceSettings()
    plain.address = "2001:db8::1"
    #expect(sources.last == plain)
  }

  @Test(arguments: [
    ("address", Setting.Value.string(""), "name or a numeric address"),
    ("address", .string(String(repeating: "a", count: 254)), "at most 253"), ("address", .string("a b"), "blanks"),
    ("address", .string("a\u{7}"), "blanks"), ("address", .integer(4), "name or a numeric address"),
    ("address", .string("127.0.0.1:124"), "address = \"127.0.0.1\", and port = 124 beside it"),
    ("address", .string("ntp.example.net:123"), "address = \"ntp.example.net\", and port = 123 beside it"),
    ("address", .string("[::1]"), "the address alone, address = \"::1\""),
    ("address", .string("[::1]:123"), "address = \"::1\", and port = 123 beside it"),
    ("address", .string("[::1"), "the address alone"), ("address", .string("ntp://foo"), "without \"/\""),
    ("address", .string("/"), "without \"/\""), ("address", .string("192.0.2.0/24"), "without \"/\""),
    ("port", .integer(0), "1 to 65535"), ("port", .integer(65536), "1 to 65535"),
    ("auth", .string("key:0"), "from 1 to 4294967295"), ("auth", .string("key:abc"), "from 1 to 4294967295"),
    ("auth", .string("key:"), "from 1 to 4294967295"), ("auth", .string("key:+7"), "from 1 to 4294967295"),
    ("auth", .string("key: 7"), "from 1 to 4294967295"), ("auth", .string("key:4294967296"), "from 1 to 4294967295"),
    ("auth", .string("KEY:7"), "from 1 to 4294967295"), ("auth", .string(""), "ms-sntp"),
    ("auth", .string("mssntp"), "ms-sntp"), ("auth", .string("ntss"), "or \"nts\""), ("auth", .integer(7), "ms-sntp"),
    ("auth", .boolean(false), "\"none\""),
    ("port", .string("ntp"), "1 to 65535"),
    ("family", .string("inet"), "any, ipv4 or ipv6"), ("family", .integer(4), "any, ipv4 or ipv6"),
    ("version", .integer(2), "3 to 4"), ("version", .integer(5), "3 to 4"), ("version", .real(4), "3 to 4"),
    ("min_poll", .integer(-1), "0 to 17"), ("max_poll", .integer(18), "0 to 17"),
    ("max_poll", .integer(.max), "0 to 17"), ("iburst", .integer(1), "true or false"),
    ("burst", .string("yes"), "true or false"), ("reliable", .real(1), "true or false"),
    ("pool", .string("true"), "true or false"), ("prefer", .integer(0), "true or false"),
    ("noselect", .integer(0), "true or false"), ("trust", .integer(0), "true or false"),
    ("require", .integer(0), "true or false"), ("max_delay", .real(0), "up to 16"),
    ("max_delay", .real(-1), "up to 16"),
    ("max_delay", .real(16.5), "up to 16"), ("max_delay", .real(.nan), "up to 16"),
    ("max_delay", .real(.infinity), "up to 16"), ("max_delay", .string("1 s"), "up to 16"),
    ("retry", .real(0.5), "1 to 86400"), ("retry", .integer(86_401), "1 to 86400"),
    ("retry", .real(.nan), "1 to 86400"), ("adress", .string("x"), "no such key"),
  ])
  func aWrongValueIsNamedWithWhatWouldBeRight(key: String, value: Setting.Value, advice: String) {
    let (_, complaints) = read([
      ("source[0].address", .string("good.example.net")), ("source[3].address", .string("a.example.net")),
      ("source[3].\(key)", value),
    ])
    #expect(complaints.map(\.setting.path) == ["source[3].\(key)"] && complaints.first?.setting.index == 2)
    #expect(complaints.first?.whatWouldBeRight.contains(advice) == true, "\(complaints)")
  }

  @Test func allThatIsWrongIsSaidAtOnce() {
    let (_, complaints) = read([
      ("source[0].port", .integer(0)), ("source[0].iburst", .integer(1)), ("source[1].address", .string("x")),
      ("source[1].min_poll", .integer(9)), ("source[1].max_poll", .integer(7)),
    ])
    #expect(
      complaints.map(\.setting.path) == [
        "source[0].port", "source[0].iburst", "source[0].port", "source[1].max_poll",
      ])
    #expect(complaints.count == 4 && complaints[2].whatWouldBeRight.contains("needs an address"))
    #expect(complaints[3].whatWouldBeRight == "min_poll (9) must not be above max_poll (7)")
  }

  @Test func poolsCountAsFourServers() {
    func sources(_ count: Int, pools: Int) -> [SettingComplaint] {
      read(
        (0..<count).map { ("source[\($0)].address", .string("s\($0)")) }
          + (0..<pools).map { ("source[\($0)].pool", .boolean(true)) }
      ).complaints
    }
    #expect(sources(64, pools: 0).isEmpty && sources(16, pools: 16).isEmpty)
    #expect(sources(65, pools: 0).count == 1)
    let complaints = sources(16 + 1, pools: 16)
    #expect(complaints.first?.whatWouldBeRight.hasSuffix("here are 65") == true)
  }

  @Test func otherTablesAreNotTheClients() {
    let (sources, complaints) = read([("listen", .string("x")), ("other[0].address", .string("y"))])
    #expect(sources.isEmpty && complaints.isEmpty)
  }

  /// The host's check by the schema and the client's own agree on which keys there are.
  @Test func theSchemaHasEveryKeyAndNoOther() {
    let keys = SourceSettings.schema.map { "\($0.path)".dropFirst("source[].".count) }
    #expect(Set(keys).count == keys.count)
    for key in keys {
      let (_, complaints) = read([("source[0].address", .string("x")), ("source[0].\(key)", .string("\u{0}"))])
      #expect(complaints.count == 1 && complaints.first?.whatWouldBeRight.contains("no such key") == false)
    }
  }

  @Test func howRepliesHaveToProveThemselves() {
    let (sources, complaints) = read([
      ("source[0].address", .string("a")), ("source[0].auth", .string("key:7")), ("source[1].address", .string("b")),
      ("source[1].auth", .string("ms-sntp")), ("source[2].address", .string("c")),
      ("source[2].auth", .string("key:9")), ("source[2].version", .integer(3)), ("source[3].address", .string("d")),
    ])
    #expect(complaints.isEmpty)
    #expect(sources.map(\.association.authentication) == [.key(7), .msSNTP, .key(9), .none])
    #expect(sources.map(\.association.version) == [4, 3, 3, 4], "[MS-SNTP] is version 3")
  }

  @Test func signedSNTPIsOfVersionThreeAndTheBasicMode() {
    let (_, complaints) = read([
      ("source[0].address", .string("a")), ("source[0].auth", .string("ms-sntp")), ("source[0].version", .integer(4)),
      ("source[0].interleaved", .boolean(true)), ("source[1].address", .string("b")),
      ("source[1].version", .integer(3)), ("source[1].interleaved", .boolean(false)),
      ("source[1].auth", .string("ms-sntp")),
    ])
    #expect(complaints.map(\.setting.path) == ["source[0].version", "source[0].interleaved"])
    #expect(complaints.allSatisfy { $0.whatWouldBeRight.contains("ms-sntp") })
  }
}
