// SPDX-License-Identifier: Apache-2.0

import CTompionProvider

/// The addresses a name has, at most 16 of them; held in place, so that a look-up allocates nothing.
public struct AddressList: Sendable {
  public static let capacity = 16

  private var storage: InlineArray<16, SocketAddress>
  public private(set) var count: Int

  public init() {
    storage = InlineArray(repeating: .none)
    count = 0
  }

  /// Appends an address; ignored where there is no room, where it is none, or where the list has it already.
  public mutating func append(_ address: SocketAddress) {
    guard count < Self.capacity, address.family != .none, !contains(address) else { return }
    storage[count] = address
    count &+= 1
  }

  public subscript(index: Int) -> SocketAddress {
    index >= 0 && index < count ? storage[index] : .none
  }

  public func contains(_ address: SocketAddress) -> Bool {
    for index in 0..<count where storage[index] == address { return true }
    return false
  }
}
