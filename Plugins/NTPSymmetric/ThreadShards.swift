// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Counters that many threads write at once: sixteen copies, each of two cache lines, and a thread writes the one that its stack falls on,
/// so that workers do not take a line from each other. Wait-free.
@safe
final class ThreadShards: @unchecked Sendable {
  // Sound to share: nothing but atomics lies there, the memory lives as long as this object, and indices are checked.
  private static let count = 16
  private static let words = 16
  private let start: UnsafeMutablePointer<Atomic<UInt64>>
  private let block: UnsafeMutableRawPointer

  init() {
    unsafe block = .allocate(byteCount: Self.count * Self.words * 8, alignment: 128)
    unsafe start = block.bindMemory(to: Atomic<UInt64>.self, capacity: Self.count * Self.words)
    for index in 0..<(Self.count * Self.words) { unsafe (start + index).initialize(to: Atomic(0)) }
  }

  deinit { unsafe block.deallocate() }

  /// The calling thread's: stacks of threads lie apart. Nothing depends on it but speed.
  static var current: Int {
    var here: UInt8 = 0
    // Only the address is looked at.
    let address = unsafe withUnsafePointer(to: &here) { UInt(bitPattern: $0) }
    return Int(((address >> 16) &* 0x9e37_79b9_7f4a_7c15) >> 60)
  }

  private func word(_ shard: Int, _ index: Int) -> UnsafeMutablePointer<Atomic<UInt64>> {
    precondition(shard >= 0 && shard < Self.count && index >= 0 && index < Self.words, "word out of range")
    return unsafe start + (shard * Self.words + index)
  }

  func add(_ shard: Int, _ index: Int, _ difference: Int64 = 1) {
    unsafe word(shard, index).pointee.wrappingAdd(UInt64(bitPattern: difference), ordering: .sequentiallyConsistent)
  }

  /// Of all threads.
  func sum(_ index: Int) -> UInt64 {
    (0..<Self.count).reduce(0) { unsafe $0 &+ word($1, index).pointee.load(ordering: .sequentiallyConsistent) }
  }

  /// Whether each copy is 0 at some moment of this call.
  func isZero(_ index: Int) -> Bool {
    (0..<Self.count).allSatisfy { unsafe word($0, index).pointee.load(ordering: .sequentiallyConsistent) == 0 }
  }
}
