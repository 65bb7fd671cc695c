// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@testable import Local
@testable import ProviderKit

@Suite struct LocalSettingsTests {
  static func setting(_ path: String, _ value: Setting.Value) -> Setting { Setting(index: 0, path: path, value: value) }

  @Test func defaults() {
    let (options, complaints) = LocalSettings.read([])
    #expect(complaints.isEmpty && options == LocalOptions())
    // What the schema publishes is what is in force.
    for entry in LocalSettings.schema {
      let text = entry.defaultText.description
      let value: Setting.Value =
        switch entry.kind {
        case .boolean: .boolean(text == "true")
        case .integer: .integer(Int64(text) ?? -1)
        default: .real(Double(text) ?? -1)
        }
      let read = LocalSettings.read([Self.setting(entry.path.description, value)])
      #expect(read.complaints.isEmpty && read.options == LocalOptions(), "\(entry.path)")
    }
  }

  @Test func everyKeyIsTaken() {
    let (options, complaints) = LocalSettings.read([
      Self.setting("stratum", .integer(7)), Self.setting("orphan", .boolean(true)),
      Self.setting("distance", .real(0.25)), Self.setting("wait", .integer(20)),
      Self.setting("dispersion", .real(0.5)),
    ])
    #expect(complaints.isEmpty && options.stratum == 7 && options.isOrphan && options.distance == .milliseconds(250))
    #expect(options.wait == .seconds(20) && options.dispersion == .milliseconds(500))
  }

  @Test func anOrphanLeavesRoomForWhoFollowsIt() {
    func complaints(_ stratum: Int64) -> [SettingComplaint] {
      LocalSettings.read([Self.setting("stratum", .integer(stratum)), Self.setting("orphan", .boolean(true))])
        .complaints
    }
    #expect(complaints(14).isEmpty)
    #expect(complaints(15).count == 1 && complaints(15).first?.whatWouldBeRight.contains("1 to 14") == true)
  }

  @Test(arguments: [
    ("stratum", Setting.Value.integer(0), "1 to 15"), ("stratum", .integer(16), "1 to 15"),
    ("stratum", .string("ten"), "whole number"), ("orphan", .string("yes"), "true or false"),
    ("distance", .real(2), "1.5"), ("distance", .real(.nan), "1.5"), ("dispersion", .real(0), "0.000001"),
    ("wait", .real(-1), "0 to 1000000"), ("wait", .real(.infinity), "0 to 1000000"),
    ("source[0].address", .string("a"), "no [[source]]"), ("strata", .integer(3), "README"),
  ])
  func whatIsWrongIsToldWithWhatIsRight(path: String, value: Setting.Value, advice: String) {
    let complaints = LocalSettings.read([Self.setting(path, value)]).complaints
    #expect(complaints.count == 1 && complaints.first?.whatWouldBeRight.contains(advice) == true, "\(complaints)")
  }
}
