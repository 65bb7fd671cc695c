// SPDX-License-Identifier: Apache-2.0

package import Addresses
package import ProviderKit
package import TimeTypes

/// The settings of the provider, read once and checked.
package struct MSSNTPSettings: Hashable, Sendable {
  /// Where this host's own key comes from; the path itself is the host's to open.
  package enum KeySource: String, Hashable, Sendable, CaseIterable {
    case keytab
    case secretsDatabase = "secrets_tdb"
    case hashFile = "hash_file"
  }

  /// The setting of each file that is named.
  package var files: [KeySource: Setting] = [:]
  package var account = ""
  package var rid: UInt32 = 0
  package var workgroup = ""
  package var domain = ""
  package var forest = ""
  package var trusted: [String] = []
  package var form = FormChoice.Setting.automatic
  /// Whether clients of this host's NTP server get signatures at all.
  package var signs = false
  /// Samba's socket; "" = none.
  package var socket = ""
  package var timeout = TimeInterval.milliseconds(500)
  package var refusesShortForm = false
  package var limits = ServingLimits()

  package static let timeouts = 0.01...5.0

  package init() {}

  /// Where the own key is read: a keytab first, then Samba's secrets, then the file of hashes.
  package var ownKeySource: KeySource? { KeySource.allCases.first { files[$0] != nil } }

  package var places: Forest { Forest(domain: domain, forest: forest, trusted: trusted) }

  package init(_ settings: [Setting], refusals: inout [SettingComplaint]) {
    for setting in settings {
      if let right = read(setting) { refusals.append(SettingComplaint(setting: setting, whatWouldBeRight: right)) }
    }
    for source in KeySource.allCases where source != .hashFile && rid == 0 {
      guard let setting = files[source] else { continue }
      refusals.append(
        SettingComplaint(
          setting: setting,
          whatWouldBeRight:
            "together with rid = N, the relative id of this host's account, which that file does not hold: the last number of "
            + "its SID, as `wbinfo -n 'HOST$'` shows it"))
    }
  }

  /// Takes one setting; what would be right, if it is wrong. Keys of the host's own are passed over.
  private mutating func read(_ setting: Setting) -> String? {
    let name = setting.parts.name
    switch name {
    case "keytab", "secrets_tdb", "hash_file":
      guard let source = KeySource(rawValue: name), let path = setting.string, path.hasPrefix("/") else {
        return "the whole path of a file (\"/etc/krb5.keytab\")"
      }
      files[source] = setting
    case "account":
      guard let text = setting.string, KeyHolder.isAccountName(text.hasSuffix("$") ? text : text + "$") else {
        return "the name of a machine or trust account (\"HOST$\")"
      }
      account = text.hasSuffix("$") ? text : text + "$"
    case "rid":
      guard let number = setting.integer, let value = UInt32(exactly: number), value > 0 else {
        return "a relative id from 1 to \(UInt32.max), the last number of the account's SID"
      }
      rid = value
    case "workgroup":
      guard let text = setting.string, (1...15).contains(text.utf8.count) else {
        return "the short (NetBIOS) name of a domain (\"EXAMPLE\")"
      }
      workgroup = text
    case "domain", "forest", "trusted":
      guard let text = setting.string, Self.isDomain(text) else {
        return "the DNS name of a domain (\"ad.example.net\")"
      }
      switch name {
      case "domain": domain = text
      case "forest": forest = text
      default: trusted.append(text)
      }
    case "form":
      guard let choice = setting.string.flatMap(FormChoice.Setting.init) else { return "\"auto\", \"68\" or \"120\"" }
      form = choice
    case "sign":
      guard let flag = setting.boolean else { return "true or false" }
      signs = flag
    case "refuse_68":
      guard let flag = setting.boolean else { return "true or false" }
      refusesShortForm = flag
    case "signd_socket":
      guard let path = setting.string, path.hasPrefix("/") else {
        return "the whole path of Samba's socket (\"/var/lib/samba/ntp_signd/socket\")"
      }
      socket = path
    case "signd_timeout":
      guard let seconds = setting.real, Self.timeouts.contains(seconds) else {
        return "seconds from \(Self.timeouts.lowerBound) to \(Self.timeouts.upperBound)"
      }
      timeout = TimeInterval(seconds: seconds)
    default: return limits.read(name, setting)
    }
    return nil
  }

  /// Names and, in `trusted`, addresses: visible and without what belongs into neither.
  private static func isDomain(_ text: String) -> Bool {
    (1...253).contains(text.utf8.count)
      && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "*") }
  }
}

extension ServingLimits {
  fileprivate mutating func read(_ key: String, _ setting: Setting) -> String? {
    switch key {
    case "client_rate", "rid_rate":
      guard let value = setting.real, Self.rates.contains(value) else {
        return "signed replies a second, \(Self.rates.lowerBound) to \(Self.rates.upperBound)"
      }
      if key == "client_rate" { clientRate = value } else { ridRate = value }
    case "client_burst", "rid_burst":
      guard let value = setting.integer, Self.bursts.contains(value) else {
        return "a number of replies from \(Self.bursts.lowerBound) to \(Self.bursts.upperBound)"
      }
      if key == "client_burst" { clientBurst = value } else { ridBurst = value }
    case "distinct_rids":
      guard let value = setting.integer, Self.distinct.contains(value) else {
        return "a number of accounts from \(Self.distinct.lowerBound) to \(Self.distinct.upperBound)"
      }
      distinctRIDs = Int(value)
    case "limit_clients":
      guard let value = setting.integer, (Int64(Self.tables.lowerBound)...Int64(Self.tables.upperBound)).contains(value)
      else { return "a number of clients from \(Self.tables.lowerBound) to \(Self.tables.upperBound)" }
      clients = Int(value)
    default: break
    }
    return nil
  }
}
