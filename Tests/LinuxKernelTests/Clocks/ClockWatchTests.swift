// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import TimeTypes

@testable import LinuxKernel

@Suite struct ClockWatchTests {
  func pair(_ seconds: Double, ahead: TimeInterval = .zero, ppm: Double = 0, error: UInt32 = 0) -> ClockPair {
    let raw = TimeInterval(seconds: seconds)
    return ClockPair(
      raw: RawInstant(sinceEpoch: raw), time: raw + TimeInterval(seconds: seconds * ppm * 1e-6) + ahead,
      errorNanoseconds: error)
  }

  @Test func noiseOfReadingIsNoMove() {
    var generator = SeededGenerator(seed: 7)
    var watch = ClockWatch(at: pair(0), frequency: .partsPerMillion(33))
    for second in 1...1000 {
      let noise = TimeInterval(nanoseconds: Int64.random(in: -3000...3000, using: &generator))
      let found = watch.observe(
        pair(Double(second), ahead: noise, ppm: 33, error: 1000), frequency: .partsPerMillion(33))
      #expect(found == .nothing)
    }
  }

  @Test(arguments: [TimeInterval.microseconds(50), .microseconds(-50), .seconds(86_400), .seconds(-1)])
  func aMoveIsMeasured(step: TimeInterval) throws {
    var watch = ClockWatch(at: pair(0), frequency: .zero)
    let seen1 = watch.observe(pair(1), frequency: .zero)
    #expect(seen1 == .nothing)
    let found = watch.observe(pair(2, ahead: step), frequency: .zero)
    let moved = try #require(found.moved)
    #expect((moved - step).magnitude <= TimeInterval(nanoseconds: 1))
    #expect(!found.leap)
  }

  @Test func slowSlewingByOthersIsSeen() {
    // adjtime(3) slews by 500 ppm and shows no other frequency.
    var watch = ClockWatch(at: pair(0), frequency: .zero)
    let found = watch.observe(pair(1, ppm: 500), frequency: .zero)
    #expect(found.moved.map { ($0 - .microseconds(500)).magnitude < .microseconds(1) } == true)
  }
}
