// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

/// What people are told of a source's proof: its loss, another reason for it and its return, each at once, as long as that is rare. Where
/// polls bring now the one and now the other, as with somebody on the way who answers first, lines come further and further apart, with a
/// count of what lay between.
/// [capture]
package struct ProofNews: Hashable, Sendable {
  /// That was told last: replies prove nothing, and why; nil = they prove themselves.
  private var told: Rejection?
  /// Polls that proved nothing since the last line.
  private var untold: UInt32 = 0
  /// Since it was calm.
  private var lines: UInt8 = 0
  private var lastLine: RawInstant?

  /// A loss and a return.
  static let freeLines: UInt8 = 2
  /// After those; doubles with each line.
  static let firstPause = TimeInterval.seconds(60)
  static let longestDoubling: UInt8 = 5
  /// Without a line for so long it is calm again.
  static let calm = TimeInterval.seconds(3600)

  package init() {}

  /// A poll brought only what proves nothing. nil = nothing to say: it was for the same reason, or there were many lines; else how many
  /// polls before it did so and were not told of.
  package mutating func unproven(_ reason: Rejection, now: RawInstant) -> UInt32? {
    guard told != reason, admits(now) else {
      if untold < .max { untold &+= 1 }
      return nil
    }
    told = reason
    return take()
  }

  /// A reply proved itself; as above.
  package mutating func proven(now: RawInstant) -> UInt32? {
    guard told != nil, admits(now) else { return nil }
    told = nil
    return take()
  }

  /// The keys are gone: people hear of that from elsewhere.
  package mutating func lost() { told = .authenticationUnavailable }

  private mutating func take() -> UInt32 {
    defer { untold = 0 }
    return untold
  }

  private mutating func admits(_ now: RawInstant) -> Bool {
    if let lastLine {
      let passed = now - lastLine
      if passed >= Self.calm { lines = 0 }
      if lines >= Self.freeLines {
        let doubling = Int64(min(lines - Self.freeLines, Self.longestDoubling))
        guard passed >= TimeInterval(nanoseconds: Self.firstPause.nanoseconds << doubling) else { return false }
      }
    }
    if lines < .max { lines &+= 1 }
    lastLine = now
    return true
  }
}
