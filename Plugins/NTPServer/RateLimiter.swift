// SPDX-License-Identifier: Apache-2.0

import Numerics
package import ProviderKit
import Synchronization
package import TimeTypes

/// A token bucket for each client, an IPv4 address or an IPv6 /64, in a table of fixed size. Several workers share it: each bucket is one
/// atomic word, changed by compare and exchange, and nothing waits. [capture]
///
/// A bucket is kept as the time at which it will be full again (the generic cell rate algorithm, which is a token bucket: each
/// reply moves it on by the interval of the rate, and one that would move it further ahead than the burst allows is refused).
/// Where a client's bucket lies is told by a keyed hash, so that nobody can choose addresses that meet; eight share a cache line, and
/// of those the fullest makes room for a new client, which loses the least by it.
@safe
package final class RateLimiter: @unchecked Sendable {
  // Sound to share: `words` is made by init, freed by deinit, and its elements are atomic; the rest is constant.
  private let words: UnsafeMutablePointer<Atomic<UInt64>>
  private let count: Int
  private let setMask: UInt64
  private let hash: SipHash
  /// Ticks between two replies of the long run, and how far ahead of now a bucket may be.
  private let interval: Int64
  private let tolerance: Int64
  private let leak: UInt64
  private let kiss: UInt64

  package enum Verdict: Hashable, Sendable, BitwiseCopyable {
    case within
    /// Beyond the limit, and answered by chance.
    case leaked
    case kissed
    case refused
  }

  /// Buckets of one cache line.
  private let ways = 8
  /// A word: 20 bits that tell clients of one line apart, and 44 of ticks, 1.024 µs each.
  private let tickBits: UInt64 = 44
  private static let nanosecondsPerTick = 1024.0

  /// `key` is 128 bits that nobody can guess. [control]
  package init(_ policy: RatePolicy, key: (UInt64, UInt64)) {
    var sets: UInt64 = 1
    while sets * UInt64(ways) < UInt64(max(policy.clients, 1)) { sets *= 2 }
    setMask = sets - 1
    count = Int(sets) * ways
    // Sound: as many as `count`, on a cache line, initialised here and not read beyond.
    let raw = UnsafeMutableRawPointer.allocate(byteCount: count * MemoryLayout<UInt64>.stride, alignment: 64)
    unsafe words = raw.bindMemory(to: Atomic<UInt64>.self, capacity: count)
    for index in 0..<count { unsafe (words + index).initialize(to: Atomic(0)) }
    hash = SipHash(key.0, key.1)
    let rate = min(max(policy.rate, RatePolicy.rates.lowerBound), RatePolicy.rates.upperBound)
    interval = max(1, Int64(1e9 / rate / Self.nanosecondsPerTick + 0.5))
    // No further ahead than the ticks can tell from behind: rare replies with a huge burst get the burst that fits, some 50 days of them.
    let wanted = interval * (min(max(policy.burst, 1), RatePolicy.bursts.upperBound) - 1)
    tolerance = min(wanted, 1 << Int64(tickBits - 2) - interval)
    leak = UInt64(max(policy.leak, 0))
    kiss = UInt64(max(policy.kiss, 0))
  }

  deinit {
    // Sound: freed as it was made; atomics of a number own nothing.
    unsafe UnsafeMutableRawPointer(words).deallocate()
  }

  /// How many clients it remembers at most.
  package var capacity: Int { count }

  /// Whether this client is answered now, and how; takes one token if it is. `chance` is 64 random bits, of which each use takes its own.
  @_noLocks @_noAllocation
  package func judge(_ peer: SocketAddress, now: RawInstant, chance: UInt64) -> Verdict {
    // An IPv4 client that a dual-stack socket shows as ::ffff:a.b.c.d is one with a.b.c.d. No /64 that routes is below 2³².
    let client =
      peer.family == .ipv6
      ? (peer.high == 0 && peer.low &>> 32 == 0xffff ? peer.low & 0xffff_ffff : peer.high) : UInt64(peer.ipv4)
    guard takeToken(hash(client), ticks(now)) else {
      if leak > 0, chance % leak == 0 { return .leaked }
      if kiss > 0, (chance &>> 32) % kiss == 0 { return .kissed }
      return .refused
    }
    return .within
  }

  @_noLocks @_noAllocation
  private func ticks(_ now: RawInstant) -> UInt64 {
    UInt64(bitPattern: now.nanoseconds &>> 10) & (1 &<< tickBits &- 1)
  }

  /// How far a bucket's time is ahead of now, in ticks; behind is negative. What is further ahead than any can be has lain there
  /// for longer than the ticks reach: it is full.
  @_noLocks @_noAllocation @inline(__always)
  private func ahead(_ word: UInt64, _ now: UInt64) -> Int64 {
    let shift = 64 - tickBits
    let difference = Int64(bitPattern: (word &- now) &<< shift) &>> Int64(shift)
    return difference > tolerance &+ interval ? .min : difference
  }

  @_noLocks @_noAllocation
  private func takeToken(_ hash: UInt64, _ now: UInt64) -> Bool {
    let first = Int(truncatingIfNeeded: hash & setMask) &* ways
    // Zero is an empty place.
    let tag = max(hash &>> tickBits, 1)
    // Another worker may be faster; a client is not silenced because of that.
    for _ in 0..<4 {
      var place = first
      var found: UInt64 = 0
      var lead = Int64.max
      for way in 0..<ways {
        // Sound: `first` is the start of a set, below `count`.
        let word = unsafe words[first &+ way].load(ordering: .relaxed)
        if word &>> tickBits == tag {
          (place, found, lead) = (first &+ way, word, ahead(word, now))
          break
        }
        let other = word == 0 ? .min : ahead(word, now)
        if other < lead { (place, found, lead) = (first &+ way, word, other) }
      }
      let start = found &>> tickBits == tag ? max(lead, 0) : 0
      guard start <= tolerance else { return false }
      let next = tag &<< tickBits | (now &+ UInt64(bitPattern: start &+ interval)) & (1 &<< tickBits &- 1)
      // Sound: as above.
      if unsafe words[place].compareExchange(expected: found, desired: next, ordering: .relaxed).exchanged {
        return true
      }
    }
    return true
  }
}
