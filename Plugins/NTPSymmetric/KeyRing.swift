// SPDX-License-Identifier: Apache-2.0

import Addresses

/// The keys in use, as of the last reading of their files; never changed once made. [any]
@safe
package final class KeyRing: @unchecked Sendable {
  /// By number, rising.
  package let keys: [RingKey]
  private let ids: [UInt32]
  /// The same keys in the same order, for `withKey`: no reference is counted for each packet. Sound to share as they are.
  private let borrowed: [Unmanaged<RingKey>]
  private let digestLengths: [Int]
  /// Digests of more than 20 bytes are cut in version 3, too.
  let shortDigests: Bool
  /// Whose keys name them: single addresses rising by (family, high, low), and wider blocks.
  private let hosts: [Host]
  private let blocks: [AddressPrefix]

  private struct Host: Comparable, BitwiseCopyable {
    var isIPv4: Bool
    var high: UInt64
    var low: UInt64

    init(_ address: NumericAddress) { (isIPv4, high, low) = (address.family == .ipv4, address.high, address.low) }
    init(_ prefix: AddressPrefix) { (isIPv4, high, low) = (prefix.family == .ipv4, prefix.high, prefix.low) }

    static func < (left: Host, right: Host) -> Bool {
      if left.isIPv4 != right.isIPv4 { return left.isIPv4 }
      return left.high != right.high ? left.high < right.high : left.low < right.low
    }
  }

  /// Of keys with one number the first is taken.
  package init(_ keys: [RingKey] = [], shortDigests: Bool = false) {
    var seen: Set<UInt32> = []
    let unique = keys.filter { seen.insert($0.id).inserted }.sorted { $0.id < $1.id }
    self.keys = unique
    ids = unique.map(\.id)
    unsafe borrowed = unique.map { unsafe Unmanaged.passUnretained($0) }
    digestLengths = unique.map(\.digestLength)
    self.shortDigests = shortDigests
    let named = Set(unique.flatMap(\.addresses))
    hosts = named.filter { $0.length == ($0.family == .ipv4 ? 32 : 128) }.map { Host($0) }.sorted()
    blocks = named.filter { $0.length != ($0.family == .ipv4 ? 32 : 128) }
  }

  /// The key of that number.
  func key(_ id: UInt32) -> RingKey? { place(id).map { keys[$0] } }

  /// Does something with the key of that number; nil = there is none. Allocates nothing. [capture]
  @inline(__always)
  func withKey<Result>(_ id: UInt32, _ body: (RingKey) -> Result) -> Result? {
    guard let place = place(id) else { return nil }
    // Sound: `keys` has it as long as this ring lives, and the ring lives through its own method.
    return unsafe borrowed[place]._withUnsafeGuaranteedRef(body)
  }

  /// Bytes of a whole digest of the key of that number. [capture]
  func digestLength(_ id: UInt32) -> Int? { place(id).map { digestLengths[$0] } }

  private func place(_ id: UInt32) -> Int? {
    let index = Self.lowerBound(ids.count) { ids[$0] < id }
    return index < ids.count && ids[index] == id ? index : nil
  }

  /// Whether any key is bound to addresses, so that there are registered ones.
  var knowsAddresses: Bool { !hosts.isEmpty || !blocks.isEmpty }

  /// Whether a key is bound to that address (`NumericAddress.unmapped`). Allocates nothing. [capture]
  func isRegistered(_ address: NumericAddress) -> Bool {
    let wanted = Host(address)
    let index = Self.lowerBound(hosts.count) { hosts[$0] < wanted }
    if index < hosts.count, hosts[index] == wanted { return true }
    for index in 0..<blocks.count where blocks[index].holds(address) { return true }
    return false
  }

  /// The first of `count` that is not before.
  private static func lowerBound(_ count: Int, _ isBefore: (Int) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if isBefore(middle) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
