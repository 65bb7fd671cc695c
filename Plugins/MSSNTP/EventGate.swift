// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

/// Lets an event through once in a while, and counts what it held back: who sends packets decides how many there are, not how many lines
/// the log gets.
package struct EventGate: Hashable, Sendable {
  private var next = RawInstant(nanoseconds: .min)
  private var held: UInt64 = 0
  private let interval: TimeInterval

  package init(every interval: TimeInterval) { self.interval = interval }

  /// How many there were since the last one that went through, itself included; nil = not now.
  package mutating func pass(_ now: RawInstant) -> UInt64? {
    held &+= 1
    guard now >= next else { return nil }
    next = now + interval
    defer { held = 0 }
    return held
  }
}
