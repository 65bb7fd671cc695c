// SPDX-License-Identifier: Apache-2.0

import ProviderKit
import Testing
import TimeTypes

@testable import PPS

@Suite struct SecondNumberingTests {
  static let raw = RawInstant(nanoseconds: 5_000_000_000)

  /// A pulse so long after the second 1000 by a clock that may be wrong by `bound`.
  static func verdict(
    _ late: TimeInterval, bound: TimeInterval, delay: TimeInterval = .zero, age: TimeInterval = .zero,
    growthPPB: UInt32 = 0
  ) -> SecondNumbering.Verdict {
    let followed = FollowedTime(
      isSynchronized: true, era: ClockEra(rawValue: 0), raw: raw - age, bound: bound, growthPPB: growthPPB)
    return SecondNumbering(delay: delay).number(Pulse(raw: raw, time: .seconds(1000) + late), followed)
  }

  @Test func theNearestSecondWithinTheBoundIsTaken() {
    #expect(Self.verdict(.milliseconds(5), bound: .milliseconds(10)) == .second(.seconds(1000)))
    #expect(Self.verdict(.milliseconds(-5), bound: .milliseconds(10)) == .second(.seconds(1000)))
    // The bound and 1 ms of the pulse's own, to the nanosecond.
    let edge = TimeInterval.milliseconds(11)
    let beyond = edge + TimeInterval(nanoseconds: 1)
    #expect(Self.verdict(edge, bound: .milliseconds(10)) == .second(.seconds(1000)))
    #expect(Self.verdict(beyond, bound: .milliseconds(10)) == .refused(.disagrees, gap: .zero - beyond))
  }

  @Test func aSecondThatTheBoundLeavesOpenIsNotGuessed() {
    #expect(
      Self.verdict(.milliseconds(300), bound: .milliseconds(200))
        == .refused(.ambiguous, gap: .milliseconds(-300)))
    #expect(Self.verdict(.milliseconds(299), bound: .milliseconds(200)) != .second(.seconds(1000)))
    #expect(Self.verdict(.milliseconds(450), bound: .zero) == .refused(.ambiguous, gap: .milliseconds(-450)))
    #expect(Self.verdict(.zero, bound: .milliseconds(400)) == .unlocked(.uncertain(.milliseconds(400))))
    #expect(SecondNumbering().number(Pulse(raw: Self.raw, time: .zero), nil) == .unlocked(.noClock))
  }

  /// Locked: the host says which second, so that no clock is asked, however wrong it is.
  @Test func lockedPulsesGoOutByTheirFraction() {
    let locked = SecondNumbering(delay: .milliseconds(250), isLocked: true)
    let pulse = Pulse(raw: Self.raw, time: .seconds(1000) + .milliseconds(700))
    #expect(locked.number(pulse, nil) == .second(.seconds(1000) + .milliseconds(250)))
    let unsure = FollowedTime(
      isSynchronized: false, era: ClockEra(rawValue: 7), raw: Self.raw, bound: .seconds(90), growthPPB: 0)
    #expect(locked.number(pulse, unsure) == .second(.seconds(1000) + .milliseconds(250)))
  }

  @Test func theBoundGrowsWithItsAge() {
    // 15 ppm over 1000 s are 15 ms.
    let late = TimeInterval.milliseconds(20)
    #expect(Self.verdict(late, bound: .milliseconds(5)) == .refused(.disagrees, gap: .zero - late))
    #expect(
      Self.verdict(late, bound: .milliseconds(5), age: .seconds(1000), growthPPB: 15_000) == .second(.seconds(1000)))
  }

  @Test func theDelayIsAddedToTheSecond() {
    let (late, delay) = (TimeInterval.milliseconds(600), TimeInterval.milliseconds(-400))
    #expect(Self.verdict(late, bound: .milliseconds(1), delay: delay) == .second(.seconds(1001) + delay))
    #expect(
      Self.verdict(.microseconds(250), bound: .zero, delay: .microseconds(250))
        == .second(.seconds(1000) + .microseconds(250)))
  }

  @Test func secondsBeforeTheEpochAreSecondsToo() {
    #expect(SecondNumbering.nearestSecond(to: .milliseconds(-1400)) == .seconds(-1))
    #expect(SecondNumbering.nearestSecond(to: .milliseconds(-1600)) == .seconds(-2))
    #expect(SecondNumbering.nearestSecond(to: .milliseconds(1500)) == .seconds(2))
  }
}
