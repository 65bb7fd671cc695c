// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import Synchronization
import TimeTypes

/// The sources of one provider: a fixed table that the provider writes and others read without ever stopping it.
///
/// One writer (the provider's calls, which never overlap), one reader of news ([discipline]), any number of readers of the whole
/// ([control]). Each slot is a seqlock; a slot that changed is queued once, so the queue never overflows and no change is lost:
/// the reader of news compares what is there now with what it knew.
@safe package final class SourceTable: @unchecked Sendable {
  // Sound to share: shared words are atomics, `ids` and `lastRaw` belong to the writer, `known` and `deferred` to the news reader.
  static let infoWords = MemoryLayout<tompion_source_info_t>.size / 8
  package static let counterBits: UInt32 = 22

  /// How many sources a provider may have at a time.
  package let capacity: Int
  private let instance: UInt32
  private let words: UnsafeMutablePointer<Atomic<UInt64>>
  private let slotWords = 3 + SourceTable.infoWords
  private let ids: UnsafeMutablePointer<UInt32>
  private let lastRaw: UnsafeMutablePointer<Int64>
  private let known: UnsafeMutablePointer<UInt32>
  private var deferred: Int?
  private let changes: CellQueue
  private let counter = Atomic<UInt32>(0)

  /// `instance` (1 to 1023) goes into the upper bits of every id; `firstCounter` continues behind ids given out before.
  init(instance: UInt16, capacity: Int = 256, firstCounter: UInt32 = 0) {
    self.capacity = capacity
    self.instance = UInt32(instance)
    self.changes = CellQueue(capacity: capacity, cellBytes: 8)
    // Sound: blocks of fixed size, initialised here and freed in deinit.
    unsafe words = .allocate(capacity: capacity * slotWords)
    for index in 0..<(capacity * slotWords) { unsafe (words + index).initialize(to: Atomic(0)) }
    unsafe ids = .allocate(capacity: capacity)
    unsafe ids.initialize(repeating: 0, count: capacity)
    unsafe lastRaw = .allocate(capacity: capacity)
    unsafe lastRaw.initialize(repeating: .min, count: capacity)
    unsafe known = .allocate(capacity: capacity)
    unsafe known.initialize(repeating: 0, count: capacity)
    counter.store(firstCounter, ordering: .relaxed)
  }

  deinit {
    unsafe words.deallocate()
    unsafe ids.deallocate()
    unsafe lastRaw.deallocate()
    unsafe known.deallocate()
  }

  /// How many ids were ever given out: a later life of the same instance goes on from there.
  package var idsUsed: UInt32 { counter.load(ordering: .relaxed) }

  /// Before the first source: ids below are another life's.
  func skipIDs(_ used: UInt32) { counter.store(used, ordering: .relaxed) }

  // Words of a slot: 0 sequence, 1 queued, 2 id (0 = free), then the info. Sound: slot < capacity, word < slotWords.
  private func word(_ slot: Int, _ index: Int) -> UnsafeMutablePointer<Atomic<UInt64>> {
    unsafe words + slot * slotWords + index
  }

  // MARK: the writer

  /// Makes a source; nil = the table or the numbers are used up.
  func add(_ info: tompion_source_info_t) -> UInt32? {
    let next = counter.load(ordering: .relaxed) &+ 1
    guard next < 1 << Self.counterBits else { return nil }
    let id = instance << Self.counterBits | next
    guard insert(id, info) else { return nil }
    return id
  }

  /// Puts a source with an id chosen in a child process; false = full, another instance's, or used before.
  func insert(_ id: UInt32, _ info: tompion_source_info_t) -> Bool {
    let number = id & (1 << Self.counterBits - 1)
    let highest = counter.load(ordering: .relaxed)
    // News of two sources may overtake each other by less than a table's length, never by more.
    guard id >> Self.counterBits == instance, number != 0, number &+ UInt32(capacity) > highest,
      self.slot(of: id) == nil, let slot = slot(of: 0)
    else { return false }
    counter.store(max(number, highest), ordering: .relaxed)
    unsafe ids[slot] = id
    unsafe lastRaw[slot] = .min
    write(slot, id: id, info)
    return true
  }

  func update(_ id: UInt32, _ info: tompion_source_info_t) -> Bool {
    guard id != 0, let slot = slot(of: id) else { return false }
    write(slot, id: id, info)
    return true
  }

  func remove(_ id: UInt32) -> Bool {
    guard id != 0, let slot = slot(of: id) else { return false }
    unsafe ids[slot] = 0
    write(slot, id: 0, tompion_source_info_t())
    return true
  }

  /// How many there are. The writer's own count.
  var count: Int { (0..<capacity).reduce(0) { unsafe $0 + (ids[$1] == 0 ? 0 : 1) } }

  /// Every source is gone: the provider was closed or its process died.
  func removeAll() {
    for slot in 0..<capacity where unsafe ids[slot] != 0 {
      unsafe ids[slot] = 0
      write(slot, id: 0, tompion_source_info_t())
    }
  }

  func slot(of id: UInt32) -> Int? {
    // Sound: inside the block of `capacity` numbers.
    for slot in 0..<capacity where unsafe ids[slot] == id { return slot }
    return nil
  }

  /// The raw time of the last sample of a slot; the writer's own note.
  func lastSample(_ slot: Int) -> Int64 { unsafe lastRaw[slot] }
  func noteSample(_ slot: Int, raw: Int64) { unsafe lastRaw[slot] = raw }

  /// Whether a slot's source is a reference clock. The writer's: what it wrote last. Sound: size and flags are the info's first word.
  func isReference(_ slot: Int) -> Bool {
    let first = unsafe word(slot, 3).pointee.load(ordering: .relaxed)
    return UInt32(truncatingIfNeeded: first >> 32) & TOMPION_SOURCE_REFCLOCK != 0
  }

  private func write(_ slot: Int, id: UInt32, _ info: tompion_source_info_t) {
    var info = info
    let sequence = unsafe word(slot, 0).pointee.load(ordering: .relaxed)
    unsafe word(slot, 0).pointee.store(sequence &+ 1, ordering: .relaxed)
    atomicMemoryFence(ordering: .releasing)
    unsafe word(slot, 2).pointee.store(UInt64(id), ordering: .relaxed)
    // Sound: the info is plain data of exactly infoWords words.
    unsafe withUnsafeBytes(of: &info) { bytes in
      for index in 0..<Self.infoWords {
        let value = unsafe bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self)
        unsafe word(slot, 3 + index).pointee.store(value, ordering: .relaxed)
      }
    }
    unsafe word(slot, 0).pointee.store(sequence &+ 2, ordering: .releasing)
    queue(slot)
  }

  private func queue(_ slot: Int) {
    guard unsafe word(slot, 1).pointee.exchange(1, ordering: .acquiringAndReleasing) == 0 else { return }
    _ = unsafe changes.push { bytes in unsafe bytes.storeBytes(of: UInt64(slot), as: UInt64.self) }
  }

  // MARK: readers

  /// A consistent copy of a slot; nil = free, or the writer is in the middle of it.
  private func read(_ slot: Int) -> (id: UInt32, info: tompion_source_info_t)? {
    for _ in 0..<100 {
      let before = unsafe word(slot, 0).pointee.load(ordering: .acquiring)
      guard before & 1 == 0 else { continue }
      let id = unsafe word(slot, 2).pointee.load(ordering: .relaxed)
      var info = tompion_source_info_t()
      // Sound: the info is plain data, any bytes are a value of it.
      unsafe withUnsafeMutableBytes(of: &info) { bytes in
        for index in 0..<Self.infoWords {
          let value = unsafe word(slot, 3 + index).pointee.load(ordering: .relaxed)
          unsafe bytes.storeBytes(of: value, toByteOffset: index * 8, as: UInt64.self)
        }
      }
      atomicMemoryFence(ordering: .acquiring)
      if unsafe word(slot, 0).pointee.load(ordering: .relaxed) == before {
        return (UInt32(truncatingIfNeeded: id), info)
      }
    }
    return nil
  }

  /// The next change, oldest slot first; nil = none. One reader: [discipline].
  func nextNews() -> ProviderNews? {
    switch nextChange() {
    case .added(let id, let info): .sourceAdded(SourceSummary(id: SourceID(rawValue: id), info))
    case .changed(let id, let info): .sourceChanged(SourceSummary(id: SourceID(rawValue: id), info))
    case .removed(let id): .sourceRemoved(SourceID(rawValue: id))
    case nil: nil
    }
  }

  enum Change {
    case added(UInt32, tompion_source_info_t)
    case changed(UInt32, tompion_source_info_t)
    case removed(UInt32)
  }

  /// `nextNews` with everything that is known: what a child process tells its host.
  func nextChange() -> Change? {
    while true {
      let slot: Int
      if let waiting = deferred {
        slot = waiting
        deferred = nil
      } else if let changed = unsafe changes.pop({ unsafe $0.load(as: UInt64.self) }) {
        slot = Int(changed)
        unsafe word(slot, 1).pointee.store(0, ordering: .sequentiallyConsistent)
      } else {
        return nil
      }
      guard let (id, info) = read(slot) else {
        queue(slot)
        return nil
      }
      // Sound: `slot` came from this table.
      let before = unsafe known[slot]
      if before != 0, before != id {
        unsafe known[slot] = 0
        if id != 0 { deferred = slot }
        return .removed(before)
      }
      guard id != 0 else { continue }
      unsafe known[slot] = id
      return before == 0 ? .added(id, info) : .changed(id, info)
    }
  }

  /// All sources as they are now. [control]
  package func snapshot() -> [ProviderSource] {
    (0..<capacity).compactMap { slot in
      guard let (id, info) = read(slot), id != 0 else { return nil }
      return ProviderSource(id: SourceID(rawValue: id), info)
    }
  }
}
