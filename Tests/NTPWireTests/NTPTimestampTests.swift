// SPDX-License-Identifier: Apache-2.0

import NTPWire
import TestSupport
import Testing
import TimeTypes

struct NTPTimestampTests {
  static let second = UInt64(1) << 32

  /// Dates of RFC 5905, figure 4, and their seconds of the era.
  @Test(
    arguments: [
      (-2_208_988_800, 0), (0, 2_208_988_800 << 32), (63_072_000, 2_272_060_800 << 32),
      (1_767_225_600, 3_976_214_400 << 32), (2_085_978_495, 4_294_967_295 << 32), (2_085_978_496, 0),
      (2_085_978_497, 1 << 32),
    ] as [(Int64, UInt64)])
  func datesOfTheRFC(unix: Int64, raw: UInt64) {
    let time = TimeInterval.seconds(unix)
    #expect(NTPTimestamp(utcSince1970: time).rawValue == raw)
    #expect(NTPTimestamp(rawValue: raw).utcSince1970(near: time) == time)
  }

  @Test
  func halfASecondIsHalfTheFraction() {
    let time = TimeInterval(nanoseconds: 1_500_000_000)
    #expect(NTPTimestamp(utcSince1970: time).rawValue & 0xffff_ffff == 1 << 31)
    let before = TimeInterval(nanoseconds: -500_000_000)
    #expect(NTPTimestamp(utcSince1970: before).rawValue == UInt64(2_208_988_799) << 32 | 1 << 31)
  }

  @Test
  func aFractionThatRoundsUpCarries() {
    let time = TimeInterval(nanoseconds: 999_999_999, subnanoseconds: .max)
    #expect(NTPTimestamp(utcSince1970: time).rawValue == 2_208_988_801 << 32)
  }

  @Test(arguments: [21, 22] as [UInt64])
  func everyTimestampComesBackWholeInEveryEra(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<20_000 {
      let stamp = NTPTimestamp(rawValue: random.next())
      // Any pivot of the range but its outermost 68 years.
      let pivot = TimeInterval(nanoseconds: Int64(bitPattern: random.next()) / 2)
      let time = stamp.utcSince1970(near: pivot)
      #expect(NTPTimestamp(utcSince1970: time) == stamp, "near \(pivot)")
      #expect((time - pivot).magnitude <= .seconds(1 << 31) + .seconds(1), "near \(pivot)")
    }
  }

  @Test(arguments: [23, 24] as [UInt64])
  func timesAreRightToHalfAUnit(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<20_000 {
      let time = TimeInterval(
        nanoseconds: Int64(bitPattern: random.next()) / 2, subnanoseconds: UInt16.random(in: 0...(.max), using: &random)
      )
      let back = NTPTimestamp(utcSince1970: time).utcSince1970(near: time)
      // Half of 2⁻³² s is 7629.4 units of 2⁻¹⁶ ns; one more for rounding down on the way back.
      #expect((back - time).magnitude <= TimeInterval(nanoseconds: 0, subnanoseconds: 7631))
    }
  }

  @Test(arguments: [-1, 0, 1] as [Int64])
  func theRolloverIsCrossedFromBothSides(offset: Int64) {
    let rollover = TimeInterval.seconds(2_085_978_496)
    for distance in [1, 3600, 86_400 * 365, (1 << 31) - 2] as [Int64] {
      for sign in [-1, 1] as [Int64] {
        let time = rollover + .seconds(sign * distance + offset)
        let stamp = NTPTimestamp(utcSince1970: time)
        #expect(stamp.utcSince1970(near: rollover) == time)
        #expect(stamp.utcSince1970(near: time) == time)
      }
    }
    // One pivot, two timestamps a second apart on both sides of the end of era 0.
    let last = NTPTimestamp(rawValue: 0xffff_ffff << 32)
    let first = NTPTimestamp(rawValue: 1)
    let pivot = TimeInterval.seconds(2_085_978_490)
    #expect(last.utcSince1970(near: pivot) == rollover - .seconds(1))
    #expect(first.utcSince1970(near: pivot) - rollover < TimeInterval(nanoseconds: 1))
    #expect((first - last) > .seconds(1))
    #expect((last - first).isNegative)
  }

  @Test
  func sixtyEightYearsDecideTheEra() {
    let pivot = TimeInterval.seconds(1_767_225_600)
    let stamp = NTPTimestamp(utcSince1970: pivot)
    let half = UInt64(1) << 63
    let ahead = NTPTimestamp(rawValue: stamp.rawValue &+ half &- 1)
    let behind = NTPTimestamp(rawValue: stamp.rawValue &+ half)
    #expect(ahead.utcSince1970(near: pivot) > pivot + .seconds((1 << 31) - 1))
    #expect(behind.utcSince1970(near: pivot) == pivot - .seconds(1 << 31))
  }

  @Test
  func theEndsOfTheRangeSaturate() {
    for raw in [0, 1, 1 << 31, 1 << 63, .max] as [UInt64] {
      let stamp = NTPTimestamp(rawValue: raw)
      for pivot in [TimeInterval.min, .max, .zero, TimeInterval(nanoseconds: -1), TimeInterval(nanoseconds: .min + 1)] {
        let time = stamp.utcSince1970(near: pivot)
        #expect((time.inSeconds - pivot.inSeconds).magnitude <= Double(1 << 31) + 2)
      }
    }
    // Far beyond every era of ours, and still a number.
    for time in [TimeInterval.min, .max] {
      let back = NTPTimestamp(utcSince1970: time).utcSince1970(near: time)
      #expect((back - time).magnitude < TimeInterval(nanoseconds: 1))
    }
  }

  @Test(arguments: [25] as [UInt64])
  func intervalsAreAntisymmetricAndAdd(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<20_000 {
      let start = NTPTimestamp(rawValue: random.next())
      let step = Int64(bitPattern: random.next()) / 4
      let end = NTPTimestamp(rawValue: start.rawValue &+ UInt64(bitPattern: step))
      let interval = (end - start)
      let exact = Double(step) / Double(Self.second)
      #expect((interval.inSeconds - exact).magnitude <= 1e-9 + exact.magnitude * 1e-15)
      // Each is the nearest, so the sum of both ways is zero or one unit off.
      #expect((interval + (start - end)).magnitude <= TimeInterval(nanoseconds: 0, subnanoseconds: 1))
    }
  }
}
