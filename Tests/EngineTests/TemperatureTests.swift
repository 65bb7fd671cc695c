// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@testable import Engine

/// An oscillator driven by temperature, with a sensor beside it and without.
@Suite struct TemperatureTests {
  static let (swing, period) = (0.5e-6, 3600.0)
  /// How fast the oscillator runs beside the usual.
  static func frequency(_ seconds: Double) -> Double {
    swing * (2 * Double.pi * seconds / period).sineForTests
  }

  /// What UTC has lost on it by then.
  static func drift(_ seconds: Double) -> Double {
    let omega = 2 * Double.pi / period
    return -swing / omega * (1 - (omega * seconds + Double.pi / 2).sineForTests)
  }

  /// 5 degrees either way, told in tenths of a degree.
  static func sensor(_ seconds: Double) -> Double {
    250 * 100 + (50 * frequency(seconds) / swing).rounded() * 100
  }

  /// What an operator knows of it.
  static func told(_ sensor: Double) -> Frequency { .partsPerMillion((sensor - 25_000) * 1e-4) }

  static func loop(compensated: Bool, until end: Double) -> ClosedLoop {
    var source = ModelSource(1, poll: 4, maximumPoll: 4)
    source.isUp = { $0 < end }
    let loop = ClosedLoop(sources: [source], frequency: 12e-6, referenceFrequency: -12e-6)
    loop.drift = { Self.drift($0) }
    if compensated {
      loop.compensation = { told(sensor($0)) }
      loop.send(.compensated(.zero, now: loop.raw(0)))
    }
    return loop
  }

  static func rms(_ loop: ClosedLoop, after start: Double) -> Double {
    let errors = loop.errors(after: start)
    return (errors.reduce(0) { $0 + $1 * $1 } / Double(errors.count)).squareRoot()
  }

  /// The source goes after 50 minutes; two hours and more by the oscillator alone.
  @Test func holdoverIsBetterWithASensor() {
    let (with, without) = (Self.loop(compensated: true, until: 3000), Self.loop(compensated: false, until: 3000))
    with.run(until: 12_000)
    without.run(until: 12_000)
    let (good, bad) = (Self.rms(with, after: 3000), Self.rms(without, after: 3000))
    #expect(good < bad / 5, "\(good) \(bad)")
    #expect(good < 200e-6, "\(good)")
  }

  /// And while the source is there.
  @Test func followingIsNotWorse() {
    let (with, without) = (Self.loop(compensated: true, until: 1e9), Self.loop(compensated: false, until: 1e9))
    with.run(until: 12_000)
    without.run(until: 12_000)
    #expect(Self.rms(with, after: 1000) <= Self.rms(without, after: 1000))
  }

  /// A line turns where it is; the first word, and one that no oscillator keeps, turn nothing.
  @Test func onlyChangesCount() throws {
    let loop = ClosedLoop(sources: [ModelSource(1)])
    loop.run(until: 100)
    func frequency() throws -> Double { try #require(loop.frequency).frequency.partsPerMillion }
    let before = try frequency()
    loop.send(.compensated(.partsPerMillion(7), now: loop.raw(100)))
    loop.run(until: 101.5)
    #expect((try frequency() - before).magnitude < 0.1)
    loop.send(.compensated(.partsPerMillion(9), now: loop.raw(101.5)))
    loop.send(.tick(loop.reading))
    #expect((try frequency() - before + 2).magnitude < 0.1, "a faster counter sees a slower reference")
    let error = loop.error
    loop.send(.compensated(.partsPerMillion(-90), now: loop.raw(101.5)))
    loop.send(.tick(loop.reading))
    #expect((try frequency() - before + 2).magnitude < 0.1 && loop.error == error)
  }

  /// What came while the sensor said nothing was learned from the sources: it is not turned by once more.
  @Test func afterAGapTheNextTemperatureIsAFirstAgain() throws {
    let loop = ClosedLoop(sources: [ModelSource(1)])
    loop.run(until: 100)
    loop.send(.compensated(.partsPerMillion(7), now: loop.raw(100)))
    let before = try #require(loop.frequency).frequency.partsPerMillion
    loop.send(.compensated(nil, now: loop.raw(100)))
    loop.send(.compensated(.partsPerMillion(9), now: loop.raw(100)))
    loop.send(.tick(loop.reading))
    #expect((try #require(loop.frequency).frequency.partsPerMillion - before).magnitude < 0.1)
    loop.send(.compensated(.partsPerMillion(10), now: loop.raw(100)))
    loop.send(.tick(loop.reading))
    #expect((try #require(loop.frequency).frequency.partsPerMillion - before + 1).magnitude < 0.1)
  }
}

extension Double {
  /// The sine, by its series: tests of the engine have no libm.
  fileprivate var sineForTests: Double {
    var x = truncatingRemainder(dividingBy: 2 * .pi)
    if x > .pi { x -= 2 * .pi }
    if x < -.pi { x += 2 * .pi }
    var (term, sum, n) = (x, x, 1.0)
    while term.magnitude > 1e-17 {
      term *= -x * x / ((2 * n) * (2 * n + 1))
      sum += term
      n += 1
    }
    return sum
  }
}
