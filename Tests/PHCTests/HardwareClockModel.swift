// SPDX-License-Identifier: Apache-2.0

import PHC
import ProviderKit
import TestSupport
import TimeTypes

/// A hardware clock whose truth is known, read beside a disciplined clock that is off by what the test says.
struct HardwareClockModel {
  var random: SeededGenerator
  /// The raw counter's own error, and the hardware clock's.
  var rate = 40e-6
  /// What it shows beside UTC: TAI − UTC, and faults.
  var ahead = TimeInterval.seconds(37)
  var speed = 1.0
  /// Half of a reading's window, ns; 0 = latched.
  var window = 0.0
  var clockAhead: Int64 = 0
  var bound = TimeInterval.milliseconds(5)
  var isSynchronized = true
  static let start: Int64 = 1_795_000_000
  /// Where its time stopped, or ran at another speed from.
  private var pivot: Double = 0

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  /// From now on it runs at another speed: 0 = it stands still, 2 = a ramp of 1 s/s.
  mutating func run(at speed: Double, from seconds: Double) {
    (self.speed, pivot) = (speed, seconds)
  }

  func raw(_ seconds: Double) -> RawInstant {
    RawInstant(sinceEpoch: .seconds(500) + TimeInterval(seconds: seconds * (1 + rate)))
  }

  static func utc(_ seconds: Double) -> TimeInterval { .seconds(start) + TimeInterval(seconds: seconds) }

  mutating func feed(_ seconds: Double, _ source: inout HardwareClockSource) -> HardwareClockSource.Outcome {
    let half = window * (0.3 + random.exponential(mean: 1))
    let error = half * (2 * random.uniform() - 1)
    let shown = Self.utc(pivot + (seconds - pivot) * speed) + ahead + TimeInterval(nanosecondsAsDouble: error)
    let stamp = Stamp(
      clock: .system, kind: window == 0 ? .hardware : .user, era: ClockEra(rawValue: 1),
      time: Self.utc(seconds) + TimeInterval(nanoseconds: clockAhead), raw: raw(seconds))
    let followed = FollowedTime(
      isSynchronized: isSynchronized, era: ClockEra(rawValue: 1), raw: raw(seconds), bound: bound, growthPPB: 15_000)
    return source.take(
      shown: shown, errorNanoseconds: UInt32(half) + 1, stamp, followed)
  }

  /// So many readings `interval` apart; the samples of them.
  mutating func run(
    _ source: inout HardwareClockSource, from: Double, to: Double, every interval: Double = 0.25
  ) -> [HardwareClockSample] {
    var samples: [HardwareClockSample] = []
    var seconds = from
    while seconds < to {
      if case .sample(let sample) = feed(seconds, &source) { samples.append(sample) }
      seconds += interval
    }
    return samples
  }

  /// How far a sample's reference is from the truth, after `offset` was taken off.
  func error(_ sample: HardwareClockSample, minus offset: TimeInterval) -> TimeInterval {
    let truth = sample.stamp.time - TimeInterval(nanoseconds: clockAhead)
    return sample.reference - offset - truth
  }
}
