// SPDX-License-Identifier: Apache-2.0

import Scenarios
import TimeTypes

/// UTC in a run: true seconds since the start, and the leap second on the way where there is one.
struct TrueTime {
  let epoch: TimeInterval
  let start: RawInstant
  let leap: Scenario.LeapSecond?

  init(_ scenario: Scenario, start: RawInstant) {
    epoch = .seconds(scenario.start)
    self.start = start
    leap = scenario.leap
  }

  func elapsed(at moment: RawInstant) -> TimeInterval { moment - start }

  func utc(at moment: RawInstant) -> TimeInterval {
    let elapsed = elapsed(at: moment)
    guard let leap, elapsed >= .seconds(Int64(leap.at)) else { return epoch + elapsed }
    return epoch + elapsed - .seconds(Int64(leap.change))
  }

  /// It is second 60.
  func isLeapSecond(_ second: Int) -> Bool { leap.map { $0.change > 0 && $0.at == second } ?? false }

  /// What is announced at that second.
  func announced(at second: Int) -> Int { leap.map { second < $0.at ? $0.change : 0 } ?? 0 }

  /// How much a clock that makes leap seconds is moved at that second.
  func move(at second: Int) -> TimeInterval? {
    leap.flatMap { $0.at == second ? .seconds(Int64(-$0.change)) : nil }
  }

  /// A clock's error. About a leap second it may be a second away for a moment: each makes it where it sees it.
  func error(of time: TimeInterval, at moment: RawInstant) -> Double {
    let error = (time - utc(at: moment)).inSeconds
    guard let leap, (elapsed(at: moment).inSeconds - Double(leap.at)).magnitude < 2,
      (error.magnitude - 1).magnitude < 0.1
    else { return error }
    return error - (error < 0 ? -1 : 1)
  }
}
