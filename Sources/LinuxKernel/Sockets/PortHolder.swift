// SPDX-License-Identifier: Apache-2.0

/// Who holds a UDP port, as far as /proc tells.
package struct PortHolder: Sendable, Equatable, CustomStringConvertible {
  package var name: String
  package var pid: Int32

  package var description: String { "\(name), pid \(pid)" }

  /// The process with a UDP socket on that port that stands in the way of `address`; nil = not visible to us. [control]
  package static func find(_ address: SocketAddress, in processes: ProcessTable = ProcessTable()) -> PortHolder? {
    let inodes = sockets(on: address, in: processes)
    guard !inodes.isEmpty else { return nil }
    let targets = Set(inodes.map { "socket:[\($0)]" })
    for pid in processes.pids() where processes.descriptorTargets(pid).contains(where: targets.contains) {
      return PortHolder(name: processes.name(pid) ?? "unknown", pid: pid)
    }
    return nil
  }

  /// Whether anybody's UDP socket stands in the way of `address`, seen or not. [control]
  package static func isHeld(_ address: SocketAddress, in processes: ProcessTable = ProcessTable()) -> Bool {
    !sockets(on: address, in: processes).isEmpty
  }

  /// Inodes of the UDP sockets that conflict with `address` (proc(5), /proc/net/udp and udp6).
  static func sockets(on address: SocketAddress, in processes: ProcessTable) -> [UInt64] {
    ["udp", "udp6"].flatMap { file -> [UInt64] in
      guard let bytes = try? SmallFile.readPseudo("\(processes.root)/net/\(file)", limit: 1 << 22) else { return [] }
      let isIPv6 = file == "udp6"
      return bytes.split(separator: 0x0a).dropFirst().compactMap { line -> UInt64? in
        let fields = line.split(separator: 0x20, omittingEmptySubsequences: true)
        guard fields.count > 9 else { return nil }
        let local = fields[1].split(separator: 0x3a)
        guard local.count == 2, UInt16(String(decoding: local[1], as: UTF8.self), radix: 16) == address.port else {
          return nil
        }
        let host = String(decoding: local[0], as: UTF8.self)
        guard conflicts(host, isIPv6: isIPv6, with: address) else { return nil }
        return UInt64(String(decoding: fields[9], as: UTF8.self))
      }
    }
  }

  /// A wildcard stands in everybody's way; else the addresses must be equal. A dual-stack IPv6 wildcard takes IPv4, too.
  private static func conflicts(_ host: String, isIPv6: Bool, with address: SocketAddress) -> Bool {
    let wildcard = host.allSatisfy { $0 == "0" }
    guard isIPv6 == (address.family == .ipv6) else { return wildcard && isIPv6 }
    if wildcard || address.isWildcard { return true }
    // The kernel prints each 32-bit word as a number in the host's order.
    var words: [UInt32] = []
    var rest = host[...]
    while rest.count >= 8 {
      guard let word = UInt32(rest.prefix(8), radix: 16) else { return false }
      words.append(word)
      rest = rest.dropFirst(8)
    }
    let own =
      isIPv6
      ? [
        UInt32(truncatingIfNeeded: address.high), UInt32(truncatingIfNeeded: address.high >> 32),
        UInt32(truncatingIfNeeded: address.low), UInt32(truncatingIfNeeded: address.low >> 32),
      ] : [UInt32(truncatingIfNeeded: address.high)]
    return words == own
  }
}
