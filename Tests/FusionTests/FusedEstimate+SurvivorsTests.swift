// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@testable import Filtering
@testable import Fusion

@Suite struct FusedEstimateSurvivorsTests {
  static let now = RawInstant(nanoseconds: 100_000_000_000)

  static func survivor(
    _ id: UInt32, offset: Double, hardBound: Double, jitter: Double = 0, distance: Double = 1e-3, newest: Int64 = 90,
    samples: UInt32 = 10, isSystem: Bool = false, rootError: Double = 0
  ) -> Survivor {
    var estimate = SourceEstimate.none
    estimate.line = ClockLine(raw: now, time: .seconds(1000) + TimeInterval(seconds: offset), frequency: .zero)
    estimate.bounds.hard = hardBound
    estimate.statistics.jitter = jitter
    estimate.newest.raw = RawInstant(nanoseconds: newest * 1_000_000_000)
    estimate.sampleCount = samples
    return Survivor(
      source: SourceID(rawValue: id), estimate: estimate, rootDistance: distance, isFresh: false, isPreferred: false,
      isSystemSource: isSystem, rootError: rootError)
  }

  static func list(_ survivors: [Survivor]) -> SurvivorList {
    var list = SurvivorList()
    for survivor in survivors { list.append(survivor) }
    return list
  }

  static let prediction = JointPrediction(
    line: ClockLine(raw: now, time: .seconds(1000), frequency: .partsPerMillion(3)), offsetError: 1e-5,
    frequencyError: .partsPerMillion(1), agitation: 1e-12)

  /// One survivor's bound reaches the truth if it tells the truth: the tightest counts, from where the joint line is.
  @Test func theTightestBound() {
    let fused = FusedEstimate(
      Self.prediction,
      Self.list([
        Self.survivor(1, offset: 1e-3, hardBound: 2e-3, isSystem: true),
        Self.survivor(2, offset: -5e-4, hardBound: 1e-3, newest: 95, samples: 200, rootError: 3e-4),
      ]))
    #expect((fused.hardBound - (5e-4 + 1e-3 + 3e-4)).magnitude < 1e-9)
    #expect(fused.lastUpdate == RawInstant(nanoseconds: 95_000_000_000))
    #expect(fused.samples == 64)
    #expect(fused.line == Self.prediction.line)
    #expect(fused.agitation == 1e-12)
  }

  /// Sources that disagree by three times what they claim make the joint error three times as large; one alone cannot.
  @Test func disagreementWidens() {
    func survivor(_ id: UInt32, _ offset: Double, bias: Double = 0) -> Survivor {
      var survivor = Self.survivor(id, offset: offset, hardBound: 1, isSystem: id == 1)
      survivor.estimate.offsetError = 1e-5
      survivor.bias = bias
      return survivor
    }
    let apart = FusedEstimate(Self.prediction, Self.list([survivor(1, 3e-5), survivor(2, -3e-5)]))
    #expect((apart.offsetError - 3e-5).magnitude < 1e-9)
    let explained = FusedEstimate(Self.prediction, Self.list([survivor(1, 3e-5, bias: 3e-5), survivor(2, 0)]))
    #expect(explained.offsetError == 1e-5)
    #expect(FusedEstimate(Self.prediction, Self.list([survivor(1, 3e-5)])).offsetError == 1e-5)
  }

  /// System jitter by RFC 5905, section 11.2.3, written plainly.
  @Test func systemJitter() {
    let fused = FusedEstimate(
      Self.prediction,
      Self.list([
        Self.survivor(1, offset: 1e-3, hardBound: 1, jitter: 2e-4, distance: 1e-3),
        Self.survivor(2, offset: 0, hardBound: 1, jitter: 1e-4, distance: 2e-3, isSystem: true),
        Self.survivor(3, offset: -2e-3, hardBound: 1, jitter: 5e-4, distance: 4e-3),
      ]))
    let squares = (1e-6 / 1e-3 + 4e-6 / 4e-3) / (1 / 1e-3 + 1 / 2e-3 + 1 / 4e-3)
    #expect((fused.jitter - (squares + 1e-8).squareRoot()).magnitude < 1e-9)
  }

  /// Without survivors the line goes on, and the hard bound grows by the drift that is assumed.
  @Test func coasting() {
    var fused = FusedEstimate(
      Self.prediction, Self.list([Self.survivor(1, offset: 0, hardBound: 1e-3, isSystem: true)]))
    var later = Self.prediction
    later.line = later.line.moved(to: Self.now + .seconds(1000))
    later.offsetError = 1e-3
    fused.coast(later, boundRate: 15e-6)
    #expect((fused.hardBound - (1e-3 + 15e-3)).magnitude < 1e-9)
    #expect(fused.line == later.line)
    #expect(fused.offsetError == 1e-3)
    // The newest sample is as old as it was.
    #expect(fused.lastUpdate == RawInstant(nanoseconds: 90_000_000_000))
  }
}
