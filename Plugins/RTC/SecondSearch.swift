// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

/// Finds the moment at which the clock goes on to its next second: it tells whole seconds only, so it is read until they change. Pure.
package struct SecondSearch: Sendable {
  /// `second` began at `stamp`, give or take `error`.
  package struct Edge: Hashable, Sendable, BitwiseCopyable {
    package var second: TimeInterval
    package var stamp: Stamp
    package var error: TimeInterval
  }

  package enum Outcome: Hashable, Sendable, BitwiseCopyable {
    case more
    case found(Edge)
    case failed(RTCFault)
  }

  private var last: (seconds: Int64, before: Stamp)?
  private var reads = 0

  /// Two readings further apart than this say too little.
  static let widest = TimeInterval.milliseconds(500)
  /// A host that is held up again and again ends the search by this.
  static let limit = 64

  package init() {}

  /// A reading, made between two moments of the disciplined clock.
  package mutating func take(_ seconds: Int64, before: Stamp, after: Stamp) -> Outcome {
    reads += 1
    guard let (old, begin) = last else {
      last = (seconds, before)
      return .more
    }
    let elapsed = after.raw - begin.raw
    let change = TimeInterval.seconds(seconds - old)
    if seconds < old || change > elapsed + .seconds(1) { return .failed(.jumped) }
    if seconds == old {
      first = first ?? begin.raw
      if after.raw - (first ?? begin.raw) > .milliseconds(2500) { return .failed(.stopped) }
      last = (seconds, before)
      return reads < Self.limit ? .more : .failed(.stopped)
    }
    first = nil
    guard begin.era == after.era, seconds == old + 1, elapsed <= Self.widest else {
      last = (seconds, before)
      return reads < Self.limit ? .more : .failed(.jumped)
    }
    var middle = begin
    middle.time = begin.time + (after.time - begin.time).half
    middle.raw = begin.raw + elapsed.half
    return .found(Edge(second: .seconds(seconds), stamp: middle, error: elapsed.half))
  }

  /// Since when it shows the same second.
  private var first: RawInstant?
}
