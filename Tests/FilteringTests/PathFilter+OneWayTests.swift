// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Filtering

@Suite struct PathFilterOneWayTests {
  /// A pulse a second with noise of 200 ns; `added` is what is wrong with it.
  static func run(
    _ filter: inout PathFilter, seconds: Range<Int>, seed: UInt64, _ added: (Int) -> Double = { _ in 0 }
  ) -> [PathFilter.Verdict] {
    var random = SeededGenerator(seed: seed)
    return seconds.map { second in
      let m = Measurement(
        time: Double(second), offset: 3e-6 * Double(second) + random.gaussian(standardDeviation: 2e-7) + added(second),
        delay: 0, stamp: 1e-9, isOneWay: true)
      if second > 0 { return filter.add(m) }
      filter.start(m, frequency: 0, deviation: 1e-5)
      return .taken
    }
  }

  static func error(_ filter: PathFilter, at second: Int) -> Double {
    var bank = filter.bank
    bank.predict(to: Double(second))
    return bank.mean.x - 3e-6 * Double(second)
  }

  @Test func learnsItsNoise() {
    var filter = PathFilter()
    _ = Self.run(&filter, seconds: 0..<300, seed: 800)
    #expect(filter.noise.spread > 1e-7 && filter.noise.spread < 4e-7)
    #expect(Self.error(filter, at: 300).magnitude < 1.5e-7)
    #expect((filter.bank.mean.y - 3e-6).magnitude < 1e-8)
    // No delay, no route: nothing of that was touched.
    #expect(filter.window.count == 0 && filter.asymmetry == 0)
  }

  /// One pulse in twenty is 10 to 30 µs late: it hardly moves the estimate, nor does it widen the noise.
  @Test func outliers() {
    var filter = PathFilter()
    let verdicts = Self.run(&filter, seconds: 0..<400, seed: 810) { $0 % 20 == 7 ? 1e-5 + 1e-6 * Double($0 % 19) : 0 }
    #expect(Self.error(filter, at: 400).magnitude < 3e-7)
    #expect(filter.noise.spread < 5e-7)
    #expect(verdicts.allSatisfy { $0 == .taken })
    #expect(filter.timeSteps == 0)
  }

  /// Serial time calls itself coarse: the first arrivals are no frequency.
  @Test(arguments: 840..<860 as Range<UInt64>) func coarseFromTheStart(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var filter = PathFilter()
    var worst = 0.0
    for second in 0..<60 {
      // Half a millisecond of jitter, told as 2 ms of precision.
      let m = Measurement(
        time: Double(second), offset: random.gaussian(standardDeviation: 5e-4), delay: 0, stamp: 0.29 * 0x1p-9,
        isOneWay: true)
      if second == 0 { filter.start(m, frequency: 0, deviation: 1e-4) } else { _ = filter.add(m) }
      if second > 4 { worst = max(worst, filter.bank.mean.x.magnitude) }
    }
    #expect(worst < 1.5e-3, "\(worst)")
  }

  /// Eight in a row on one side are a new truth.
  @Test(arguments: [5e-4, -5e-4])
  func steps(by change: Double) {
    var filter = PathFilter()
    _ = Self.run(&filter, seconds: 0..<200, seed: 820)
    let verdicts = Self.run(&filter, seconds: 200..<260, seed: 821) { _ in change }
    #expect(verdicts.firstIndex(of: .stepped) == 7)
    #expect(verdicts.filter { $0 == .stepped }.count == 1)
    #expect((Self.error(filter, at: 260) - change).magnitude < 3e-6)
  }

  /// Far ones on both sides in turn are no step, however many.
  @Test func alternatingOutliersAreNoStep() {
    var filter = PathFilter()
    _ = Self.run(&filter, seconds: 0..<200, seed: 830)
    _ = Self.run(&filter, seconds: 200..<215, seed: 831) { $0 % 2 == 0 ? 5e-4 : -5e-4 }
    #expect(filter.timeSteps == 0)
  }

  @Test func innovations() {
    var window = InnovationWindow()
    #expect(!window.isDue)
    for i in 0..<200 { window.add(i % 2 == 0 ? 2 : -2, isFar: false) }
    #expect(window.isDue)
    #expect((window.spread - 1.4826 * 2).magnitude < 1e-12)
    for expected in 1...3 {
      window.add(50, isFar: true)
      #expect(window.farRun == expected)
    }
    window.add(-50, isFar: true)
    #expect(window.farRun == 1)
    window.add(0, isFar: false)
    #expect(window.farRun == 0)
  }
}
