// SPDX-License-Identifier: Apache-2.0

package import Addresses
package import ProviderKit
package import TimeTypes

/// The server's settings, read once and checked; texts become values here and nowhere later.
package struct ServerSettings: Hashable, Sendable {
  /// Whom a rule is about, before interfaces and local networks are looked up.
  package enum Subject: Hashable, Sendable {
    case prefix(AccessList.Prefix)
    case localNetworks
    case interface(String)
    case all
  }

  package struct Rule: Hashable, Sendable {
    package var subject: Subject
    package var allows: Bool
  }

  /// Empty = nothing was configured: every address, port 123.
  package var listen: [ListenPlace] = []
  package var rules: [Rule] = []
  package var serveIPv4ByDefault = false
  package var serveIPv6ByDefault = false
  /// Interleaved mode (RFC 9769) for clients that ask for it, and how many replies are remembered for it.
  package var interleaved = true
  package var interleavedReplies = 4096
  /// Threads that receive and answer, each with sockets of its own at every address.
  package var workers: UInt32 = 1
  package var rate = RatePolicy()
  /// A request that waited longer for us is not answered: its client has given up.
  package var staleAfter = TimeInterval.seconds(1)

  /// How clients may prove their requests: the schemes' names, in the order in which they are asked.
  package var schemes: [String] = []
  package var unsigned = UnsignedRequests.all

  package static let port: UInt16 = 123
  /// More sockets than this are a mistake.
  package static let largestListen = 32
  package static let workerRange: ClosedRange<Int64> = 1...64
  /// Seconds.
  package static let staleRange = 0.001...60.0

  package init() {}

  /// Whether a rule asks where a request came in.
  package var needsInterfaces: Bool { !interfacesOfRules.isEmpty }

  /// In the rules' order.
  var interfacesOfRules: [String] {
    rules.compactMap { if case .interface(let name) = $0.subject { name } else { nil } }
  }

  /// Reads the values that the host has for this provider; keys that are the host's own are passed over.
  package init(_ settings: [Setting], refusals: inout [SettingComplaint]) {
    var unsignedSetting: Setting?
    // As they were written, for who overlaps them.
    var listened: [String] = []
    for setting in settings {
      func refuse(_ text: String) { refusals.append(SettingComplaint(setting: setting, whatWouldBeRight: text)) }
      let name = setting.parts.name
      switch name {
      case "listen":
        guard let text = setting.string, let place = ListenPlace(text, defaultPort: Self.port) else {
          refuse(
            "an address with a port (\"192.0.2.1:123\", \"[2001:db8::1]:123\"), the same on one interface "
              + "(\"192.0.2.1:123%eth0\") or an interface (\"eth0\")")
          continue
        }
        if let other = listen.firstIndex(where: { $0.overlaps(place) }) {
          refuse("a place that does not overlap \(listened[other]): the same port of the same or of every address")
        } else if listen.count == Self.largestListen {
          refuse("at most \(Self.largestListen) addresses")
        } else {
          listen.append(place)
          listened.append("\(setting.path) (\"\(text)\")")
        }
      case "allow", "deny":
        guard let subject = setting.string.flatMap(Self.subject) else {
          refuse("an address, a prefix (\"10.0.0.0/8\"), \"local-networks\", \"interface:eth0\" or \"all\"")
          continue
        }
        rules.append(Rule(subject: subject, allows: name == "allow"))
      case "serve_ipv4_by_default", "serve_ipv6_by_default":
        guard let flag = setting.boolean else {
          refuse("true or false")
          continue
        }
        if name == "serve_ipv4_by_default" { serveIPv4ByDefault = flag } else { serveIPv6ByDefault = flag }
      case "interleaved":
        guard let flag = setting.boolean else {
          refuse("true or false")
          continue
        }
        interleaved = flag
      case "interleaved_replies":
        guard let number = setting.integer, (16...1_048_576).contains(number) else {
          refuse("a whole number from 16 to 1048576")
          continue
        }
        interleavedReplies = Int(number)
      case "workers":
        guard let count = setting.integer, Self.workerRange.contains(count) else {
          refuse("a number of threads from \(Self.workerRange.lowerBound) to \(Self.workerRange.upperBound)")
          continue
        }
        workers = UInt32(count)
      case "authenticate":
        guard let scheme = setting.string, Self.isScheme(scheme), !schemes.contains(scheme),
          schemes.count < AuthenticationSchemes.limit
        else {
          refuse(
            "the name of a scheme (\"symmetric\", \"ms-sntp\", \"nts\"), each once, at most "
              + "\(AuthenticationSchemes.limit)")
          continue
        }
        schemes.append(scheme)
      case "unsigned":
        guard let policy = setting.string.flatMap(UnsignedRequests.init(rawValue:)) else {
          refuse("\"all\", \"registered\" (whose address a scheme knows) or \"none\"")
          continue
        }
        unsigned = policy
        unsignedSetting = setting
      case "stale_after":
        guard let seconds = setting.real, Self.staleRange.contains(seconds) else {
          refuse("seconds from \(Self.staleRange.lowerBound) to \(Self.staleRange.upperBound)")
          continue
        }
        staleAfter = TimeInterval(seconds: seconds)
      default:
        if let right = rate.read(name, setting) { refuse(right) }
      }
    }
    if let unsignedSetting, unsigned != .all, schemes.isEmpty {
      refusals.append(
        SettingComplaint(
          setting: unsignedSetting,
          whatWouldBeRight: "\"all\", or schemes that can prove requests: authenticate = [\"symmetric\"]"))
    }
  }

  /// A scheme's name: up to 32 lower-case letters, digits and hyphens.
  private static func isScheme(_ text: String) -> Bool {
    (1...32).contains(text.utf8.count)
      && text.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
  }

  static func subject(_ text: String) -> Subject? {
    switch text {
    case "all": return .all
    case "local-networks": return .localNetworks
    default: break
    }
    if text.hasPrefix("interface:") {
      let name = text.dropFirst("interface:".count)
      return ListenPlace.isInterfaceName(name) ? .interface(String(name)) : nil
    }
    let halves = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = halves.first, let address = NumericAddress(first).map({ SocketAddress($0) }) else { return nil }
    var length = address.family == .ipv4 ? 32 : 128
    if halves.count == 2 {
      guard let number = DecimalText.number(halves[1], limit: length) else { return nil }
      length = number
    }
    return AccessList.Prefix(address, length: length).map(Subject.prefix)
  }
}
