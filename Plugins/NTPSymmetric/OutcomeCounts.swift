// SPDX-License-Identifier: Apache-2.0

/// How often what became of the packets of one call: gathered on the stack, so that counters which all threads see are written once for
/// each outcome and not for each packet.
struct OutcomeCounts {
  private var counts = InlineArray<16, Int64>(repeating: 0)

  mutating func add(_ outcome: Outcome) { counts[outcome.rawValue] &+= 1 }

  /// Those that there are, by `Outcome.rawValue`.
  func forEach(_ body: (_ outcome: Int, _ count: Int64) -> Void) {
    for index in counts.indices where counts[index] != 0 { body(index, counts[index]) }
  }
}
