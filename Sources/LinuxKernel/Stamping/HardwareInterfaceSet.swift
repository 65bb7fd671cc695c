// SPDX-License-Identifier: Apache-2.0

/// A few interfaces by their index, without memory of its own.
package struct HardwareInterfaceSet: Sendable {
  package static let capacity = 16
  private var storage = InlineArray<16, UInt32>(repeating: 0)
  package private(set) var count = 0

  package init() {}

  package init(_ indices: some Sequence<UInt32>) {
    for index in indices { insert(index) }
  }

  package var isEmpty: Bool { count == 0 }

  /// 0 and what finds no room are left out.
  package mutating func insert(_ index: UInt32) {
    guard index != 0, count < Self.capacity, !contains(index) else { return }
    storage[count] = index
    count += 1
  }

  package func contains(_ index: UInt32) -> Bool {
    for place in 0..<count where storage[place] == index { return true }
    return false
  }
}
