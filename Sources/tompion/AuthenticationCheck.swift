// SPDX-License-Identifier: Apache-2.0

import Settings

/// What a configuration leaves to be believed: sources that prove nothing, schemes that nobody offers, key files that cannot be used, keys
/// that are in none.
///
/// Warned of are sources that somebody chose by name or address. The members of a pool are strangers, with whom no key can be shared, and
/// what comes from loopback has been nowhere.
struct AuthenticationCheck {
  let configuration: Configuration
  let sources: [Source]

  struct Source {
    var address: SettingValue
    var host: String
    var auth: SettingValue?
    var isPool = false

    var method: String {
      if let auth, case .string(let text) = auth.value { return text }
      return "none"
    }
  }

  init(_ configuration: Configuration) {
    self.configuration = configuration
    let client = configuration.providers.first { $0.name == Configuration.defaultSourceProvider }
    var found: [String: Source] = [:]
    var order: [String] = []
    for value in client?.values ?? [] where value.path.hasPrefix("source[") && value.path.hasSuffix("].address") {
      guard case .string(let text) = value.value else { continue }
      let element = String(value.path.dropLast(".address".utf8.count))
      found[element] = Source(address: value, host: text)
      order.append(element)
    }
    for value in client?.values ?? [] {
      guard let dot = value.path.lastIndex(of: ".") else { continue }
      let element = String(value.path[..<dot])
      switch value.path[dot...] {
      case ".auth": found[element]?.auth = value
      case ".pool": found[element]?.isPool = value.value == .boolean(true)
      default: break
      }
    }
    sources = order.compactMap { found[$0] }
  }

  var warnings: [Diagnostic] { neverSynchronized + unproved + configuration.schemeWarnings + keys }

  /// One warning for all of them; none where the operator has said that it makes no difference.
  private var unproved: [Diagnostic] {
    guard configuration.clock.authSelect != .ignore else { return [] }
    let bare = sources.filter {
      $0.method == "none" && !$0.isPool && !ServerPlace(host: $0.host, port: 123).isLoopback
    }
    guard let first = bare.first else { return [] }
    let names =
      bare.prefix(8).map(\.host).joined(separator: ", ") + (bare.count > 8 ? " and \(bare.count - 8) more" : "")
    return [
      Diagnostic(
        file: configuration.file, line: first.address.line, column: first.address.column, key: "source",
        problem:
          "\(names) \(bare.count == 1 ? "proves" : "prove") nothing of what they say: anybody on the way can forge it",
        advice: "write auth = \"key:N\"\(offersMicrosoft ? " or auth = \"ms-sntp\"" : "") (Docs/keys.md)")
    ]
  }

  private var offersMicrosoft: Bool { configuration.provider(of: "ms-sntp")?.enabled == true }

  /// Only proven sources may be followed, and none is to prove itself. Reference clocks need not.
  private var neverSynchronized: [Diagnostic] {
    let others = configuration.providers.contains {
      $0.enabled && !$0.sourcePlaces.isEmpty && $0.name != Configuration.defaultSourceProvider
    }
    guard configuration.clock.authSelect == .require, !others, let first = sources.first,
      sources.allSatisfy({ $0.method == "none" })
    else { return [] }
    return [
      Diagnostic(
        file: configuration.file, line: first.address.line, column: first.address.column, key: "clock.auth_select",
        value: "\"require\"",
        problem: "no source has auth, so none may ever be followed: the clock will never be synchronized",
        advice:
          "give sources auth = \"key:N\"\(offersMicrosoft ? " or \"ms-sntp\"" : ""), or write auth_select = \"mix\"")
    ]
  }
}
