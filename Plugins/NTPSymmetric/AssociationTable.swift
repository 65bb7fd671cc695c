// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Which key each association has: 0 for a server's, which takes any. The owner's thread writes, every thread reads, without a lock.
final class AssociationTable: Sendable {
  /// As many as a process may have.
  static let count = 256
  /// Number of the association in the upper half, key in the lower; 0 = free.
  private let places = InlineArray<256, Atomic<UInt64>> { _ in Atomic(0) }

  /// false = there are too many. [owner's thread]
  func open(_ association: UInt32, key: UInt32) -> Bool {
    guard association != 0 else { return false }
    for step in 0..<Self.count {
      let index = (Int(association) + step) % Self.count
      guard places[index].load(ordering: .relaxed) == 0 else { continue }
      places[index].store(UInt64(association) << 32 | UInt64(key), ordering: .releasing)
      return true
    }
    return false
  }

  /// [owner's thread]
  func close(_ association: UInt32) {
    for index in 0..<Self.count where places[index].load(ordering: .relaxed) >> 32 == UInt64(association) {
      places[index].store(0, ordering: .releasing)
    }
  }

  /// nil = there is none of that number. [any thread]
  func key(_ association: UInt32) -> UInt32? {
    guard association != 0 else { return nil }
    // A host's numbers fall on places of their own, so the first look finds it.
    for step in 0..<Self.count {
      let place = places[(Int(association) + step) % Self.count].load(ordering: .acquiring)
      if place >> 32 == UInt64(association) { return UInt32(truncatingIfNeeded: place) }
    }
    return nil
  }

  /// The associations of clients, and their keys. [owner's thread]
  var clients: [(association: UInt32, key: UInt32)] {
    var clients: [(association: UInt32, key: UInt32)] = []
    for index in 0..<Self.count {
      let place = places[index].load(ordering: .relaxed)
      let key = UInt32(truncatingIfNeeded: place)
      if key != 0 { clients.append((UInt32(truncatingIfNeeded: place >> 32), key)) }
    }
    return clients
  }
}
