// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The addresses of a backend's open sockets where any thread may read them while the loop's thread opens and closes others. No lock.
/// [written by the loop's thread; any reads]
///
/// Each row is a seqlock whose sequence is the handle: it is 0 while the words change, and a place opened again has another one.
@safe
final class SocketAddressTable: @unchecked Sendable {
  // Sound to share: the rows are made at init and freed at deinit, and between hold atomics only.

  /// An address as three words.
  struct Words: Equatable {
    var high: UInt64
    var low: UInt64
    /// Scope, port and family.
    var rest: UInt64
  }

  private struct Row: ~Copyable {
    let handle = Atomic<UInt32>(0)
    let high = Atomic<UInt64>(0)
    let low = Atomic<UInt64>(0)
    let rest = Atomic<UInt64>(0)
  }

  private let rows: UnsafeMutablePointer<Row>
  private let count: Int

  init(count: Int) {
    self.count = count
    // Sound: exactly `count` rows, each made here once.
    unsafe rows = .allocate(capacity: count)
    for index in 0..<count { unsafe (rows + index).initialize(to: Row()) }
  }

  deinit {
    // Sound: all of them were made by init, and nobody has the table any more.
    unsafe rows.deinitialize(count: count)
    unsafe rows.deallocate()
  }

  /// The socket at `index` is open under this handle, which is not 0. [the loop's thread]
  func set(_ index: Int, handle: UInt32, _ words: Words) {
    guard index >= 0, index < count else { return }
    // Sound: inside the rows, by the line above; here and below.
    unsafe rows[index].handle.store(0, ordering: .relaxed)
    atomicMemoryFence(ordering: .releasing)
    unsafe rows[index].high.store(words.high, ordering: .relaxed)
    unsafe rows[index].low.store(words.low, ordering: .relaxed)
    unsafe rows[index].rest.store(words.rest, ordering: .relaxed)
    unsafe rows[index].handle.store(handle, ordering: .releasing)
  }

  /// The socket at `index` is closed. [the loop's thread]
  func clear(_ index: Int) {
    guard index >= 0, index < count else { return }
    unsafe rows[index].handle.store(0, ordering: .relaxed)
  }

  /// The address of an open socket; nil = there is none of that handle. [any]
  func words(of handle: UInt32) -> Words? {
    guard handle != 0 else { return nil }
    for index in 0..<count {
      // Sound: inside the rows.
      guard unsafe rows[index].handle.load(ordering: .acquiring) == handle else { continue }
      let words = unsafe Words(
        high: rows[index].high.load(ordering: .relaxed), low: rows[index].low.load(ordering: .relaxed),
        rest: rows[index].rest.load(ordering: .relaxed))
      atomicMemoryFence(ordering: .acquiring)
      // Else it was closed meanwhile, and the words may be another's.
      return unsafe rows[index].handle.load(ordering: .relaxed) == handle ? words : nil
    }
    return nil
  }
}
