// SPDX-License-Identifier: Apache-2.0

import Addresses
import TimeTypes

/// What is right by itself, and hardly what anybody wants.
extension Configuration {
  mutating func warnOfLikelyMistakes() {
    warnOfNamesTwice()
    warnOfUnheardServer()
    warnOfPretence()
  }

  /// `lock`, events and commands go by the name.
  private mutating func warnOfNamesTwice() {
    var first: [String: SettingValue] = [:]
    for value in providers.filter(\.enabled).flatMap(\.values)
    where value.path.hasPrefix("source[") && value.path.hasSuffix("].name") {
      guard case .string(let name) = value.value else { continue }
      if let earlier = first[name] {
        warn(
          value, "it is the name of \(earlier.key) in line \(earlier.line), too", "give each source a name of its own")
      } else {
        first[name] = value
      }
    }
  }

  /// Without `allow` a server answers its own host alone, and to listen elsewhere is in vain.
  private mutating func warnOfUnheardServer() {
    for server in providers where server.isModule("tompion-ntp-server") && server.enabled {
      guard !server.values.contains(where: { $0.path == "allow" || $0.path.hasPrefix("allow[") }) else { continue }
      let outside = server.values.first { value in
        guard value.path.hasPrefix("listen["), case .string(let text) = value.value,
          let place = ListenPlace(text, defaultPort: 123)
        else { return false }
        return place.address.map { !$0.isLoopback } ?? true
      }
      guard let outside else { continue }
      warn(
        outside, "without allow this host alone is answered",
        "write allow = [\"local-networks\"], or the clients' networks")
    }
  }

  /// A stratum of 1 is a reference clock's, and others believe the smallest dispersion most.
  private mutating func warnOfPretence() {
    let advice = "write a stratum of 5 or more, or say by dispersion how far it may be wrong"
    for local in providers where local.isModule("tompion-local") && local.enabled {
      guard let stratum = local.values.first(where: { $0.path == "stratum" && $0.number == 1 }) else { continue }
      guard let told = local.values.first(where: { $0.path == "dispersion" })?.number, told < Self.honest else {
        continue
      }
      warn(
        stratum, "the own clock would pass for a reference clock that is right to \(TableReader.plain(told)) s", advice)
    }
  }

  /// Less than this is told by who knows the time, s.
  static let honest = 0.1

  private mutating func warn(_ value: SettingValue, _ problem: String, _ advice: String) {
    warnings.append(
      Diagnostic(
        file: file, line: value.line, column: value.column, key: value.key, value: value.written, problem: problem,
        advice: advice))
  }
}
