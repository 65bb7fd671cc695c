// SPDX-License-Identifier: Apache-2.0

package import CLinux

/// The edges that a PPS source tells, one look after the other: each is told once, and the kernel's count shows which were missed. Pure.
package struct PulseTrain: Sendable, BitwiseCopyable {
  package struct Edge: Sendable, BitwiseCopyable, Equatable {
    package var kind: PulseEdges
    /// The kernel's count of edges of that kind.
    package var sequence: UInt32
    /// CLOCK_REALTIME.
    package var nanoseconds: Int64
  }

  package let wanted: PulseEdges
  private var last: clinux_pulses_t?

  package init(_ wanted: PulseEdges) { self.wanted = wanted }

  /// What is new since the last look, oldest first. What was there at the first look is of before, and is not told.
  package mutating func take(_ pulses: clinux_pulses_t) -> (first: Edge?, second: Edge?) {
    defer { last = pulses }
    guard let last else { return (nil, nil) }
    let assert =
      wanted.contains(.assert) && pulses.assert_sequence != last.assert_sequence
      ? Edge(kind: .assert, sequence: pulses.assert_sequence, nanoseconds: pulses.assert_ns) : nil
    let clear =
      wanted.contains(.clear) && pulses.clear_sequence != last.clear_sequence
      ? Edge(kind: .clear, sequence: pulses.clear_sequence, nanoseconds: pulses.clear_ns) : nil
    guard let assert, let clear else { return (assert ?? clear, nil) }
    return assert.nanoseconds <= clear.nanoseconds ? (assert, clear) : (clear, assert)
  }
}
