// SPDX-License-Identifier: Apache-2.0

import Synchronization
package import TimeTypes

/// A clock's segments, written by its owner and read by the threads that convert stamps: a seqlock, no call, no lock.
///
/// One writer [discipline]; any number of readers [any role], each with a `ClockHistoryReader` of its own.
package final class ClockHistory: Sendable {
  private static let wordsPerSegment = 6
  private let sequence = Atomic<UInt64>(0)
  private let count = Atomic<UInt64>(0)
  private let newestEra = Atomic<UInt32>(0)
  private let words: InlineArray<192, Atomic<UInt64>>

  package init() {
    words = InlineArray { _ in Atomic<UInt64>(0) }
  }

  /// Publishes all segments. [discipline]
  func publish(_ segments: borrowing ClockSegments) {
    let before = sequence.load(ordering: .relaxed)
    sequence.store(before &+ 1, ordering: .relaxed)
    atomicMemoryFence(ordering: .releasing)
    count.store(UInt64(segments.count), ordering: .relaxed)
    for i in 0..<segments.count {
      let segment = segments[i]
      let at = i * ClockHistory.wordsPerSegment
      words[at].store(UInt64(bitPattern: segment.raw.nanoseconds), ordering: .relaxed)
      words[at + 1].store(UInt64(bitPattern: segment.time.nanoseconds), ordering: .relaxed)
      words[at + 2].store(segment.frequency.ratio.bitPattern, ordering: .relaxed)
      words[at + 3].store(UInt64(segment.era.rawValue) << 32 | UInt64(segment.errorNanoseconds), ordering: .relaxed)
      words[at + 4].store(
        UInt64(segment.raw.subnanoseconds) << 16 | UInt64(segment.time.subnanoseconds), ordering: .relaxed)
      words[at + 5].store(UInt64(bitPattern: segment.since.nanoseconds), ordering: .relaxed)
    }
    if segments.count > 0 { newestEra.store(segments[segments.count - 1].era.rawValue, ordering: .releasing) }
    sequence.store(before &+ 2, ordering: .releasing)
  }

  /// The era of the newest segment, 0 before there is one: all that a reading of the kernel's own clock needs. One load. [any]
  package var lastEra: ClockEra { ClockEra(rawValue: newestEra.load(ordering: .acquiring)) }

  /// Whether something was published after `version`.
  func isNewer(than version: UInt64) -> Bool { sequence.load(ordering: .acquiring) != version }

  /// Copies a consistent state; the version it has, or nil if the writer was always in the middle.
  func copy(into segments: inout ClockSegments) -> UInt64? {
    for _ in 0..<1000 {
      let before = sequence.load(ordering: .acquiring)
      if before & 1 != 0 { continue }
      var copy = ClockSegments()
      let count = min(Int(count.load(ordering: .relaxed)), ClockSegments.capacity)
      for i in 0..<count {
        let at = i * ClockHistory.wordsPerSegment
        let fractions = words[at + 4].load(ordering: .relaxed)
        let eraAndError = words[at + 3].load(ordering: .relaxed)
        copy.insert(
          ClockSegment(
            raw: RawInstant(
              nanoseconds: Int64(bitPattern: words[at].load(ordering: .relaxed)),
              subnanoseconds: UInt16(truncatingIfNeeded: fractions >> 16)),
            time: TimeInterval(
              nanoseconds: Int64(bitPattern: words[at + 1].load(ordering: .relaxed)),
              subnanoseconds: UInt16(truncatingIfNeeded: fractions)),
            frequency: Frequency(ratio: Double(bitPattern: words[at + 2].load(ordering: .relaxed))),
            era: ClockEra(rawValue: UInt32(truncatingIfNeeded: eraAndError >> 32)),
            errorNanoseconds: UInt32(truncatingIfNeeded: eraAndError),
            since: RawInstant(nanoseconds: Int64(bitPattern: words[at + 5].load(ordering: .relaxed)))))
      }
      atomicMemoryFence(ordering: .acquiring)
      if sequence.load(ordering: .relaxed) == before {
        segments = copy
        return before
      }
    }
    return nil
  }
}

/// A thread's own copy of a clock's history.
package struct ClockHistoryReader: Sendable {
  private let history: ClockHistory
  private var version: UInt64 = .max
  package private(set) var segments = ClockSegments()

  package init(_ history: ClockHistory) { self.history = history }

  /// Fetches what changed; true if something did. Cheap if nothing did.
  @discardableResult
  package mutating func refresh() -> Bool {
    guard history.isNewer(than: version), let version = history.copy(into: &segments) else { return false }
    self.version = version
    return true
  }
}
