// SPDX-License-Identifier: Apache-2.0

import Numerics
package import TimeTypes

/// The scatter of single pulses, from how much each differs from the middle of its neighbours: neither the clock's frequency nor its
/// wander of minutes is in that. Pure; [capture].
package struct PulseJitter: Hashable, Sendable, BitwiseCopyable {
  private var older: RawInstant?
  private var newer: RawInstant?
  /// Of one pulse, ns².
  private var variance = 0.0
  private var count = 0

  package init() {}

  /// A pulse on the beat, `seconds` after the last. Only three in a row tell anything.
  package mutating func take(_ raw: RawInstant, seconds: Int64) {
    if seconds != 1 { older = nil }
    if let older, let newer, seconds == 1 {
      let difference = ((raw - newer) - (newer - older)).inNanoseconds
      // Three pulses are in it, with weights 1, −2 and 1.
      var square = difference * difference / 6
      // One late interrupt is not the usual scatter.
      if count >= 8, square > 25 * variance { square = 25 * variance + 1 }
      count = min(count + 1, 32)
      variance += (square - variance) / Double(count)
    }
    (older, newer) = (seconds == 1 ? newer : nil, raw)
  }

  /// One deviation, ns; 0 = not known yet.
  package var nanoseconds: Double { squareRoot(variance) }
}
