// SPDX-License-Identifier: Apache-2.0

import Numerics
package import TimeTypes

/// A token bucket for each of many numbers (clients, RIDs) in a table of fixed size; one thread's.
///
/// A bucket is the time at which it will be full again (the generic cell rate algorithm). A keyed hash places it, so that nobody can choose
/// numbers that meet; of eight in one row the fullest makes room for a new one, which loses the least by it.
package struct TokenTable: ~Copyable {
  /// Hash and time of each place; hash 0 = free.
  private var hashes: [UInt64]
  private var times: [Int64]
  private let sets: UInt64
  private let hash: SipHash
  private let interval: Int64
  private let tolerance: Int64
  private static let ways = 8

  /// `key` is 128 bits that nobody can guess.
  package init(rate: Double, burst: Int64, places: Int, key: (UInt64, UInt64)) {
    var sets: UInt64 = 1
    while sets * UInt64(Self.ways) < UInt64(max(places, 1)) { sets *= 2 }
    self.sets = sets
    hashes = Array(repeating: 0, count: Int(sets) * Self.ways)
    times = Array(repeating: .min, count: Int(sets) * Self.ways)
    hash = SipHash(key.0, key.1)
    let rate = min(max(rate, ServingLimits.rates.lowerBound), ServingLimits.rates.upperBound)
    interval = Int64(1e9 / rate)
    tolerance = interval * (min(max(burst, 1), ServingLimits.bursts.upperBound) - 1)
  }

  /// How many it remembers.
  package var capacity: Int { hashes.count }

  /// Takes one token of that number's; false = there is none.
  package mutating func take(_ number: UInt64, now: RawInstant) -> Bool {
    let tag = max(hash(number), 1)
    let first = Int(truncatingIfNeeded: tag % sets) * Self.ways
    var place = first
    var isKnown = false
    for candidate in first..<first + Self.ways {
      if hashes[candidate] == tag {
        (place, isKnown) = (candidate, true)
        break
      }
      if times[candidate] < times[place] { place = candidate }
    }
    let start = isKnown ? max(times[place], now.nanoseconds) : now.nanoseconds
    guard start &- now.nanoseconds <= tolerance else { return false }
    hashes[place] = tag
    times[place] = start &+ interval
    return true
  }
}
