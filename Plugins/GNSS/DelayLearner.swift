// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

/// How late messages come, measured against this host's clock while it follows somebody else: the median of the last 64. Pure.
///
/// A median, because a receiver that has more satellites to tell of sends the message that counts later now and then.
package struct DelayLearner: Hashable, Sendable {
  package static let capacity = 64
  /// A median of fewer says little.
  package static let least = 16
  /// Once the window is full one message in so many is taken: a memory of eight minutes, so that a receiver whose samples move the clock
  /// a little does not follow itself.
  static let seldom = 8
  /// No receiver is later.
  package static let longest = TimeInterval.milliseconds(2000)

  private var window: [Int64] = []
  private var sorted: [Int64] = []
  private var next = 0
  private var sinceTaken = 0
  /// nil = nothing is known yet.
  package private(set) var delay: TimeInterval?
  /// How wrong that may be, ns: the scatter of the median, and what the clock itself was not sure of.
  package private(set) var uncertainty: UInt64 = 0

  /// Of an earlier life, and not measured again yet.
  private var isRemembered = false

  /// What an earlier life had learned, to begin with.
  package mutating func begin(with remembered: RememberedDelay) {
    guard delay == nil else { return }
    (delay, uncertainty, isRemembered) = (remembered.delay, remembered.uncertainty, true)
  }

  /// What a later life may begin with; nil = nothing was measured in this one.
  package var toRemember: RememberedDelay? {
    guard let delay, !isRemembered else { return nil }
    return RememberedDelay(delay: delay, uncertainty: uncertainty)
  }

  package init() {
    window.reserveCapacity(Self.capacity)
    sorted.reserveCapacity(Self.capacity)
  }

  /// Takes how late a message was by this host's clock, which is sure of itself to `bound` ns. True = the delay is known for the first
  /// time. Allocates nothing.
  package mutating func take(_ late: TimeInterval, bound: UInt64) -> Bool {
    guard late > -Self.longest, late < Self.longest else { return false }
    if window.count < Self.capacity {
      window.append(late.nanoseconds)
    } else {
      sinceTaken += 1
      guard sinceTaken >= Self.seldom else { return false }
      sinceTaken = 0
      window[next] = late.nanoseconds
      next = (next + 1) % Self.capacity
    }
    guard window.count >= Self.least else { return false }
    sorted.removeAll(keepingCapacity: true)
    for value in window {
      sorted.append(value)
      var place = sorted.count - 1
      while place > 0, sorted[place - 1] > sorted[place] {
        sorted.swapAt(place, place - 1)
        place -= 1
      }
    }
    let middle = sorted[sorted.count / 2]
    let quartiles = sorted[sorted.count * 3 / 4] - sorted[sorted.count / 4]
    let isFirst = delay == nil || isRemembered
    isRemembered = false
    delay = TimeInterval(nanoseconds: middle)
    uncertainty = UInt64(clamping: quartiles / 2) &+ min(bound, 1_000_000_000)
    return isFirst
  }
}
