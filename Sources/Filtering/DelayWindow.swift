// SPDX-License-Identifier: Apache-2.0

import Numerics

/// The last 128 exchanges of a source over one route, and what their round trips say of its queues. `fit` and the like are O(n)
/// but for one sort.
package struct DelayWindow: Sendable, BitwiseCopyable {
  /// Long enough for a queue's scale to a tenth, short enough to follow a path's day. A power of two, so that it wraps by a mask.
  typealias Window = InlineArray<128, Double>
  package static var capacity: Int { @_noAllocation @_noLocks get { 128 } }
  /// Fewer round trips than this are fitted anew with each; more, with every eighth, a full window with every sixteenth.
  static var fewSamples: Int { @_noAllocation @_noLocks get { 24 } }
  /// Round trips from which on their distribution is fitted by maximum likelihood.
  static var leastToFit: Int { @_noAllocation @_noLocks get { 8 } }
  /// Those from which on their distribution is compared with others.
  static var leastToWeigh: Int { @_noAllocation @_noLocks get { 16 } }
  /// Measurements from one fit to the next, and of a full window: it costs what all else of a sample does together.
  private static var fitStride: Int { @_noAllocation @_noLocks get { 8 } }
  private static var fullFitStride: Int { @_noAllocation @_noLocks get { 16 } }
  /// Without any other sign a light queue is taken for this part of the round trip.
  static var lightGuess: Double { @_noAllocation @_noLocks get { 0.005 } }

  var delays = Window(repeating: 0)
  var offsets = Window(repeating: 0)
  package private(set) var count = 0
  private(set) var next = 0
  private var added = 0

  @_noAllocation @_noLocks
  package init() {}

  @_noAllocation @_noLocks
  package mutating func removeAll() {
    count = 0
    next = 0
  }

  @_noAllocation @_noLocks
  package mutating func add(_ measurement: Measurement) {
    delays[next] = measurement.delay
    offsets[next] = measurement.offset
    next = (next + 1) & (Self.capacity - 1)
    if count < Self.capacity { count += 1 }
    added &+= 1
  }

  package var isDue: Bool {
    @_noAllocation @_noLocks get {
      count < Self.fewSamples || added % (count < Self.capacity ? Self.fitStride : Self.fullFitStride) == 0
    }
  }

  /// The least round trip; infinity while empty.
  package var least: Double {
    @_noAllocation @_noLocks get {
      var least = Double.infinity
      for i in 0..<count where delays[i] < least { least = delays[i] }
      return least
    }
  }

  /// Renews the scales of `noise`. `floor` is the believed least round trip, `stamp` one deviation of the stamps, in seconds.
  @_noAllocation @_noLocks
  package func fit(_ noise: inout PathNoise, floor believed: Double, stamp: Double) {
    if count == 0 { return }
    var sorted = delays
    var span = sorted.mutableSpan
    sortAscending(&span, count: count)
    let floor = sorted[0] < believed ? sorted[0] : believed
    noise.median = sorted[count / 2]
    noise.spread = medianSpread(of: sorted, count: count)
    if noise.spread < stamp { noise.spread = stamp }
    // A gamma distribution of shape 6 has its first decile at 3.152 and its median at 5.670.
    noise.shapedScale = (noise.median - sorted[count / 10]) / (5.670 - 3.152)
    if noise.shapedScale < stamp { noise.shapedScale = stamp }
    noise.shapedFloor = noise.median - 5.670 * noise.shapedScale
    fitLight(&noise, sorted, floor, least: 0.3 * stamp > 1e-12 ? 0.3 * stamp : 1e-12)
    fitHeavy(&noise, sorted, floor)
    if count >= Self.leastToWeigh { weighShapes(&noise, floor) }
    if count >= Self.fewSamples {
      noise.independence = independence(floor: floor, light: noise.light)
      noise.skew = skew(floor: floor, light: noise.light)
    }
  }

  private func fitLight(_ noise: inout PathNoise, _ sorted: Window, _ floor: Double, least: Double) {
    if count < Self.leastToFit {
      // 1.68: the median of a gamma distribution of shape 2.
      let guess = (sorted[count / 2] - floor) / 1.68
      let small = Self.lightGuess * sorted[0]
      noise.light = guess > small ? guess : small
    } else {
      // 0.96: its first quartile. From two starts, because the likelihood has more than one peak.
      let quartile = (sorted[count / 4] - floor) / 0.96
      let a = maximize(from: noise.light > least ? noise.light : least, floor)
      let b = maximize(from: quartile > least ? quartile : least, floor)
      noise.light = a.likelihood > b.likelihood ? a.scale : b.scale
    }
    if noise.light < least { noise.light = least }
  }

  /// Four rounds of expectation and maximization for: both queues light (gamma of shape 2), or a log-uniform rest.
  private func maximize(from start: Double, _ floor: Double) -> (scale: Double, likelihood: Double) {
    var scale = start
    var heavy = 0.2
    var likelihood = 0.0
    for round in 0..<4 {
      var excesses = 0.0
      var lights = 0.0
      for i in 0..<count {
        let density = ExcessDensity(delays[i] - floor, scale: scale, heavy: heavy)
        let p = density.light / (density.light + density.rest)
        excesses += p * density.excess
        lights += p
        if round == 3 { likelihood += naturalLogarithm(density.light + density.rest) }
      }
      scale = 0.5 * excesses / (lights > 1e-9 ? lights : 1e-9)
      if scale < 0.05 * start { scale = 0.05 * start }
      heavy = 1 - lights / Double(count)
      if heavy < 0.02 { heavy = 0.02 }
      if heavy > 0.9 { heavy = 0.9 }
    }
    return (scale, likelihood)
  }

  /// The mean of what is beyond four light queues, with three such of eight light queues to begin with.
  private func fitHeavy(_ noise: inout PathNoise, _ sorted: Window, _ floor: Double) {
    var heavies = 3.0
    var sum = heavies * 8 * noise.light
    for i in 0..<count where sorted[i] - floor > 4 * noise.light {
      sum += sorted[i] - floor
      heavies += 1
    }
    noise.heavy = sum / heavies
    if noise.heavy < 4 * noise.light { noise.heavy = 4 * noise.light }
  }
}
