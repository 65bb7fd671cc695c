// SPDX-License-Identifier: Apache-2.0

import LinuxKernel

/// What the host opens for a provider: what its configuration, or its own published default, names. Everything else is refused, whatever the
/// provider asks for. One in each instance, for what its tables open (device-io, stream), and one in the host of a child, which is not
/// believed ([control]).
struct ProviderGrants {
  /// The texts of its settings, and the defaults of its schema.
  private let texts: [String]
  /// Addresses that stand in them.
  private let literals: Set<SocketAddress>
  private let numbers: Set<Int64>
  /// Addresses that a granted name led to, ports not looked at.
  private var found: Set<SocketAddress> = []
  /// More are not remembered: such a provider opens nothing new any more.
  static let addressLimit = 4096

  init(settings: [ProviderSetting], schema: [ProviderSchemaEntry]) {
    var texts: [String] = schema.map(\.defaultText).filter { !$0.isEmpty }
    var numbers: Set<Int64> = Set(texts.compactMap { Int64($0) })
    for setting in settings {
      switch setting.value {
      case .string(let text): texts.append(text)
      case .integer(let value): numbers.insert(value)
      case .real, .boolean: break
      }
    }
    self.texts = texts
    // Without the resolver's threads and files: numeric ones alone.
    literals = Set(
      texts.flatMap { Self.hosts(in: $0) }.compactMap { host in
        (try? NameResolution.resolve(String(host), profile: .minimal))?.first.map(Self.bare)
      })
    self.numbers = numbers
  }

  /// A socket to one peer, if its address is one of a granted name and the local port is the system's choice or granted, too; a socket
  /// for many if its port is granted.
  func permit(_ options: UDPSocketOptions) -> Bool {
    if let peer = options.peer {
      guard options.local.port == 0 || permitsPort(options.local.port) else { return false }
      return found.contains(Self.bare(peer))
    }
    return permitsPort(options.local.port)
  }

  /// Whether a name may be looked up: it stands in a setting.
  func permits(name: String) -> Bool { !name.isEmpty && texts.contains { Self.hosts(in: $0).contains(name[...]) } }

  /// A name that was looked up leads there.
  mutating func note(_ address: SocketAddress) {
    guard found.count < Self.addressLimit else { return }
    found.insert(Self.bare(address))
  }

  /// An address, whatever its port, that stands in a setting or that a granted name led to.
  func permits(address: SocketAddress) -> Bool {
    let bare = Self.bare(address)
    return literals.contains(bare) || found.contains(bare)
  }

  /// A path as it is written in a setting.
  func permits(path: String) -> Bool { !path.isEmpty && texts.contains(path) }

  /// A port that stands in a setting, alone or behind an address ("[::]:123").
  func permitsPort(_ port: UInt16) -> Bool {
    if numbers.contains(Int64(port)) { return true }
    let ending = ":\(port)"
    return texts.contains { text in
      text.split { $0 == "," || $0 == " " || $0 == "%" }.contains { $0.hasSuffix(ending) }
    }
  }

  /// What may be a host's name or address in a text: the whole, and what stands before a port ("time.example.net:123", "[::1]:123").
  private static func hosts(in text: String) -> [Substring] {
    var hosts = [text[...]]
    if text.first == "[", let end = text.firstIndex(of: "]") {
      hosts.append(text[text.index(after: text.startIndex)..<end])
    }
    if let colon = text.lastIndex(of: ":") { hosts.append(text[..<colon]) }
    return hosts
  }

  private static func bare(_ address: SocketAddress) -> SocketAddress {
    SocketAddress(family: address.family, high: address.high, low: address.low)
  }
}
