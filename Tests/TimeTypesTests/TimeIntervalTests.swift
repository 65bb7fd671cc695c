// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import TimeTypes

/// The same value in units of 2⁻¹⁶ ns, wide enough never to overflow.
private func units(_ interval: TimeInterval) -> Int128 {
  Int128(interval.nanoseconds) * 65536 + Int128(interval.subnanoseconds)
}

private func saturated(_ value: Int128) -> Int128 {
  Swift.min(Swift.max(value, units(.min)), units(.max))
}

/// Random intervals, half of them within a few units of an end of the range, of zero or of a whole nanosecond.
private func intervals(_ count: Int, seed: UInt64) -> [TimeInterval] {
  var generator = SeededGenerator(seed: seed)
  let corners: [Int64] = [.min, .min + 1, .min + 2, -2, -1, 0, 1, 2, .max - 1, .max, .max / 2, .min / 2]
  let fractions: [UInt16] = [0, 1, 5, 32767, 32768, 65534, 65535]
  return (0..<count).map { _ in
    let bits = generator.next()
    let whole = bits & 1 == 0 ? corners[Int(bits >> 8) % corners.count] : Int64(bitPattern: generator.next())
    let fraction = bits & 2 == 0 ? fractions[Int(bits >> 16) % fractions.count] : UInt16(truncatingIfNeeded: bits >> 32)
    return TimeInterval(nanoseconds: bits & 4 == 0 ? whole : whole >> 20, subnanoseconds: fraction)
  }
}

@Suite struct TimeIntervalTests {
  @Test func arithmeticAgainstWideIntegers() {
    let left = intervals(20_000, seed: 1)
    let right = intervals(20_000, seed: 2)
    for (a, b) in zip(left, right) {
      #expect(units(a + b) == saturated(units(a) + units(b)), "\(a) + \(b)")
      #expect(units(a - b) == saturated(units(a) - units(b)), "\(a) - \(b)")
      #expect(units(-a) == saturated(-units(a)), "-\(a)")
      #expect(units(a.half) == units(a) >> 1, "half of \(a)")
      #expect(units(a.magnitude) == saturated(units(a) < 0 ? -units(a) : units(a)))
      #expect((a < b) == (units(a) < units(b)))
      #expect((a == b) == (units(a) == units(b)))
    }
  }

  @Test func whatJustFitsIsExact() {
    // Below the range without the carry, inside with it; and the mirror of that.
    let low =
      TimeInterval(nanoseconds: .min, subnanoseconds: 60_000) + TimeInterval(nanoseconds: -1, subnanoseconds: 60_000)
    #expect(low == TimeInterval(nanoseconds: .min, subnanoseconds: 54_464))
    let high = TimeInterval(nanoseconds: .max, subnanoseconds: 0) - TimeInterval(nanoseconds: -1, subnanoseconds: 5)
    #expect(high == TimeInterval(nanoseconds: .max, subnanoseconds: 65_531))
    #expect(-TimeInterval(nanoseconds: .min, subnanoseconds: 5) == high)
    #expect(TimeInterval.max + TimeInterval(nanoseconds: 0, subnanoseconds: 1) == .max)
    #expect(TimeInterval.min - TimeInterval(nanoseconds: 0, subnanoseconds: 1) == .min)
  }

  @Test(arguments: [Int64.min, -9_223_372_037, -9_223_372_036, -1, 0, 1, 9_223_372_036, 9_223_372_037, .max])
  func wholeUnitsSaturate(_ count: Int64) {
    #expect(units(.seconds(count)) == wholeSaturated(count, 1_000_000_000))
    #expect(units(.milliseconds(count)) == wholeSaturated(count, 1_000_000))
    #expect(units(.microseconds(count)) == wholeSaturated(count, 1000))
  }

  private func wholeSaturated(_ count: Int64, _ scale: Int128) -> Int128 { saturated(Int128(count) * scale * 65536) }

  @Test func fromDoubleIsTheNearest() {
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<20_000 {
      let value = (generator.uniform() - 0.5) * (generator.next() & 1 == 0 ? 10 : 1e6)
      let got = TimeInterval(nanosecondsAsDouble: value)
      #expect(abs(Float80(value) * 65536 - Float80(Int64(units(got)))) <= 0.5000001, "\(value)")
      #expect(abs(TimeInterval(seconds: value).inSeconds - value) <= 1e-14 + abs(value) * 4e-16)
    }
    for _ in 0..<20_000 {
      // Whole nanoseconds anywhere in the range are exact, once they are doubles.
      let value = Double(Int64(bitPattern: generator.next()) >> Int64(generator.next() % 60))
      if value < 0x1p63 { #expect(units(TimeInterval(nanosecondsAsDouble: value)) == Int128(value) * 65536) }
    }
  }

  @Test func fromDoubleAtTheLimits() {
    #expect(TimeInterval(seconds: .nan) == .zero)
    #expect(TimeInterval(seconds: .infinity) == .max)
    #expect(TimeInterval(seconds: -.infinity) == .min)
    #expect(TimeInterval(seconds: .greatestFiniteMagnitude) == .max)
    #expect(TimeInterval(nanosecondsAsDouble: 0x1p63) == .max)
    #expect(TimeInterval(nanosecondsAsDouble: -0x1p63) == .min)
    #expect(TimeInterval(nanosecondsAsDouble: (0x1p63).nextDown).nanoseconds == Int64((0x1p63).nextDown))
    #expect(TimeInterval(nanosecondsAsDouble: -1e-300) == .zero)
    #expect(TimeInterval(nanosecondsAsDouble: -0.5) == TimeInterval(nanoseconds: -1, subnanoseconds: 32768))
    #expect(TimeInterval(nanosecondsAsDouble: (1.0).nextDown) == TimeInterval(nanoseconds: 1))
  }

  @Test func millisecondsAsText() {
    #expect(TimeInterval.microseconds(-500).millisecondsText == "-0.500")
    #expect(TimeInterval.microseconds(12_345_006).millisecondsText == "12345.006")
    #expect(TimeInterval.zero.millisecondsText == "0.000")
    #expect(
      TimeInterval.min.millisecondsText == "-9223372036854.775"
        && TimeInterval.max.millisecondsText == "9223372036854.775")
  }
}

@Suite struct ReferenceIDTests {
  @Test func textsAsRFC5905WritesThem() {
    #expect(ReferenceID("PPS").rawValue == 0x5050_5300)
    #expect(ReferenceID("PHC0").rawValue == 0x5048_4330)
    #expect(ReferenceID("GALILEO").rawValue == 0x4741_4c49)
    #expect(ReferenceID("") == .none)
  }
}
