// SPDX-License-Identifier: Apache-2.0

import Addresses
import KeyFiles
import LinuxKernel
import Settings

/// What is wrong with the keys: files that cannot be used, keys that are in none or may not be used with their source, and a server that
/// answers nobody for want of them.
extension AuthenticationCheck {
  /// Key files in their order, then the sources' keys.
  var keys: [Diagnostic] {
    let provider = configuration.provider(of: "symmetric")
    let values = provider?.values ?? []
    let allowed = Set(
      KeyAlgorithm.allCases.filter { algorithm in
        values.contains { $0.path == "allow_\(algorithm.name)" && $0.value == .boolean(true) }
      })
    let now = RealtimeClock.now().seconds
    var warnings: [Diagnostic] = []
    // Without their secrets. The first of a number is the one that is used, unless its algorithm keeps it out.
    var known: [UInt32: SymmetricKey] = [:]
    var placeOf: [UInt32: String] = [:]
    var isWhole = true
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
        for key in read.keys {
          let bare = SymmetricKey(
            id: key.id, algorithm: key.algorithm, secret: [], addresses: key.addresses, expiry: key.expiry,
            line: key.line)
          guard !key.algorithm.isDeprecated || allowed.contains(key.algorithm) else {
            known[key.id] = known[key.id] ?? bare
            continue
          }
          let here = "\(file.path):\(key.line)"
          if let first = placeOf[key.id] {
            warn(
              "key \(key.id) is in \(first) and in \(here): that of \(first) is used, the other never",
              "give one of them another number")
          } else {
            (placeOf[key.id], known[key.id]) = (here, bare)
          }
        }
      } catch {
        isWhole = false
        warn(
          "it cannot be used: \(SecretFile.complaint(file.path, isPublic: false, error))",
          "see Docs/keys.md; or is this user not tompiond's?")
      }
    }
    let usable = known.values.filter { KeyObstacle($0, peer: nil, now: now, allowed: allowed) == nil }
    if isWhole, let warning = answersNobody(usable, offersKeys: provider?.enabled == true) { warnings.append(warning) }
    // Where nobody offers keys, it is said already.
    guard let provider, provider.enabled else { return warnings }
    if configuration.keyFiles.isEmpty, !sources.contains(where: { $0.method.hasPrefix("key:") }) {
      warnings.append(
        Diagnostic(
          file: configuration.file, line: provider.line, column: provider.column, key: "\(provider.key).key_files",
          problem: "no key file is named, so that it has no keys",
          advice: "write key_files = [\"/etc/tompion.keys\"], or leave the provider out"))
    }
    for source in sources where source.method.hasPrefix("key:") {
      guard let id = UInt32(source.method.dropFirst(4)), let auth = source.auth else { continue }
      let problem: String
      var advice = "the source will give no time"
      if let key = known[id] {
        guard let obstacle = KeyObstacle(key, peer: NumericAddress(source.host), now: now, allowed: allowed) else {
          continue
        }
        problem = "key \(id) \(obstacle.finding)"
        advice += "; " + obstacle.advice.prefix(1).lowercased() + obstacle.advice.dropFirst().dropLast()
      } else if configuration.keyFiles.isEmpty {
        problem = "no key file is named"
        advice = "write key_files = [\"/etc/tompion.keys\"] into [provider.ntp-symmetric]"
      } else if isWhole {
        problem = "there is no key \(id) in \(configuration.keyFiles.map(\.path).joined(separator: ", "))"
      } else {
        continue
      }
      warnings.append(
        Diagnostic(
          file: configuration.file, line: auth.line, column: auth.column, key: auth.key, value: auth.written,
          problem: problem, advice: advice))
    }
    return warnings
  }

  /// The server answers signed requests alone and no key is there, or unsigned ones of registered addresses and no key registers any.
  private func answersNobody(_ keys: [SymmetricKey], offersKeys: Bool) -> Diagnostic? {
    guard let server = configuration.providers.first(where: { $0.isModule("tompion-ntp-server") && $0.enabled }),
      let unsigned = server.values.first(where: {
        $0.path == "unsigned" && [.string("registered"), .string("none")].contains($0.value)
      })
    else { return nil }
    let schemes = server.values.filter { $0.path == "authenticate" || $0.path.hasPrefix("authenticate[") }.map(\.value)
    let knowsKeys = schemes.contains(.string("symmetric"))
    // Another scheme may know addresses, and sign, in a way of its own.
    guard schemes.allSatisfy({ ["symmetric", "ms-sntp", "nts"].map(SettingValue.Value.string).contains($0) }) else {
      return nil
    }
    let problem: String
    var advice: String
    if unsigned.value == .string("none") {
      guard schemes.allSatisfy({ $0 == .string("symmetric") }), !knowsKeys || (offersKeys && keys.isEmpty) else {
        return nil
      }
      problem =
        (knowsKeys ? "there is no key that may be used" : "authenticate names no scheme") + ": nobody is answered"
      advice =
        knowsKeys
        ? "name files with keys in [provider.ntp-symmetric] key_files (Docs/keys.md)"
        : "write authenticate = [\"symmetric\"] and key files (Docs/keys.md)"
      advice += ", or unsigned = \"all\""
    } else {
      guard !knowsKeys || (offersKeys && keys.allSatisfy(\.addresses.isEmpty)) else { return nil }
      problem =
        (knowsKeys ? "no key has addresses" : "symmetric keys register addresses, and authenticate has none of them")
        + ": nobody is registered, and every unsigned request is dropped"
      advice =
        (knowsKeys ? "write" : "write authenticate = [\"symmetric\"] and")
        + " addresses beside the keys (Docs/keys.md), or unsigned = \"none\""
    }
    return Diagnostic(
      file: configuration.file, line: unsigned.line, column: unsigned.column, key: unsigned.key,
      value: unsigned.written,
      problem: problem, advice: advice)
  }
}
