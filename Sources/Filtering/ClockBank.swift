// SPDX-License-Identifier: Apache-2.0

import Numerics

/// The same clock believed in eight ways, from an oscillator that hardly wanders to a very bad one, each weighed by how well it
/// foretold the measurements of late. Which one is right is never decided: the mixture is the estimate.
package struct ClockBank: Sendable, BitwiseCopyable {
  /// One value for each oscillator: four decades of wander, two or three members a decade, so that the right one is never farther off than
  /// a factor of two. More cost time with every sample and foretell no better.
  package typealias PerMember<Value> = InlineArray<8, Value>
  package static var memberCount: Int { @_noAllocation @_noLocks get { 8 } }
  /// What is left of evidence after one more sample: it counts for about two hundred. Less lets half an hour of one-sided congestion
  /// pass for a bad oscillator.
  static var memory: Double { @_noAllocation @_noLocks get { 0.995 } }
  /// The most that a member can fall behind, as a logarithm: so many nats are soon made up when the oscillator changes.
  static var reach: Double { @_noAllocation @_noLocks get { 20 } }

  /// Random walk of frequency of a member's oscillator, per √s.
  @_noAllocation @_noLocks
  package static func wander(_ member: Int) -> Double {
    let values: PerMember<Double> = [1e-11, 1e-10, 3e-10, 1e-9, 3e-9, 1e-8, 3e-8, 1e-7]
    return values[member]
  }

  /// What crystals on boards are like, as logarithms: where evidence fades, this is left.
  @_noAllocation @_noLocks
  static func prior(_ member: Int) -> Double {
    let values: PerMember<Double> = [-0.5, 0, 0, 0, -0.5, -1.5, -3, -4.5]
    return values[member]
  }

  package private(set) var members = PerMember<ClockState>(repeating: ClockState())
  package private(set) var weights = PerMember<Double>(repeating: 1.0 / 8)
  /// Logarithms.
  private var evidence = PerMember<Double>(repeating: 0)
  /// Seconds since the anchor.
  package private(set) var time = 0.0
  /// The mixture's moments.
  package private(set) var mean = ClockState()

  @_noAllocation @_noLocks
  package init() {}

  /// Whether it can be used at all: numbers, and variances above zero.
  package var isSound: Bool {
    @_noAllocation @_noLocks get {
      mean.x.magnitude < 1e12 && mean.y.magnitude < 1 && mean.xx > 0 && mean.xx < 1e24 && mean.yy > 0 && mean.yy < 1
    }
  }

  /// Starts over with one belief for all members.
  @_noAllocation @_noLocks
  package mutating func start(_ state: ClockState, at time: Double) {
    self = ClockBank()
    self.time = time
    for k in 0..<Self.memberCount {
      members[k] = state
      evidence[k] = Self.prior(k)
    }
    weigh()
    mix()
  }

  /// Carries every member on to `time`.
  @_noAllocation @_noLocks
  package mutating func predict(to time: Double) {
    let elapsed = time - self.time
    if elapsed == 0 { return }
    self.time = time
    for k in 0..<Self.memberCount { members[k].predict(elapsed, wander: Self.wander(k)) }
    mix()
  }

  /// What a measurement taught of its path, averaged over the members.
  package struct Lesson: BitwiseCopyable {
    /// Logarithm of each family's evidence.
    var families = PathNoise.PerFamily<Double>(repeating: -1e300)
    var forwardHeavy = 0.0
    var backwardHeavy = 0.0
  }

  /// Takes in a measurement of `time`, to which the bank must have been predicted.
  @_noAllocation @_noLocks @discardableResult
  package mutating func add(_ measurement: Measurement, _ noise: PathNoise) -> Lesson {
    var lesson = Lesson()
    var logs = PerMember<Double>(repeating: 0)
    let creep = PathNoise.creep * noise.light
    for k in 0..<Self.memberCount {
      let mixture = NoiseMixture(members[k], measurement, noise)
      members[k] = mixture.posterior
      members[k].dd += creep * creep
      logs[k] = mixture.logEvidence
      lesson.forwardHeavy += weights[k] * mixture.forwardHeavy
      lesson.backwardHeavy += weights[k] * mixture.backwardHeavy
      let weight = naturalLogarithm(weights[k] + 1e-300)
      for family in 0..<PathNoise.familyCount where noise.isConsidered(family) {
        lesson.families[family] = logOfSum(lesson.families[family], mixture.familyEvidence[family] + weight)
      }
    }
    for k in 0..<Self.memberCount {
      let rest = Self.prior(k) + Self.memory * (evidence[k] - Self.prior(k))
      evidence[k] = rest + noise.independence * logs[k]
    }
    weigh()
    mix()
    return lesson
  }

  /// Changes every member alike.
  @_noAllocation @_noLocks
  package mutating func shift(offset: Double, offsetVariance: Double, frequencyVariance: Double) {
    for k in 0..<Self.memberCount {
      members[k].x += offset
      members[k].xx += offsetVariance
      members[k].yy += frequencyVariance
    }
    mix()
  }

  /// The oscillator is known to run differently by so much since a moment: every line turns where it was then. A tenth of that is doubted.
  @_noAllocation @_noLocks
  package mutating func bend(by change: Double, at moment: Double) {
    let doubt = 0.1 * change
    for k in 0..<Self.memberCount {
      members[k].x -= change * (moment - time)
      members[k].y += change
      members[k].yy += doubt * doubt
    }
    mix()
  }

  /// The least delay is another one, and what was known of it together with the clock is void.
  @_noAllocation @_noLocks
  package mutating func moveFloor(by change: Double, variance: Double) {
    for k in 0..<Self.memberCount { members[k].setFloor(members[k].d + change, variance: variance) }
    mix()
  }

  /// The path of the source at hand, for a bank that follows several: its least delay as another bank knows it.
  @_noAllocation @_noLocks
  package mutating func setFloor(_ floor: Double, variance: Double) {
    for k in 0..<Self.memberCount { members[k].setFloor(floor, variance: variance) }
  }

  @_noAllocation @_noLocks
  private mutating func weigh() {
    var best = 0
    for k in 0..<Self.memberCount where evidence[k] > evidence[best] { best = k }
    let top = evidence[best]
    var sum = 0.0
    for k in 0..<Self.memberCount {
      evidence[k] -= top
      if evidence[k] < -Self.reach {
        // It has lost the clock: it goes on from where the best one is.
        evidence[k] = -Self.reach
        members[k] = members[best]
      }
      weights[k] = exponential(evidence[k])
      sum += weights[k]
    }
    for k in 0..<Self.memberCount { weights[k] /= sum }
  }

  @_noAllocation @_noLocks
  private mutating func mix() {
    var mixture = ClockState()
    var heaviest = 0
    for k in 1..<Self.memberCount where weights[k] > weights[heaviest] { heaviest = k }
    let center = members[heaviest]
    for k in 0..<Self.memberCount { mixture.accumulate(members[k], weight: weights[k], around: center) }
    mixture.finish(around: center)
    mean = mixture
  }
}

/// ln(eᵃ + eᵇ).
@_noAllocation @_noLocks
func logOfSum(_ a: Double, _ b: Double) -> Double {
  let top = a > b ? a : b
  return top + naturalLogarithm(exponential(a - top) + exponential(b - top))
}
