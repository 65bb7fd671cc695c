// SPDX-License-Identifier: Apache-2.0

import KeyFiles
import LinuxKernel
import Settings

/// What a configuration leaves to be believed: sources that prove nothing, schemes that nobody offers, key files that cannot be used, keys
/// that are in none.
///
/// Warned of are sources that somebody chose by name or address. The members of a pool are strangers, with whom no key can be shared, and
/// what comes from loopback has been nowhere.
struct AuthenticationCheck {
  private let configuration: Configuration
  private let sources: [Source]

  private struct Source {
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

  var warnings: [Diagnostic] { neverSynchronized + unproved + configuration.schemeWarnings + missingKeys }

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

  /// Key files in their order, then keys that are in none of them.
  private var missingKeys: [Diagnostic] {
    var warnings: [Diagnostic] = []
    var known: [UInt32: KeyAlgorithm] = [:]
    var placeOf: [UInt32: String] = [:]
    var expired: Set<UInt32> = []
    var isWhole = true
    var hasRegistered = false
    let provider = configuration.provider(of: "symmetric")
    let values = provider?.values ?? []
    func allows(_ algorithm: KeyAlgorithm) -> Bool {
      !algorithm.isDeprecated
        || values.contains { $0.path == "allow_\(algorithm.name)" && $0.value == .boolean(true) }
    }
    for file in configuration.keyFiles {
      let place = values.first { $0.namesKeyFile && $0.value == .string(file.path) }
      func warn(_ problem: String, _ advice: String) {
        warnings.append(
          Diagnostic(
            file: configuration.file, line: place?.line ?? 0, column: place?.column ?? 0,
            key: place?.key ?? "key_files",
            value: place?.written ?? "", problem: problem, advice: advice))
      }
      do throws(KernelError) {
        // With the rules that tompiond has for it.
        _ = try SecretFile.open(file.path, isPublic: false)
        let read = try KeyFileAccess.read(file.path, file.format)
        let broken = read.problems.count(where: \.losesKey)
        if broken > 0 {
          warn(
            "\(broken == 1 ? "a line of it is" : "\(broken) lines of it are") wrong",
            "see tompion keys check \(file.path)")
        }
        let now = RealtimeClock.now().seconds
        for key in read.keys {
          known[key.id] = known[key.id] ?? key.algorithm
          if allows(key.algorithm) {
            let here = "\(file.path):\(key.line)"
            if let first = placeOf[key.id] {
              warn(
                "key \(key.id) is in \(first) and in \(here): that of \(first) is used, the other never",
                "give one of them another number")
            } else {
              placeOf[key.id] = here
            }
          }
          if key.isExpired(at: now) { expired.insert(key.id) }
          hasRegistered =
            hasRegistered || (!key.addresses.isEmpty && !key.isExpired(at: now) && allows(key.algorithm))
        }
      } catch {
        isWhole = false
        warn(
          "it cannot be used: \(SecretFile.complaint(file.path, isPublic: false, error))",
          "see Docs/keys.md; or is this user not tompiond's?")
      }
    }
    if let warning = nobodyRegistered(isWhole && !hasRegistered && provider?.enabled == true) {
      warnings.append(warning)
    }
    // Where nobody offers keys, it is said already.
    for source in sources where source.method.hasPrefix("key:") && provider?.enabled == true {
      guard let id = UInt32(source.method.dropFirst(4)), let auth = source.auth else { continue }
      let problem: String
      if expired.contains(id) {
        problem = "the time of key \(id) is over"
      } else if let algorithm = known[id] {
        guard !allows(algorithm) else { continue }
        problem =
          "key \(id) is of type \(algorithm.name), which is not used unless allow_\(algorithm.name) = true says so"
      } else if !isWhole {
        continue
      } else if configuration.keyFiles.isEmpty {
        problem = "no key file is named"
      } else {
        problem = "there is no key \(id) in \(configuration.keyFiles.map(\.path).joined(separator: ", "))"
      }
      warnings.append(
        Diagnostic(
          file: configuration.file, line: auth.line, column: auth.column, key: auth.key, value: auth.written,
          problem: problem,
          advice: configuration.keyFiles.isEmpty
            ? "write key_files = [\"/etc/tompion.keys\"] into [provider.ntp-symmetric]" : "the source will give no time"
        ))
    }
    return warnings
  }
  /// The server answers unsigned requests of registered addresses alone, and no key registers any.
  private func nobodyRegistered(_ noKeyHasAddresses: Bool) -> Diagnostic? {
    guard let server = configuration.providers.first(where: { $0.name == "ntp-server" && $0.enabled }),
      let unsigned = server.values.first(where: { $0.path == "unsigned" && $0.value == .string("registered") })
    else { return nil }
    let schemes = server.values.filter { $0.path == "authenticate" || $0.path.hasPrefix("authenticate[") }.map(\.value)
    let knowsKeys = schemes.contains(.string("symmetric"))
    // Another scheme may know addresses in a way of its own.
    guard schemes.allSatisfy({ ["symmetric", "ms-sntp", "nts"].map(SettingValue.Value.string).contains($0) }),
      !knowsKeys || noKeyHasAddresses
    else { return nil }
    return Diagnostic(
      file: configuration.file, line: unsigned.line, column: unsigned.column, key: unsigned.key,
      value: unsigned.written,
      problem: (knowsKeys
        ? "no key has addresses" : "symmetric keys register addresses, and authenticate has none of them")
        + ": nobody is registered, and every unsigned request is dropped",
      advice: (knowsKeys ? "write" : "write authenticate = [\"symmetric\"] and")
        + " addresses beside the keys (Docs/keys.md), or unsigned = \"none\"")
  }
}
