// SPDX-License-Identifier: Apache-2.0

package import ProviderKit

/// The addresses an association may use, in the resolver's order: at most four of one answer, so that one poisoned answer
/// cannot bring an army.
package struct Candidates: Sendable {
  private var storage: InlineArray<4, SocketAddress>
  package private(set) var count: Int
  /// Which one is in use.
  package private(set) var index = 0

  package init() {
    storage = InlineArray(repeating: .none)
    count = 0
  }

  /// The first few of a list, at that port; an address named twice counts once.
  package init(_ list: AddressList, port: UInt16) {
    self.init()
    for position in 0..<list.count where count < AssociationLimits.candidates {
      storage[count] = list[position].with(port: port)
      count &+= 1
    }
  }

  package var isEmpty: Bool { count == 0 }

  /// The address in use; none where there is not one.
  package var current: SocketAddress { index < count ? storage[index] : .none }

  package func contains(_ address: SocketAddress) -> Bool {
    for position in 0..<count where storage[position] == address { return true }
    return false
  }

  /// Goes on to the next address; false = all of them had their turn, and the first is next.
  package mutating func advance() -> Bool {
    index &+= 1
    guard index >= count else { return true }
    index = 0
    return false
  }
}

extension Candidates: Hashable {
  package static func == (a: Candidates, b: Candidates) -> Bool {
    guard a.count == b.count, a.index == b.index else { return false }
    for position in 0..<a.count where a.storage[position] != b.storage[position] { return false }
    return true
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(index)
    for position in 0..<count { hasher.combine(storage[position]) }
  }
}
