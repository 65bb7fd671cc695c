// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import Synchronization

/// The tables of the providers that were closed last: a host that calls one once more finds it closed, and not freed memory.
/// The oldest goes when another comes, so that opening and closing for ever takes no memory.
@safe final class ClosedTables: @unchecked Sendable {
  // Sound to share: the block is fixed and every access is atomic.
  static let shared = ClosedTables()
  private static let count = 16
  private let cells: UnsafeMutablePointer<Atomic<UInt>>
  private let next = Atomic<UInt>(0)

  private init() {
    // Sound: allocated and initialised here, never freed.
    unsafe cells = .allocate(capacity: Self.count)
    for index in 0..<Self.count { unsafe (cells + index).initialize(to: Atomic(0)) }
  }

  func keep(_ table: UnsafeMutablePointer<tompion_provider_t>) {
    let index = Int(next.wrappingAdd(1, ordering: .relaxed).oldValue % UInt(Self.count))
    let address = UInt(bitPattern: table)
    // Sound: the index is inside the block; what comes out was put in here and belongs to nobody else.
    let old = unsafe cells[index].exchange(address, ordering: .acquiringAndReleasing)
    unsafe UnsafeMutablePointer<tompion_provider_t>(bitPattern: old)?.deallocate()
  }
}
