// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The key ring in force, and what was done with it: control replaces it, workers read it without a lock, and the one before is freed,
/// its keys wiped, once nobody can be in it.
@safe
final class CurrentRing: @unchecked Sendable {
  // Sound to share: a reader announces itself before it takes the ring, and control frees a replaced ring only after it has seen, since the
  // replacement, every count of readers at zero; whoever comes later takes the new one.
  private let current: Atomic<Unmanaged<KeyRing>>
  private let shards = ThreadShards()
  /// Control's alone.
  private var replaced: [KeyRing] = []
  private(set) var last: KeyRing
  /// Word 0 of the shards counts readers; outcomes follow.
  private static let readers = 0

  init() {
    let empty = KeyRing()
    last = empty
    unsafe current = Atomic(Unmanaged.passUnretained(empty))
  }

  /// [control]
  func replace(by ring: KeyRing) {
    replaced.append(last)
    last = ring
    unsafe current.store(Unmanaged.passUnretained(ring), ordering: .sequentiallyConsistent)
    forgetReplaced()
  }

  /// Frees what was replaced unless somebody may be in it; true = nothing is left. [control]
  @discardableResult
  func forgetReplaced() -> Bool {
    if !replaced.isEmpty, shards.isZero(Self.readers) { replaced = [] }
    return replaced.isEmpty
  }

  /// Decides about packets by the ring in force, and counts what became of them. [any thread]
  func decide(_ body: (KeyRing, inout OutcomeCounts) -> Void) {
    let shard = ThreadShards.current
    shards.add(shard, Self.readers)
    var counts = OutcomeCounts()
    unsafe current.load(ordering: .sequentiallyConsistent)._withUnsafeGuaranteedRef { body($0, &counts) }
    counts.forEach { shards.add(shard, 1 + $0, $1) }
    shards.add(shard, Self.readers, -1)
  }

  /// How often that happened. [any]
  subscript(outcome: Outcome) -> UInt64 { shards.sum(1 + outcome.rawValue) }
}
