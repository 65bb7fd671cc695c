// SPDX-License-Identifier: Apache-2.0

import Numerics

/// One source's clock and path, estimated together from its measurements, recursively: a bank of clocks, the noise of the path, and
/// the route. Docs/algorithm.md, section 3.
package struct PathFilter: Sendable, BitwiseCopyable {
  /// While so few measurements are known they are kept, and gone through again with what they taught of the queues.
  static var earlyCount: Int { @_noAllocation @_noLocks get { 16 } }
  /// How fast the shares of heavy queues are learned.
  private static var shareRate: Double { @_noAllocation @_noLocks get { 0.02 } }
  /// Logarithms of the families' first beliefs, and the least that a family falls to.
  private static var firstEvidence: PathNoise.PerFamily<Double> {
    @_noAllocation @_noLocks get { [0, -8, 0, -1.6, -1.6, -1.6, 0] }
  }
  private static var leastEvidence: Double { @_noAllocation @_noLocks get { -8 } }

  package internal(set) var bank = ClockBank()
  package internal(set) var noise = PathNoise()
  /// Measurements taken, and how many changes of route and of the source's time they showed.
  package internal(set) var count = 0
  package internal(set) var routeChanges = 0
  package internal(set) var timeSteps = 0
  /// What unlike changes of the two directions have moved the offset by since the start, and the variance of that.
  package internal(set) var asymmetry = 0.0
  package internal(set) var asymmetryVariance = 0.0
  var window = DelayWindow()
  var route = RouteWatch()
  var oldRoutes = OldRoutes()
  var innovations = InnovationWindow()
  private var familyEvidence = Self.firstEvidence
  private var early = InlineArray<16, Measurement>(repeating: Measurement(time: 0, offset: 0, delay: 0, stamp: 0))
  private var frequency = 0.0
  private var frequencyDeviation = 1e-4

  package enum Verdict: Sendable { case taken, held, stepped }

  @_noAllocation @_noLocks
  package init() {}

  /// The first measurement, with what is believed of the frequency.
  @_noAllocation @_noLocks
  package mutating func start(_ measurement: Measurement, frequency: Double, deviation: Double) {
    self = PathFilter()
    self.frequency = frequency
    frequencyDeviation = deviation
    early[0] = measurement
    count = 1
    if measurement.isOneWay {
      // A source that calls itself coarse is, from the start: of two arrivals of serial time no frequency can be told.
      let claimed = measurement.stamp
      noise.spread = claimed > InnovationWindow.firstSpread ? claimed : InnovationWindow.firstSpread
      begin(measurement, floor: 0, deviation: 0)
    } else {
      window.add(measurement)
      window.fit(&noise, floor: measurement.delay, stamp: measurement.stamp)
      begin(measurement, floor: measurement.delay - 2 * noise.light, deviation: 0.5 * measurement.delay)
    }
  }

  /// Every further one, in order of time.
  @_noAllocation @_noLocks
  package mutating func add(_ measurement: Measurement) -> Verdict {
    count += 1
    // All of them, also those of a source that mixes its kinds: there must be no gap in what is gone through again.
    if count <= Self.earlyCount { early[count - 1] = measurement }
    if measurement.isOneWay { return addOneWay(measurement) }
    guard count <= Self.earlyCount else { return addOnRoute(measurement) }
    learn(measurement)
    remember(measurement)
    if count == 3 || count == 4 || count & 1 == 0 && count >= 6 { goThroughAgain() }
    return .taken
  }

  /// Predicts, conditions, and learns of the noise.
  @_noAllocation @_noLocks
  mutating func learn(_ measurement: Measurement) {
    bank.predict(to: measurement.time)
    noise.isThorough = count <= Self.earlyCount || count % PathNoise.rareStride == 0
    let lesson = bank.add(measurement, noise)
    if measurement.isOneWay { return }
    learnFamilies(lesson)
    noise.forwardShare = Self.share(noise.forwardShare, lesson.forwardHeavy)
    noise.backwardShare = Self.share(noise.backwardShare, lesson.backwardHeavy)
  }

  /// Keeps the round trip and, when it is time, fits the queues again.
  @_noAllocation @_noLocks
  mutating func remember(_ measurement: Measurement) {
    window.add(measurement)
    guard window.isDue else { return }
    window.fit(&noise, floor: bank.mean.d, stamp: measurement.stamp)
    let isSkewed = noise.skew < 0.3 || noise.skew > 0.7
    if isSkewed && noise.beliefs[PathNoise.skewed] < PathNoise.leastBelief {
      familyEvidence[PathNoise.skewed] = -3
      noise.beliefs[PathNoise.skewed] = 0.05
    } else if !isSkewed {
      noise.beliefs[PathNoise.skewed] = 0
    }
  }

  @_noAllocation @_noLocks
  private mutating func begin(_ measurement: Measurement, floor: Double, deviation: Double) {
    var state = ClockState()
    state.x = measurement.offset
    state.y = frequency
    state.d = floor
    let half = measurement.isOneWay ? 1e-3 : 0.25 * measurement.delay
    state.xx = half * half + measurement.stamp * measurement.stamp
    state.yy = frequencyDeviation * frequencyDeviation
    state.dd = deviation * deviation
    bank.start(state, at: measurement.time)
  }

  /// What the first measurements taught of the queues is used on those measurements themselves.
  @_noAllocation @_noLocks
  private mutating func goThroughAgain() {
    let n = Double(count)
    familyEvidence = Self.firstEvidence
    noise.beliefs = PathNoise().beliefs
    noise.forwardShare = PathNoise().forwardShare
    noise.backwardShare = PathNoise().backwardShare
    begin(
      early[0], floor: window.least - 1.2 * noise.light / n, deviation: 2 * noise.light / squareRoot(n))
    for i in 1..<count { learn(early[i]) }
  }

  @_noAllocation @_noLocks
  private static func share(_ share: Double, _ heavy: Double) -> Double {
    let next = share + shareRate * (heavy - share)
    return next < 0.02 ? 0.02 : (next > 0.9 ? 0.9 : next)
  }

  @_noAllocation @_noLocks
  private mutating func learnFamilies(_ lesson: ClockBank.Lesson) {
    // Told from the best of this measurement, so that what is not worked out stays where it is.
    var reference = -1e300
    for family in 0..<PathNoise.familyCount where noise.isConsidered(family) && lesson.families[family] > reference {
      reference = lesson.families[family]
    }
    var best = -1e300
    for family in 0..<PathNoise.familyCount where noise.beliefs[family] > 0 {
      if noise.isConsidered(family) {
        let isRare = count > Self.earlyCount && noise.beliefs[family] <= PathNoise.rareBelief
        let weight = noise.independence * (isRare ? Double(PathNoise.rareStride) : 1)
        familyEvidence[family] =
          ClockBank.memory * familyEvidence[family] + weight * (lesson.families[family] - reference)
      }
      if familyEvidence[family] > best { best = familyEvidence[family] }
    }
    var sum = 0.0
    for family in 0..<PathNoise.familyCount where noise.beliefs[family] > 0 {
      familyEvidence[family] -= best
      if familyEvidence[family] < Self.leastEvidence { familyEvidence[family] = Self.leastEvidence }
      var log = familyEvidence[family]
      if family == PathNoise.shaped { log += noise.shapedFavor }
      if family == PathNoise.normal { log += noise.normalFavor }
      noise.beliefs[family] = exponential(log)
      sum += noise.beliefs[family]
    }
    for family in 0..<PathNoise.familyCount { noise.beliefs[family] /= sum }
  }
}
