// SPDX-License-Identifier: Apache-2.0

/// Where a server waits for requests: an address with a port, perhaps on one interface alone, or every address of an interface.
package struct ListenPlace: Hashable, Sendable {
  /// nil = every address, both families.
  package let address: NumericAddress?
  package let port: UInt16
  /// Of an interface or VRF; "" = any.
  package let interface: String

  /// "192.0.2.1:123", "[2001:db8::1]:123", either with "%eth0" behind it, "eth0" or "eth0:123"; without a port `defaultPort`.
  /// nil = it is none of these.
  package init?(_ text: String, defaultPort: UInt16) {
    var rest = text[...]
    var name = ""
    if let percent = text.lastIndex(of: "%") {
      name = String(text[text.index(after: percent)...])
      guard Self.isInterfaceName(name) else { return nil }
      rest = text[..<percent]
    }
    if let (address, port) = Self.endpoint(rest, defaultPort) {
      (self.address, self.port, interface) = (address, port, name)
      return
    }
    let parts = rest.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard name.isEmpty, let first = parts.first, Self.isInterfaceName(first),
      let port = parts.count == 1 ? defaultPort : Self.port(parts[1])
    else { return nil }
    (address, self.port, interface) = (nil, port, String(first))
  }

  /// Every address of every interface, at the port of NTP: where a server waits that is told nothing.
  package static let everywhere = ListenPlace(address: nil, port: 123, interface: "")

  private init(address: NumericAddress?, port: UInt16, interface: String) {
    (self.address, self.port, self.interface) = (address, port, interface)
  }

  /// Whether the kernel refuses to bind one of two such sockets: the same port, of one family the same address or a wildcard beside
  /// it, and not on two interfaces (udp(7), SO_BINDTODEVICE in socket(7)).
  package func overlaps(_ other: ListenPlace) -> Bool {
    guard port == other.port else { return false }
    guard interface.isEmpty || other.interface.isEmpty || interface == other.interface else { return false }
    guard let address, let theirs = other.address else { return true }
    return address.family == theirs.family && (address == theirs || address.isWildcard || theirs.isWildcard)
  }

  /// A Linux interface name (1 to 15 bytes, no slash, no space, no colon) that cannot be mistaken for an address.
  package static func isInterfaceName(_ text: some StringProtocol) -> Bool {
    guard (1...15).contains(text.utf8.count), text.first?.isLetter == true else { return false }
    return text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != 0x2f && $0 != 0x3a && $0 != 0x5b && $0 != 0x25 }
  }

  private static func endpoint(_ text: Substring, _ defaultPort: UInt16) -> (NumericAddress, UInt16)? {
    if text.first == "[" {
      guard let end = text.firstIndex(of: "]"),
        let address = NumericAddress(text[..<end].dropFirst()), address.family == .ipv6
      else { return nil }
      let rest = text[text.index(after: end)...]
      if rest.isEmpty { return (address, defaultPort) }
      guard rest.first == ":", let port = port(rest.dropFirst()) else { return nil }
      return (address, port)
    }
    if let address = NumericAddress(text) { return (address, defaultPort) }
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let address = NumericAddress(parts[0]), let port = port(parts[1]) else { return nil }
    return (address, port)
  }

  private static func port(_ text: some StringProtocol) -> UInt16? {
    guard let number = DecimalText.number(text, limit: 65535), number > 0 else { return nil }
    return UInt16(number)
  }
}

extension ListenPlace: CustomStringConvertible {
  /// As it may be written: "192.0.2.1:123%eth0", "[2001:db8::1]:123", "eth0:123"; "*:123" for every address.
  package var description: String {
    guard let address else { return "\(interface.isEmpty ? "*" : interface):\(port)" }
    let host = address.family == .ipv4 ? address.description : "[\(address)]"
    return "\(host):\(port)" + (interface.isEmpty ? "" : "%\(interface)")
  }
}
