// SPDX-License-Identifier: Apache-2.0

import Report
import Settings
import Testing
import TimeTypes

@testable import Runtime

@Suite struct EnteredTimeTests {
  static func snapshot(_ steering: Report.SteeringState, followed: Bool = false) -> StatusSnapshot {
    var snapshot = StatusSnapshot()
    snapshot.steering = steering
    snapshot.steeringReason = steering == .refused ? "CAP_SYS_TIME is missing" : ""
    var source = Report.SourceReport(id: SourceID(rawValue: 1), name: "ntp.example")
    (source.provider, source.state) = ("ntp-client", followed ? .selected : .unreachable)
    var own = Report.SourceReport(id: SourceID(rawValue: 2), name: "local")
    (own.ownClock, own.state) = (true, .selected)
    snapshot.sources = [source, own]
    return snapshot
  }

  static func text(_ offset: TimeInterval, _ snapshot: StatusSnapshot) -> String {
    EnteredTime(offset: offset, snapshot, ClockConfiguration()).text
  }

  @Test func whatHappens() {
    #expect(Self.text(.milliseconds(300), Self.snapshot(.steering)).contains("behind; it is slewed"))
    #expect(Self.text(.seconds(-3), Self.snapshot(.steering)).contains("3.000 s ahead; it is stepped"))
  }

  @Test func whatWouldHaveHappened() {
    let text = Self.text(.seconds(3), Self.snapshot(.observing))
    #expect(text.contains("nothing is applied") && text.contains("it would be stepped"))
    #expect(Self.text(.seconds(3), Self.snapshot(.refused)).contains("CAP_SYS_TIME is missing"))
  }

  @Test func whoIsFollowedWins() {
    #expect(
      Self.text(.seconds(3), Self.snapshot(.steering, followed: true)).contains(
        "not used while ntp.example is followed"))
  }

  @Test func theSanityLimitsHold() {
    var clock = ClockConfiguration()
    clock.maximumNegativePhaseCorrection = .seconds(10)
    let entry = EnteredTime(offset: .seconds(-11), Self.snapshot(.steering), clock)
    #expect(entry.refusal?.contains("max_neg_phase_correction") == true)
    #expect(EnteredTime(offset: .seconds(-10), Self.snapshot(.steering), clock).refusal == nil)
    #expect(EnteredTime(offset: .seconds(11), Self.snapshot(.steering), clock).refusal == nil)
    clock.firstSync = .accept
    #expect(EnteredTime(offset: .seconds(-11), Self.snapshot(.steering), clock).refusal == nil, "the engine says")
  }
}
