// SPDX-License-Identifier: Apache-2.0

import Numerics

extension PathFilter {
  /// So many measurements in a row far off on one side are a new truth.
  private static var farToStep: Int { @_noAllocation @_noLocks get { 8 } }

  /// A pulse or the like: no delay to look at. Every one is used, normal noise with far outliers.
  @_noAllocation @_noLocks
  mutating func addOneWay(_ measurement: Measurement) -> Verdict {
    bank.predict(to: measurement.time)
    let gap = measurement.offset - bank.mean.x
    let far = 6 * squareRoot(bank.mean.xx + noise.spread * noise.spread)
    innovations.add(gap, isFar: gap.magnitude > far)
    var verdict = Verdict.taken
    if innovations.farRun >= Self.farToStep {
      timeSteps += 1
      verdict = .stepped
      bank.shift(offset: gap, offsetVariance: noise.spread * noise.spread, frequencyVariance: 0)
      innovations.endRun()
    }
    learn(measurement)
    if innovations.isDue {
      // What the prediction itself is unsure of is not the source's noise; but never less than a quarter.
      let all = innovations.spread * innovations.spread
      let own = all - bank.mean.xx
      noise.spread = squareRoot(own > 0.25 * all ? own : 0.25 * all)
      if noise.spread < measurement.stamp { noise.spread = measurement.stamp }
    }
    return verdict
  }
}

/// The last 64 distances of a one-way source's measurements from what was foretold.
struct InnovationWindow: BitwiseCopyable {
  /// Before anything is known.
  static var firstSpread: Double { @_noAllocation @_noLocks get { 1e-6 } }

  /// A minute of pulses: enough for a median to a tenth. A power of two, so that it wraps by a mask.
  static var capacity: Int { @_noAllocation @_noLocks get { 64 } }

  private var distances = InlineArray<64, Double>(repeating: 0)
  private var count = 0
  private var next = 0
  /// Far ones in a row on one side.
  private(set) var farRun = 0
  private var isRunAhead = false

  @_noAllocation @_noLocks
  init() {}

  @_noAllocation @_noLocks
  mutating func add(_ gap: Double, isFar: Bool) {
    distances[next] = gap.magnitude
    next = (next + 1) & (Self.capacity - 1)
    if count < Self.capacity { count += 1 }
    if !isFar {
      farRun = 0
    } else if farRun > 0 && isRunAhead == (gap > 0) {
      farRun += 1
    } else {
      farRun = 1
      isRunAhead = gap > 0
    }
  }

  @_noAllocation @_noLocks
  mutating func endRun() { farRun = 0 }

  var isDue: Bool { @_noAllocation @_noLocks get { count >= 4 && (count < Self.capacity || next & 3 == 0) } }

  /// 1.4826 times their median.
  var spread: Double {
    @_noAllocation @_noLocks get {
      var sorted = distances
      var span = sorted.mutableSpan
      sortAscending(&span, count: count)
      return 1.4826 * sorted[count / 2]
    }
  }
}
