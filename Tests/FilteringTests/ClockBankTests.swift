// SPDX-License-Identifier: Apache-2.0

import Numerics
import TestSupport
import Testing

@testable import Filtering

@Suite struct ClockBankTests {
  /// An oscillator with random-walk frequency, seen through normal noise every `interval` seconds.
  struct Oscillator {
    var wander: Double
    var x = 0.0
    var y = 0.0
    var time = 0.0
    var random: SeededGenerator

    init(wander: Double, seed: UInt64) {
      self.wander = wander
      random = SeededGenerator(seed: seed)
    }

    /// Exact discretization: the position's own part of the walk is normal with variance w²δ³/12 around the mean of both ends.
    mutating func run(_ interval: Double) {
      let step = random.gaussian(standardDeviation: wander * interval.squareRoot())
      x += interval * (y + 0.5 * step)
      x += random.gaussian(standardDeviation: wander * (interval * interval * interval / 12).squareRoot())
      y += step
      time += interval
    }

    mutating func measurement(noise: Double) -> Measurement {
      Measurement(
        time: time, offset: x + random.gaussian(standardDeviation: noise), delay: 0, stamp: 1e-9, isOneWay: true)
    }
  }

  static func started(frequencyDeviation: Double = 1e-6) -> ClockBank {
    var state = ClockState()
    state.xx = 1e-6
    state.yy = frequencyDeviation * frequencyDeviation
    var bank = ClockBank()
    bank.start(state, at: 0)
    return bank
  }

  static func noise(_ spread: Double = 1e-6) -> PathNoise {
    var noise = PathNoise()
    noise.spread = spread
    return noise
  }

  static func heaviest(_ bank: ClockBank) -> Int { (0..<8).max { bank.weights[$0] < bank.weights[$1] } ?? 0 }

  /// The member with the oscillator's own wander, or its neighbour, carries the most weight.
  @Test(arguments: [1, 3, 5, 7])
  func findsTheWander(member: Int) {
    var oscillator = Oscillator(wander: ClockBank.wander(member), seed: UInt64(130 + member))
    var bank = Self.started()
    for _ in 0..<600 {
      oscillator.run(16)
      bank.predict(to: oscillator.time)
      bank.add(oscillator.measurement(noise: 1e-6), Self.noise())
    }
    #expect((Self.heaviest(bank) - member).magnitude <= 1, "heaviest: \(Self.heaviest(bank))")
    #expect(((0..<8).map { bank.weights[$0] }.reduce(0, +) - 1).magnitude < 1e-12)
    #expect((bank.mean.x - oscillator.x).magnitude < 4e-6)
  }

  /// Members that lost the clock at a step of frequency go on from the best one, instead of coming back by themselves in hours.
  @Test func membersThatAreLostStartAnew() {
    var oscillator = Oscillator(wander: 1e-10, seed: 140)
    var bank = Self.started()
    func run(_ count: Int) {
      for _ in 0..<count {
        oscillator.run(16)
        bank.predict(to: oscillator.time)
        bank.add(oscillator.measurement(noise: 1e-6), Self.noise())
      }
    }
    run(400)
    #expect(Self.heaviest(bank) <= 2)
    oscillator.y += 2e-6
    run(40)
    #expect((bank.mean.y - oscillator.y).magnitude < 1e-7)
    #expect((bank.mean.x - oscillator.x).magnitude < 4e-6)
    for k in 0..<8 {
      #expect((bank.members[k].y - oscillator.y).magnitude < 2e-7, "member \(k)")
      #expect(bank.weights[k] >= 0)
    }
  }

  /// The mixture's claim is true: its error is about its deviation.
  @Test func deviationIsHonest() {
    var sum = 0.0
    for seed in 0..<20 {
      var oscillator = Oscillator(wander: 3e-9, seed: UInt64(150 + seed))
      var bank = Self.started()
      for _ in 0..<100 {
        oscillator.run(16)
        bank.predict(to: oscillator.time)
        bank.add(oscillator.measurement(noise: 1e-6), Self.noise())
      }
      let error = bank.mean.x - oscillator.x
      sum += error * error / bank.mean.xx
    }
    #expect(sum / 20 > 0.4 && sum / 20 < 2)
  }

  /// What says nothing leaves what crystals are like, however long it goes on: calm is not the same as unknown.
  @Test func whatFadesLeavesThePrior() {
    var oscillator = Oscillator(wander: 0, seed: 170)
    var bank = Self.started()
    for _ in 0..<2000 {
      oscillator.run(16)
      bank.predict(to: oscillator.time)
      bank.add(oscillator.measurement(noise: 1), Self.noise(1e3))
    }
    #expect(bank.weights[7] < 2 * exponential(ClockBank.prior(7) - ClockBank.prior(2)) * bank.weights[2])
  }

  @Test func predictionGrowsWithEachMembersWander() {
    var bank = Self.started()
    bank.predict(to: 1000)
    for k in 1..<8 { #expect(bank.members[k].xx > bank.members[k - 1].xx) }
    let before = bank.mean
    bank.predict(to: 1000)
    #expect(bank.mean.xx == before.xx)
    #expect(bank.time == 1000)
  }

  @Test func changesOfAll() {
    var bank = Self.started()
    bank.shift(offset: 0.5, offsetVariance: 1e-4, frequencyVariance: 1e-10)
    #expect((bank.mean.x - 0.5).magnitude < 1e-12)
    #expect((bank.mean.xx - (1e-6 + 1e-4)).magnitude < 1e-12)
    #expect((bank.mean.yy - (1e-12 + 1e-10)).magnitude < 1e-18)
    bank.setFloor(0.02, variance: 1e-8)
    bank.moveFloor(by: 0.003, variance: 1e-10)
    #expect((bank.mean.d - 0.023).magnitude < 1e-12)
    #expect((bank.mean.dd - 1e-10).magnitude < 1e-14)
  }

  /// Measured through queues, of any kind and in any disorder, covariances stay covariances and weights add up to one.
  @Test func invariantsHold() {
    var random = SeededGenerator(seed: 160)
    var bank = Self.started()
    var time = 0.0
    for i in 0..<1500 {
      time += random.exponential(mean: 64)
      bank.predict(to: time)
      var noise = PathNoise()
      noise.light = random.exponential(mean: 1e-3) + 1e-9
      noise.heavy = 8 * noise.light
      noise.shapedScale = noise.light
      noise.shapedFloor = 0.01
      noise.median = 0.01
      noise.spread = noise.light
      bank.add(
        Measurement(
          time: time, offset: random.gaussian(standardDeviation: 1e-3), delay: 0.01 + random.exponential(mean: 1e-3),
          stamp: 1e-9, isOneWay: i % 5 == 0), noise)
      #expect(((0..<8).map { bank.weights[$0] }.reduce(0, +) - 1).magnitude < 1e-12)
      #expect((0..<8).allSatisfy { Matrix(bank.members[$0]).isPositiveSemidefinite } && bank.mean.xx > 0)
    }
  }

  @Test func logOfSums() {
    #expect((logOfSum(0, 0) - 0.6931471805599453).magnitude < 1e-15)
    #expect(logOfSum(-1e300, 3) == 3)
    #expect(logOfSum(3, -1e300) == 3)
  }
}
