// SPDX-License-Identifier: Apache-2.0

import PHC
import ProviderKit
import TestSupport
import Testing
import TimeTypes

/// The fault table's clocks (security.md, 45 and K11): frozen, ramp, jump; and what a good one gives.
@Suite struct HardwareClockSourceTests {
  static func source(_ change: (inout HardwareClockOptions) -> Void = { _ in }) -> HardwareClockSource {
    var options = HardwareClockOptions()
    change(&options)
    return HardwareClockSource(options)
  }

  @Test func aGoodClockGivesASampleForEachRound() {
    var (model, source) = (HardwareClockModel(seed: 1), Self.source())
    let samples = model.run(&source, from: 0, to: 100)
    // The first reading has no line to be on.
    #expect(samples.count == 99 && source.readings == 400 && source.refusedInAll == 0 && source.state == .running)
    for sample in samples {
      #expect(sample.timescale == .tai && model.error(sample, minus: .seconds(37)).magnitude < .microseconds(1))
    }
  }

  @Test func theNarrowestOfARoundCounts() {
    var wide: [Double] = []
    for rate in [1, 8] {
      var (model, source) = (HardwareClockModel(seed: 2), Self.source { $0.readings = rate })
      model.window = 2000
      let samples = model.run(&source, from: 0, to: 400, every: 1 / Double(rate))
      #expect(samples.count > 340)
      var squares = 0.0
      for sample in samples {
        let error = model.error(sample, minus: .seconds(37))
        #expect(
          error.magnitude <= TimeInterval(nanoseconds: Int64(sample.errorNanoseconds) + 2), "outside of its window")
        squares += error.inNanoseconds * error.inNanoseconds
      }
      wide.append((squares / Double(samples.count)).squareRoot())
    }
    #expect(wide[1] < 0.5 * wide[0], "\(wide)")
  }

  @Test func aClockThatStandsStillIsNotUsed() {
    var (model, source) = (HardwareClockModel(seed: 3), Self.source())
    _ = model.run(&source, from: 0, to: 60)
    let used = source.used
    model.run(at: 0, from: 60)
    #expect(model.run(&source, from: 60.25, to: 200).isEmpty && source.used == used)
    #expect(source.count(of: .stopped) > 500)
    guard case .refusing(.stopped, _) = source.state else {
      Issue.record("\(source.state)")
      return
    }
  }

  @Test func aRampOfOneSecondASecondIsNotUsed() {
    for speed in [2.0, 0.5, 1.02] {
      var (model, source) = (HardwareClockModel(seed: 4), Self.source())
      _ = model.run(&source, from: 0, to: 60)
      let used = source.used
      model.run(at: speed, from: 60)
      #expect(model.run(&source, from: 60.25, to: 200).isEmpty && source.used == used, "\(speed)")
    }
  }

  @Test func aJumpIsHeldUntilItIsConfirmedOrOld() {
    var (model, source) = (HardwareClockModel(seed: 5), Self.source { $0.hold = .seconds(100) })
    model.bound = .microseconds(50)
    _ = model.run(&source, from: 0, to: 60)
    model.ahead = model.ahead + .milliseconds(50)
    #expect(model.run(&source, from: 60, to: 155).isEmpty && source.jumps == 1)
    guard case .refusing(.jumped, let gap) = source.state else {
      Issue.record("\(source.state)")
      return
    }
    #expect((gap - .milliseconds(37_050)).magnitude < .milliseconds(1))
    // It stayed there for the time that was asked for.
    #expect(model.run(&source, from: 155, to: 200).count > 35)

    // It comes back at once: confirmed by the followed time.
    (model, source) = (HardwareClockModel(seed: 6), Self.source())
    model.bound = .microseconds(50)
    _ = model.run(&source, from: 0, to: 60)
    model.ahead = model.ahead + .milliseconds(50)
    #expect(model.run(&source, from: 60, to: 100).isEmpty)
    model.ahead = model.ahead - .milliseconds(50)
    #expect(model.run(&source, from: 100, to: 120).count > 15 && source.jumps == 2)
  }

  @Test func aSingleOutlierCostsOneReading() {
    var (model, source) = (HardwareClockModel(seed: 7), Self.source { $0.readings = 1 })
    _ = model.run(&source, from: 0, to: 30, every: 1)
    let ahead = model.ahead
    model.ahead = ahead + .milliseconds(3)
    #expect(model.feed(30, &source) == .refused(.doubted))
    model.ahead = ahead
    let after = model.run(&source, from: 31, to: 60, every: 1)
    #expect(after.count == 29 && source.jumps == 0 && source.refusedInAll == 1)
  }

  @Test func wholeSecondsAreFoundOut() {
    var (model, source) = (HardwareClockModel(seed: 8), Self.source { $0.findsOffset = true })
    model.isSynchronized = false
    #expect(model.run(&source, from: 0, to: 30).isEmpty)
    #expect(source.state == .unlocked(.unsynchronized))
    model.isSynchronized = true
    for sample in model.run(&source, from: 30, to: 60) {
      #expect(sample.timescale == .utc && model.error(sample, minus: .zero).magnitude < .microseconds(1))
    }
    // Kept when nobody is there to ask any more.
    model.isSynchronized = false
    #expect(model.run(&source, from: 60, to: 90).count > 25)
    // A leap second: TAI goes on, UTC waits, and four readings later so do the samples.
    model.isSynchronized = true
    model.ahead = .seconds(38)
    source.lost()
    let after = model.run(&source, from: 90, to: 120)
    #expect(after.count > 25 && after.allSatisfy { model.error($0, minus: .zero).magnitude < .microseconds(1) })
  }

  @Test func whatIsNoWholeNumberOfSecondsOffIsRefused() {
    for (milliseconds, isFine) in [(90, true), (110, false), (500, false), (-110, false), (-90, true)] {
      var (model, source) = (HardwareClockModel(seed: 9), Self.source { $0.findsOffset = true })
      model.ahead = .seconds(37) + .milliseconds(Int64(milliseconds))
      #expect(model.run(&source, from: 0, to: 30).isEmpty == !isFine, "\(milliseconds)")
      if !isFine { #expect(source.count(of: .notWhole) > 100 && source.used == 0) }
    }
    // A clock that may itself be wrong by 0.45 s says nothing.
    var (model, source) = (HardwareClockModel(seed: 10), Self.source { $0.findsOffset = true })
    model.bound = .milliseconds(450)
    #expect(model.run(&source, from: 0, to: 30).isEmpty && source.count(of: .unlocked) > 100)
  }

  @Test func aFixedOffsetIsAdded() {
    var (model, source) = (
      HardwareClockModel(seed: 11),
      Self.source {
        $0.timescale = .utc
        $0.offset = .seconds(-37)
      }
    )
    for sample in model.run(&source, from: 0, to: 30) {
      #expect(sample.timescale == .utc && model.error(sample, minus: .zero).magnitude < .microseconds(1))
    }
    #expect(source.used > 25)
  }

  @Test func readingsAreSpreadOverAPoll() {
    func interval(_ poll: Int8, _ rate: Int) -> UInt32 {
      var options = HardwareClockOptions()
      (options.poll, options.readings) = (poll, rate)
      return options.readingInterval
    }
    #expect(interval(0, 4) == 250 && interval(-2, 1) == 250 && interval(4, 1) == 16_000 && interval(-4, 64) == 25)
    #expect(interval(10, 1) == 1_024_000)
  }
}
