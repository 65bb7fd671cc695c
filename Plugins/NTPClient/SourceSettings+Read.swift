// SPDX-License-Identifier: Apache-2.0

package import ProviderKit
import TimeTypes

extension SourceSettings {
  /// Sources from what the operator wrote; or every complaint there is. Values outside `source[]` are not the client's.
  package static func read(_ settings: [Setting]) -> (sources: [SourceSettings], complaints: [SettingComplaint]) {
    var reading = settings.sources(SourceSettings()) { $0.take($1, key: $2) }
    var sources: [SourceSettings] = []
    for entry in reading.sources {
      var source = entry.draft
      let written = entry.settings
      if source.address.isEmpty, !written.contains(where: { $0.parts.key == "address" }) {
        reading.complain(entry.first, "each source needs an address: a name or a numeric one")
      }
      if source.association.minimumPoll > source.association.maximumPoll {
        reading.complain(
          written.last { $0.parts.key.hasSuffix("_poll") } ?? entry.first,
          "min_poll (\(source.association.minimumPoll)) must not be above max_poll "
            + "(\(source.association.maximumPoll))")
      }
      if source.association.authentication == .msSNTP {
        reading.complaints += source.asSigned(written)
      }
      sources.append(source)
    }
    let associations = sources.reduce(0) { $0 + $1.associations }
    if associations > maximumAssociations, let last = reading.sources.last {
      reading.complain(
        last.first,
        "at most \(maximumAssociations) servers in all, where a pool counts four; here are \(associations)")
    }
    return (sources, reading.complaints)
  }

  /// [MS-SNTP] is version 3 alone, and its replies answer requests of the basic mode.
  private mutating func asSigned(_ written: [Setting]) -> [SettingComplaint] {
    let isOther = association.version != 3 && written.contains { $0.parts.key == "version" }
    association.version = 3
    return written.compactMap { setting in
      switch setting.parts.key {
      case "version" where isOther:
        SettingComplaint(setting: setting, whatWouldBeRight: "3, or leave it out: auth = \"ms-sntp\" is NTP version 3")
      case "interleaved" where association.interleaved:
        SettingComplaint(setting: setting, whatWouldBeRight: "false: auth = \"ms-sntp\" has no interleaved mode")
      default: nil
      }
    }
  }

  /// Timers and memory are laid out for so many.
  package static let maximumAssociations = 64

  /// Takes one value; returns what would be right where it is wrong.
  private mutating func take(_ setting: Setting, key: String) -> String? {
    switch key {
    case "address":
      let text = setting.string ?? ""
      address = text
      if text.isEmpty || text.utf8.count > 253 { return "a name or a numeric address of at most 253 characters" }
      if text.utf8.contains(where: { $0 <= 32 || $0 == 127 || $0 == UInt8(ascii: "\"") }) {
        return "a name or a numeric address without blanks"
      }
      if let advice = Self.addressAlone(text) { return advice }
    case "port": return Self.take(setting, 1...65535) { port = UInt16($0) }
    case "family":
      switch setting.string {
      case "any": family = .none
      case "ipv4": family = .ipv4
      case "ipv6": family = .ipv6
      default: return "any, ipv4 or ipv6"
      }
    case "auth":
      guard let wanted = setting.string.flatMap({ SourceAuthentication($0) }) else {
        return SourceAuthentication.whatWouldBeRight
      }
      association.authentication = wanted
    case "version": return Self.take(setting, 3...4) { association.version = UInt8($0) }
    case "min_poll": return Self.take(setting, 0...17) { association.minimumPoll = Int8($0) }
    case "max_poll": return Self.take(setting, 0...17) { association.maximumPoll = Int8($0) }
    case "iburst": return Self.take(setting) { association.iburst = $0 }
    case "burst": return Self.take(setting) { association.burst = $0 }
    case "reliable": return Self.take(setting) { association.reliable = $0 }
    case "interleaved": return Self.take(setting) { association.interleaved = $0 }
    case "pool": return Self.take(setting) { isPool = $0 }
    case "prefer": return Self.take(setting) { prefer = $0 }
    case "noselect": return Self.take(setting) { noselect = $0 }
    case "trust": return Self.take(setting) { trust = $0 }
    case "require": return Self.take(setting) { require = $0 }
    case "smears": return Self.take(setting) { smears = $0 }
    case "max_delay":
      guard let seconds = setting.real, seconds >= 0.000001, seconds <= 16 else {
        return "seconds above 0 and up to 16"
      }
      association.maximumDelay = TimeInterval(seconds: seconds)
    case "retry":
      guard let seconds = setting.real, seconds >= 1, seconds <= 86_400 else { return "seconds from 1 to 86400" }
      association.firstRetry = TimeInterval(seconds: seconds)
    default: return "no such key; the keys are in Plugins/NTPClient/README.md"
    }
    return nil
  }

  /// What is written of an address where more than that is: its port, brackets, or a URL. nil = nothing more is.
  private static func addressAlone(_ text: String) -> String? {
    if text.utf8.contains(UInt8(ascii: "/")) { return "the name or address alone, without \"/\"" }
    var alone = text[...]
    var port = ""
    if text.hasPrefix("[") {
      let end = text.firstIndex(of: "]") ?? text.endIndex
      alone = text[..<end].dropFirst()
      port = String(text[end...].drop { $0 == "]" || $0 == ":" })
    } else if text.count(where: { $0 == ":" }) == 1, let colon = text.firstIndex(of: ":") {
      // No IPv6 address has one colon only, and no name has any.
      alone = text[..<colon]
      port = String(text[colon...].dropFirst())
    } else {
      return nil
    }
    return "the address alone, address = \"\(alone)\"" + (port.isEmpty ? "" : ", and port = \(port) beside it")
  }

  private static func take(_ setting: Setting, _ range: ClosedRange<Int64>, _ store: (Int64) -> Void) -> String? {
    guard let number = setting.integer, range.contains(number) else {
      return "a whole number from \(range.lowerBound) to \(range.upperBound)"
    }
    store(number)
    return nil
  }

  private static func take(_ setting: Setting, _ store: (Bool) -> Void) -> String? {
    guard let flag = setting.boolean else { return "true or false" }
    store(flag)
    return nil
  }
}
