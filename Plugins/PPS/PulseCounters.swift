// SPDX-License-Identifier: Apache-2.0

/// What became of the pulses of one source.
package struct PulseCounters: Sendable, BitwiseCopyable {
  /// Edges in use that the device showed.
  package var seen: UInt32 = 0
  /// Those that became samples.
  package var used: UInt32 = 0
  /// Seconds that had no pulse.
  package var missing: UInt32 = 0
  /// Edges that the kernel counted and nobody was shown: they came too close together.
  package var unseen: UInt32 = 0
  /// The beat moved.
  package var moves: UInt32 = 0
  private var refused = InlineArray<8, UInt32>(repeating: 0)

  package init() {}

  package subscript(fault: PulseFault) -> UInt32 { refused[Int(fault.rawValue)] }

  package mutating func count(_ fault: PulseFault) { refused[Int(fault.rawValue)] &+= 1 }

  /// All that were refused.
  package var refusedInAll: UInt32 {
    var sum: UInt32 = 0
    for fault in PulseFault.allCases { sum &+= self[fault] }
    return sum
  }

  /// For people: what there was, "" = nothing.
  package var text: String {
    var parts: [String] = []
    for fault in PulseFault.allCases where self[fault] > 0 { parts.append("\(self[fault]) \(fault.text)") }
    if missing > 0 { parts.append("\(missing) missing") }
    if unseen > 0 { parts.append("\(unseen) unseen") }
    return parts.joined(separator: ", ")
  }
}
