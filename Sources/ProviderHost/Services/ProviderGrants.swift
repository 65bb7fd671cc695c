// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import LinuxKernel

/// What the host opens for a provider: what its configuration names, and for one that comes with the daemon also its own published defaults.
/// Everything else is refused, whatever the provider asks for. One in each instance, for what its tables open (device-io, stream), and one in the host of a child, which is not
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

  private let isOwn: Bool
  /// TOMPION_SOURCE_* that bend the selection and are for the operator to give.
  let sourceFlags: UInt32
  /// How many sources it may have at a time.
  let sourceLimit: Int
  /// How many of them may be chosen: a stranger has one opinion, or one for each `[[source]]` that its operator wrote.
  let voteLimit: Int
  /// The operator wrote noselect = true: none of its sources is ever chosen.
  private let isOnlyWatched: Bool

  /// `isOwn`: it comes with the daemon, and its defaults were looked at with it.
  init(settings: [ProviderSetting], schema: [ProviderSchemaEntry], isOwn: Bool = false) {
    var texts: [String] = isOwn ? schema.map(\.defaultText).filter { !$0.isEmpty } : []
    var numbers: Set<Int64> = []
    var flags: UInt32 = 0
    var places: Set<Substring> = []
    for setting in settings {
      let key = setting.path.split(separator: ".").last ?? ""
      switch setting.value {
      case .string(let text): texts.append(text)
      // shm = 2 names the memory that device-io calls "shm:2"; feed_shm, what is written.
      case .integer(let value) where key == "shm" || key == "feed_shm": texts.append("shm:\(value)")
      case .integer(let value): if setting.path == "port" || key == "listen_port" { numbers.insert(value) }
      case .boolean(true): flags |= Self.flag(named: key)
      case .real, .boolean: break
      }
      if setting.path.hasPrefix("source["), let end = setting.path.firstIndex(of: "]") {
        places.insert(setting.path[..<end])
      }
    }
    self.isOwn = isOwn
    sourceFlags = flags
    isOnlyWatched = settings.contains { $0.value == .boolean(true) && $0.path == "noselect" }
    voteLimit = isOwn ? .max : max(1, places.count)
    sourceLimit = max(Self.usualSources, places.count * Self.usualSources)
    self.texts = texts
    // Without the resolver's threads and files: numeric ones alone.
    literals = Set(
      texts.flatMap { Self.hosts(in: $0) }.compactMap { host in
        (try? NameResolution.resolve(String(host), profile: .minimal))?.first.map(Self.bare)
      })
    self.numbers = numbers
  }

  /// Sources without a table of their own, and for each table.
  static let usualSources = 8

  /// That it proves itself is what a stranger only says.
  private static let proving = TOMPION_SOURCE_AUTHENTICATED | TOMPION_SOURCE_MUST_AUTHENTICATE

  private static func flag(named key: Substring) -> UInt32 {
    switch key {
    case "prefer": UInt32(TOMPION_SOURCE_PREFER)
    case "trust": UInt32(TOMPION_SOURCE_TRUST)
    case "require": UInt32(TOMPION_SOURCE_REQUIRE)
    case "reliable": UInt32(TOMPION_SOURCE_RELIABLE)
    case "authenticated": UInt32(proving)
    default: 0
    }
  }

  /// The source as it may be: without what its operator did not write.
  func granted(_ info: tompion_source_info_t, votes: Bool = true) -> tompion_source_info_t {
    var info = info
    if isOnlyWatched || !votes { info.flags |= UInt32(TOMPION_SOURCE_NOSELECT) }
    let bending = UInt32(
      TOMPION_SOURCE_PREFER | TOMPION_SOURCE_TRUST | TOMPION_SOURCE_REQUIRE | TOMPION_SOURCE_RELIABLE)
    info.flags &= ~(bending & ~sourceFlags)
    // Who leads where nobody tells real time, and what is served then, is no stranger's to say.
    if !isOwn {
      let standing =
        TOMPION_SOURCE_LOCAL | TOMPION_SOURCE_ORPHAN | TOMPION_SOURCE_SENIOR | TOMPION_SOURCE_MANUAL
      info.flags &= ~UInt32(standing)
    }
    if !isOwn, sourceFlags & UInt32(Self.proving) == 0 {
      info.flags &= ~UInt32(Self.proving)
      info.reserved = (0, 0, 0, 0, 0, 0)
    }
    return info
  }

  /// A socket to one peer, if its address is one of a granted name and the local port is the system's choice or granted, too; a socket
  /// for many if its port is granted.
  func permit(_ options: UDPSocketOptions) -> Bool {
    if let peer = options.peer {
      guard options.local.port == 0 || permitsPort(options.local.port) else { return false }
      return found.contains(Self.bare(peer))
    }
    // A port that others share gives its owner a part of their clients: ours alone do.
    return permitsPort(options.local.port) && (isOwn || !options.sharePort)
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
