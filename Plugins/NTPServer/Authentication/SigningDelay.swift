// SPDX-License-Identifier: Apache-2.0

import Synchronization
package import TimeTypes

/// How long proof keeps replies after their transmit timestamp was read: the longest of late, which fades by 1/64 with each note.
///
/// Who asks sees half of it as an offset, and the server says so beforehand, by its root dispersion. Any thread; of two that note at once one
/// may be lost, and the next tells.
package final class SigningDelay: Sendable {
  private let longest: Atomic<Int64>

  package init(expected: TimeInterval = .zero) { longest = Atomic(expected.nanoseconds) }

  package var current: TimeInterval { TimeInterval(nanoseconds: longest.load(ordering: .relaxed)) }

  package func note(_ delay: TimeInterval) {
    let before = longest.load(ordering: .relaxed)
    longest.store(max(delay.nanoseconds, before - before >> 6), ordering: .relaxed)
  }
}
