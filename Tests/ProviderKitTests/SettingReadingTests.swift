// SPDX-License-Identifier: Apache-2.0

import MockHost
import Testing

@testable import ProviderKit

/// What the operator wrote, made into a provider's own values.
struct SettingReadingTests {
  private struct Draft: Equatable {
    var address = ""
    var port: Int64 = 123

    mutating func take(_ setting: Setting, _ key: String) -> String? {
      switch key {
      case "address": address = setting.string ?? ""
      case "port":
        guard let number = setting.integer else { return "a number" }
        port = number
      default: return "no such key"
      }
      return nil
    }
  }

  private static func settings(_ values: [(String, Setting.Value)]) -> [Setting] {
    values.enumerated().map { Setting(index: UInt32($0.offset), path: $0.element.0, value: $0.element.1) }
  }

  @Test func eachWrongValueIsComplainedOf() {
    let all = Self.settings([("a", .integer(1)), ("b", .integer(2)), ("c", .integer(3))])
    let complaints = all.complaints { $0.path == "b" ? nil : "not \($0.path)" }
    #expect(complaints.map(\.setting.index) == [0, 2] && complaints.map(\.whatWouldBeRight) == ["not a", "not c"])
  }

  @Test func valuesOfASourceComeTogetherInTheFilesOrder() {
    let all = Self.settings([
      ("source[3].address", .string("c")), ("port", .integer(9)), ("source[0].address", .string("a")),
      ("source[3].port", .integer(7)), ("source.port", .integer(8)), ("other[0].port", .integer(8)),
    ])
    let reading = all.sources(Draft()) { $0.take($1, $2) }
    #expect(reading.sources.map(\.draft) == [Draft(address: "c", port: 7), Draft(address: "a", port: 123)])
    #expect(reading.sources.map { $0.settings.map(\.index) } == [[0, 3], [2]])
    #expect(reading.sources.map(\.first.index) == [0, 2])
    #expect(reading.complaints.isEmpty && reading.sources.allSatisfy { !$0.isWrong })
  }

  @Test func aWrongValueMarksItsSourceAlone() {
    let all = Self.settings([
      ("source[0].port", .string("x")), ("source[0].address", .string("a")), ("source[1].port", .integer(7)),
    ])
    var reading = all.sources(Draft()) { $0.take($1, $2) }
    #expect(reading.sources.map(\.isWrong) == [true, false] && reading.sources[0].draft.address == "a")
    let other = Array(all.reversed()).sources(Draft()) { $0.take($1, $2) }
    #expect(other.sources.map(\.isWrong) == [false, true], "the file's order, whichever is wrong")
    reading.complain(reading.sources[1].first, "an address")
    #expect(reading.complaints.map(\.setting.index) == [0, 2])
    #expect(reading.complaints.map(\.whatWouldBeRight) == ["a number", "an address"])
  }

  @Test func whatIsComplainedOfIsRefusedAndGivesNoValue() throws {
    let mock = MockHost()
    mock.set("stratum", 16 as Int64)
    let access = Host(mock.hostTable).settings
    let bad = access.read { all in (1, all.complaints { _ in "1 to 15" }) }
    #expect(bad == nil && mock.refusals.count == 1)
    #expect(access.read { ($0.count, []) } == 1 && mock.refusals.count == 1)
  }
}
