// SPDX-License-Identifier: Apache-2.0

import ProviderHost

/// Configurations that nobody should write: wrong types, ends of ranges and beyond, not-a-number, huge and odd texts, thousands of entries.
enum HostileSettings {
  struct List {
    var what: String
    var values: [ProviderSetting]
    /// The provider's schema forbids it, so init must fail.
    var mustRefuse = false
  }

  static func lists(_ schema: [ProviderSchemaEntry]) -> [List] {
    let huge = String(repeating: "x", count: 1 << 20)
    var lists = [
      List(what: "an unknown key", values: [ProviderSetting(path: "no_such_key_here", value: .integer(1))]),
      List(what: "an empty key", values: [ProviderSetting(path: "", value: .string(""))]),
      List(what: "a key of 1 MiB", values: [ProviderSetting(path: huge, value: .string(huge))]),
      List(
        what: "a key with brackets",
        values: [ProviderSetting(path: "source[-1].[].x[99999999999999999999]", value: .integer(1))]),
      List(
        what: "5000 unknown entries",
        values: (0..<5000).map { ProviderSetting(path: "key\($0)[\($0)].a", value: .integer(Int64($0))) }),
      List(
        what: "5000 sources",
        values: (0..<5000).map { ProviderSetting(path: "source[\($0)].address", value: .string("192.0.2.1")) }),
    ]
    for entry in schema {
      // "source[].x" of the first element; its required neighbours may be missing, which is hostile, too.
      let path = entry.path.split(separator: "[]", omittingEmptySubsequences: false).joined(separator: "[0]")
      for (name, value) in values(entry, huge) {
        lists.append(List(what: "\(path) = \(name)", values: [ProviderSetting(path: path, value: value)]))
      }
      let typeNames: [(String, ProviderSetting.Value)] = [
        ("a string", .string("x")), ("a boolean", .boolean(true)),
      ]
      if entry.kind == .integer || entry.kind == .real {
        for (name, value) in typeNames {
          lists.append(
            List(what: "\(path) = \(name)", values: [ProviderSetting(path: path, value: value)], mustRefuse: true))
        }
        if let range = entry.range, range.upperBound < 1e15, range.lowerBound > -1e15 {
          for bad in [range.lowerBound - 1, range.upperBound + 1] {
            let value: ProviderSetting.Value = entry.kind == .integer ? .integer(Int64(bad)) : .real(bad)
            lists.append(
              List(what: "\(path) = \(bad)", values: [ProviderSetting(path: path, value: value)], mustRefuse: true))
          }
        }
      }
      if entry.kind == .string, !entry.choices.isEmpty {
        lists.append(
          List(
            what: "\(path) = \"no-such-choice\"",
            values: [ProviderSetting(path: path, value: .string("no-such-choice"))], mustRefuse: true))
      }
    }
    return lists
  }

  private static func values(_ entry: ProviderSchemaEntry, _ huge: String) -> [(String, ProviderSetting.Value)] {
    [
      ("not a number", .real(.nan)), ("infinity", .real(.infinity)), ("-infinity", .real(-.infinity)),
      ("1e308", .real(1e308)), ("the smallest integer", .integer(.min)), ("the largest integer", .integer(.max)),
      ("an empty text", .string("")), ("a text of 1 MiB", .string(huge)),
      ("control characters", .string("\u{1}\n\u{7f}%s%n")),
      ("odd Unicode", .string("\u{202e}\u{0}é\u{10ffff}")), ("a path upwards", .string("../../../../etc/shadow")),
      ("[::1", .string("[::1")), ("a port too many", .string("127.0.0.1:99999")), ("a boolean", .boolean(false)),
    ]
  }
}
