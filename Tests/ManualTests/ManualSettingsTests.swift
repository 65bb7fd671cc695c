// SPDX-License-Identifier: Apache-2.0

import ProviderKit
import Testing
import TimeTypes

@testable import Manual

@Suite struct ManualSettingsTests {
  static func read(_ path: String, _ value: Setting.Value) -> (settings: ManualSettings, complaints: [SettingComplaint])
  {
    ManualSettings.read([Setting(index: 0, path: path, value: value)])
  }

  @Test func theUncertainty() {
    #expect(ManualSettings.read([]).settings.uncertainty == .seconds(1))
    #expect(Self.read("uncertainty", .real(0.25)).settings.uncertainty == .milliseconds(250))
    #expect(Self.read("uncertainty", .integer(3600)).complaints.isEmpty)
  }

  @Test(arguments: [
    ("uncertainty", Setting.Value.real(0), "0.001 to 3600"), ("uncertainty", .real(.nan), "0.001 to 3600"),
    ("uncertainty", .integer(3601), "0.001 to 3600"), ("uncertainty", .string("1"), "0.001 to 3600"),
    ("source[0].name", .string("me"), "no [[source]]"), ("within", .real(1), "README"),
  ])
  func whatIsWrongIsToldWithWhatIsRight(path: String, value: Setting.Value, advice: String) {
    let complaints = Self.read(path, value).complaints
    #expect(complaints.count == 1 && complaints.first?.whatWouldBeRight.contains(advice) == true, "\(complaints)")
  }
}
