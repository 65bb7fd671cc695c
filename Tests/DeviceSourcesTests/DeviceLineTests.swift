// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import ProviderKit
import Testing
import TimeTypes

@testable import DeviceSources

/// What a source that is a device has towards host and people.
struct DeviceLineTests {
  private enum State: DeviceState {
    case waiting
    case running
    case refusing(Int)

    func isLike(_ other: State) -> Bool {
      switch (self, other) {
      case (.waiting, .waiting), (.running, .running), (.refusing, .refusing): true
      default: false
      }
    }
  }

  private struct Settings: DeviceSettings {
    var device = "/dev/x0"
    var name = ""
    var referenceID = "XYZ"
    var poll: Int8 = 3
    var prefer = false
    var noselect = false
    var trust = false
    var require = false

    static func read(_ settings: [Setting]) -> (sources: [Settings], complaints: [SettingComplaint]) { ([], []) }
  }

  private static func line(_ change: (inout Settings) -> Void = { _ in }) -> DeviceLine<State> {
    var settings = Settings()
    change(&settings)
    return DeviceLine(settings)
  }

  @Test func whatItIsCalledAndHowItMayBeUsed() {
    let plain = Self.line()
    #expect(plain.name == "/dev/x0" && plain.info.name == "/dev/x0" && plain.info.address == "/dev/x0")
    #expect(plain.info.fields.flags == TOMPION_SOURCE_REFCLOCK && plain.info.fields.reference_id == 0x5859_5A00)
    #expect(plain.info.fields.poll == 3 && plain.info.fields.min_poll == 3 && plain.info.fields.max_poll == 3)
    let named = Self.line { ($0.name, $0.prefer, $0.require) = ("roof", true, true) }
    #expect(named.info.name == "roof" && named.info.address == "/dev/x0")
    #expect(named.info.fields.flags == TOMPION_SOURCE_REFCLOCK | TOMPION_SOURCE_PREFER | TOMPION_SOURCE_REQUIRE)
    let other = Self.line { ($0.noselect, $0.trust) = (true, true) }
    #expect(other.info.fields.flags == TOMPION_SOURCE_REFCLOCK | TOMPION_SOURCE_NOSELECT | TOMPION_SOURCE_TRUST)
  }

  @Test func reachIsNewsWhenItComesAndGoes() {
    var line = Self.line()
    #expect(line.count(used: 0) == nil)
    #expect(line.count(used: 2) == true)
    #expect(line.info.fields.reach == 1 && line.info.fields.unanswered == 0)
    let silent = (0..<8).map { _ in line.count(used: 2) }
    #expect(silent.dropLast().allSatisfy { $0 == nil } && silent.last == false)
    #expect(line.info.fields.reach == 0 && line.info.fields.unanswered == 8)
  }

  @Test func aStateIsNewsWhenItHolds() {
    var line = Self.line()
    var told: [Bool] = []
    for state: State in [.running, .running, .waiting, .running, .running, .running, .running, .running] {
      told.append(line.settle(state) != nil)
    }
    #expect(told == [false, false, false, false, false, false, true, false])
    for reason in 0..<3 { #expect(line.settle(.refusing(reason)) == nil) }
    #expect(line.settle(.refusing(3)) != nil && line.settle(.refusing(4)) == nil)
  }

  @Test func wordsAreMadeWhereTheyAreOthers() {
    var line = Self.line()
    var made = 0
    func show(_ state: State, refused: UInt32 = 0) {
      line.show(
        state, refused: refused,
        text: {
          made += 1
          if case .refusing(let count) = state { return "refused: \(count)" }
          return ""
        }, counts: { refused == 0 ? "" : "\(refused) frozen" })
    }
    show(.running)
    #expect(made == 1 && line.info.lastError == "")
    show(.running, refused: 2)
    #expect(made == 1, "figures may be eight seconds old")
    for _ in 0..<7 { show(.running, refused: 2) }
    #expect(made == 2 && line.info.lastError == "so far 2 frozen")
    for _ in 0..<16 { show(.running, refused: 2) }
    #expect(made == 2)
    show(.refusing(5), refused: 2)
    #expect(made == 3 && line.info.lastError == "refused: 5")
    line.trouble = "the device is gone"
    show(.refusing(5), refused: 2)
    #expect(line.info.lastError == "the device is gone")
  }
}
