// SPDX-License-Identifier: Apache-2.0

import Engine
import TimeTypes

/// What the engine published, at each of its ticks (once a second). Seconds and fractional frequency.
package struct ReplayTrace: Sendable, Equatable {
  /// Of the raw counter, since the first event.
  package private(set) var seconds: [Double] = []
  /// Estimated, reference − clock.
  package private(set) var offsets: [Double] = []
  /// Extended to that tick by their rate; infinite while unsynchronized.
  package private(set) var statisticalBounds: [Double] = []
  package private(set) var hardBounds: [Double] = []
  /// The reference's against the raw counter, estimated.
  package private(set) var frequencies: [Double] = []
  /// Of the last sample since the tick before, reference − clock; not a number where none came.
  package private(set) var sampleOffsets: [Double] = []
  private var sample = Double.nan

  package init() {}

  package static func == (a: ReplayTrace, b: ReplayTrace) -> Bool {
    a.seconds == b.seconds && a.offsets == b.offsets && a.statisticalBounds == b.statisticalBounds
      && a.hardBounds == b.hardBounds && a.frequencies == b.frequencies
  }

  mutating func add(_ event: Event, _ state: TimeState, second: Double) {
    switch event {
    case .sample(let taken, _): sample = taken.offset.inSeconds
    case .tick(let reading):
      let growth = max(0, (reading.raw - state.raw).inSeconds) * state.dispersionRate.ratio
      seconds.append(second)
      offsets.append(state.offset.inSeconds)
      statisticalBounds.append(state.synchronized ? state.boundStatistical.inSeconds + growth : .infinity)
      hardBounds.append(state.synchronized ? state.boundHard.inSeconds + growth : .infinity)
      frequencies.append(state.frequency.ratio)
      sampleOffsets.append(sample)
      sample = .nan
    default: break
    }
  }

  /// One line a tick.
  package var csv: String {
    var text = "second,offset_s,frequency,bound_statistical_s,bound_hard_s,sample_offset_s\n"
    for index in seconds.indices {
      text += "\(seconds[index]),\(offsets[index]),\(frequencies[index]),\(statisticalBounds[index]),"
      text += "\(hardBounds[index]),\(sampleOffsets[index].isFinite ? "\(sampleOffsets[index])" : "")\n"
    }
    return text
  }
}
