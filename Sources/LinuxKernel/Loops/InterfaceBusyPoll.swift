// SPDX-License-Identifier: Apache-2.0

import Glibc

/// For how long who waits for packets of an interface spins before he sleeps, and asks its card's queue himself meanwhile.
package struct InterfaceBusyPoll: Sendable, Equatable {
  /// "eth0", or "*" for every interface that no other entry names.
  package var name: String
  /// 0 = not at all.
  package var microseconds: UInt32

  package init(name: String, microseconds: UInt32) {
    self.name = name
    self.microseconds = microseconds
  }
}

/// Finds out which entry is a socket's: by the interface that it is bound to, else by the one whose address it has; a socket at the
/// wildcard address hears all interfaces and takes the longest. One thread uses it.
package struct BusyPollTable {
  private let entries: [InterfaceBusyPoll]
  private let otherwise: UInt32
  private let longest: UInt32
  private let list: () -> [NetworkInterface]
  /// Addresses that were looked up, so that a client's next socket costs no call.
  private var known: [(address: SocketAddress, microseconds: UInt32)] = []
  private static let capacity = 64

  /// `otherwise`: for what no entry names, µs.
  package init(
    _ entries: [InterfaceBusyPoll], otherwise: UInt32, list: @escaping () -> [NetworkInterface] = NetworkInterfaces.all
  ) {
    self.entries = entries
    self.otherwise = entries.first { $0.name == "*" }?.microseconds ?? otherwise
    longest = entries.reduce(self.otherwise) { max($0, $1.microseconds) }
    self.list = list
  }

  /// µs for a socket that has this address and is bound to this interface, "" = to none.
  package mutating func microseconds(local: SocketAddress, interface: String = "") -> UInt32 {
    guard !entries.isEmpty else { return otherwise }
    if !interface.isEmpty { return microseconds(of: interface) }
    guard !local.isWildcard, local.family != .none else { return longest }
    let address = local.with(port: 0)
    for entry in known where entry.address == address { return entry.microseconds }
    let found = list().first { isOwner($0, of: address) }
    let time = found.map { microseconds(of: $0.name) } ?? otherwise
    if known.count >= Self.capacity { known.removeAll(keepingCapacity: true) }
    known.append((address, time))
    return time
  }

  /// What a refusal means to a person, and what would lift it.
  package static func refusal(_ error: Int32, microseconds: UInt32) -> String {
    let reason =
      error == EPERM
      ? "set net.core.busy_read = \(microseconds) (sysctl), or give tompiond CAP_NET_ADMIN"
      : KernelError.text(of: error)
    return
      "the card's queue is not polled by its sockets, for SO_BUSY_POLL of \(microseconds) µs is refused: \(reason). "
      + "The loop spins all the same"
  }

  private func microseconds(of name: String) -> UInt32 {
    entries.first { $0.name == name }?.microseconds ?? otherwise
  }

  /// A loopback interface has all of its network.
  private func isOwner(_ entry: NetworkInterface, of address: SocketAddress) -> Bool {
    if entry.isLoopback, address.family == .ipv4 {
      return address.hasPrefix(entry.address, length: entry.prefixLength)
    }
    guard entry.address.high == address.high, entry.address.low == address.low else { return false }
    // The same link-local address may be on two interfaces.
    return entry.address.family == address.family && (address.scope == 0 || address.scope == entry.index)
  }
}
