// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import LinuxKernel
import Synchronization
import TimeTypes

/// Samples straight from a child's ring to [discipline], each checked on the way: the shortest path there is, one wake-up long.
///
/// [control] puts the block of each child in and takes it out (`replace`); [discipline] drains. Nothing here waits but `replace`, for a
/// drain that is under way. News of sources come by [control]: a sample that is there before the news of its source is kept until
/// they come, or counted as a stranger's after a second.
@safe final class ChildIntake: @unchecked Sendable {
  // Sound to share: `block` is written while the gate is shut and nobody drains; the rest belongs to [discipline], or is atomic.
  private let gate = Atomic<Bool>(false)
  private let isDraining = Atomic<Bool>(false)
  private var block: SharedBlock?
  private let broken = Atomic<Bool>(false)
  private let clocks = Atomic<UInt64>(0)

  /// What [discipline] knows of the sources: ids, and the raw time of the last sample.
  private struct Known: BitwiseCopyable {
    var id: UInt32 = 0
    var lastRaw = Int64.min
    /// Its samples may say that they are authenticated: its configuration lets it.
    var mayProve = false
    /// It may be of stratum 0.
    var isReference = false

    init() {}

    init(_ source: SourceSummary) {
      id = source.id.rawValue
      take(source)
    }

    mutating func take(_ source: SourceSummary) {
      mayProve = source.has(TOMPION_SOURCE_AUTHENTICATED | TOMPION_SOURCE_MUST_AUTHENTICATE)
      isReference = source.has(TOMPION_SOURCE_REFCLOCK)
    }
  }
  private let known: UnsafeMutablePointer<Known>
  private let capacity: Int
  private var highest: UInt32 = 0
  /// One sample whose source is not known yet, and since when.
  private var held: tompion_sample_t?
  private var heldSince = RawInstant(nanoseconds: 0)
  private var invalidSeen: UInt64 = 0
  private var droppedSeen: UInt64 = 0

  /// So long the news of a source may come behind its first sample.
  static let patience = TimeInterval.seconds(1)

  init(capacity: Int) {
    self.capacity = capacity
    // Sound: a block of fixed size, initialised here and freed in deinit.
    unsafe known = .allocate(capacity: capacity)
    unsafe known.initialize(repeating: Known(), count: capacity)
  }

  deinit { unsafe known.deallocate() }

  /// The child wrote an index that no producer can have: nothing comes out of its ring any more. [control]
  var isBroken: Bool { broken.load(ordering: .acquiring) }

  /// The block of a new child, nil = there is none. [control]
  func replace(_ new: SharedBlock?, clocks mask: UInt64) {
    gate.store(false, ordering: .sequentiallyConsistent)
    while isDraining.load(ordering: .sequentiallyConsistent) { Pause.milliseconds(1) }
    block = new
    held = nil
    (invalidSeen, droppedSeen) = (0, 0)
    broken.store(false, ordering: .releasing)
    clocks.store(mask, ordering: .relaxed)
    if new != nil { gate.store(true, ordering: .sequentiallyConsistent) }
  }

  /// A source came or went. [discipline]
  func note(_ news: ProviderNews) {
    switch news {
    case .sourceAdded(let source):
      highest = max(highest, source.id.rawValue)
      if let free = place(of: 0) { unsafe known[free] = Known(source) }
    case .sourceRemoved(let id): if let place = place(of: id.rawValue) { unsafe known[place] = Known() }
    case .sourceChanged(let source):
      if let place = place(of: source.id.rawValue) { unsafe known[place].take(source) }
    }
  }

  // Sound: inside the block of `capacity` places.
  private func place(of id: UInt32) -> Int? {
    for index in 0..<capacity where unsafe known[index].id == id { return index }
    return nil
  }

  /// Hands out what is valid, at most a ring's length at a time. [discipline]
  func drain(_ outbox: ProviderOutbox, _ body: (Sample) -> Void) {
    guard gate.load(ordering: .relaxed) else { return }
    isDraining.store(true, ordering: .sequentiallyConsistent)
    defer { isDraining.store(false, ordering: .releasing) }
    guard gate.load(ordering: .sequentiallyConsistent), let block else { return }
    let now = RawClock.now()
    for _ in 0..<SharedBlock.ringCapacity {
      guard let candidate = held ?? block.pop() else { break }
      let isNew = held == nil
      held = nil
      guard !isNew || outbox.counters.admit(now) else { continue }
      guard let place = candidate.source == 0 ? nil : place(of: candidate.source) else {
        // Numbers only rise: what is above all that is known may be a source whose news are on their way.
        if candidate.source > highest, candidate.source >> SourceTable.counterBits == UInt32(outbox.number) {
          if isNew { heldSince = now }
          if now - heldSince < Self.patience {
            held = candidate
            break
          }
        }
        outbox.counters.count(.unknownSource)
        continue
      }
      let mask = clocks.load(ordering: .relaxed)
      switch SampleValidation.check(
        candidate, lastRaw: unsafe known[place].lastRaw, now: now, clocks: mask,
        isReference: unsafe known[place].isReference)
      {
      case .refused(let why): outbox.counters.count(why)
      case .valid(var sample):
        if unsafe !known[place].mayProve { sample.flags.remove(.authenticated) }
        unsafe known[place].lastRaw = candidate.raw_ns
        outbox.counters.countPublished(1)
        body(sample)
      }
    }
    account(block, outbox.counters)
  }

  /// What the ring itself found wrong.
  private func account(_ block: SharedBlock, _ counters: ProviderCounters) {
    let invalid = block.invalidSamples
    if invalid > invalidSeen { counters.count(.outOfRange, invalid - invalidSeen) }
    invalidSeen = invalid
    let dropped = block.droppedSamples
    // The child's own count, in memory that it writes: believed as far as it could be true.
    if dropped > droppedSeen { counters.countRingFull(min(dropped - droppedSeen, 1 << 16)) }
    droppedSeen = dropped
    if block.isRingBroken { broken.store(true, ordering: .releasing) }
  }
}
