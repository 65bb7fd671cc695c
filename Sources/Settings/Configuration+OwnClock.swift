// SPDX-License-Identifier: Apache-2.0

import TimeTypes

/// The own clock as what is served: the provider "local". `clock.local_stratum` is a short word for it.
extension Configuration {
  private var local: ProviderConfiguration? { providers.first { $0.isModule("tompion-local") && $0.enabled } }

  /// `local_stratum = N` in [clock] is [provider.local] with that stratum, which waits for nothing and tells `local_dispersion` at most.
  mutating func readOwnClock(_ root: inout TableReader) {
    guard clock.localStratum > 0, let (stratum, dispersion) = Self.ownClockMembers(root.members) else { return }
    if let other = providers.first(where: { $0.isModule("tompion-local") }) {
      return root.refuse(
        stratum.node, key: "clock.local_stratum",
        "[provider.local] in line \(other.line) says whether the own clock is served, and as what",
        "leave it out, and write stratum = \(clock.localStratum) there")
    }
    func value(_ path: String, _ value: SettingValue.Value, at member: TOMLMember?) -> SettingValue {
      SettingValue(
        path: path, key: "clock.\(member?.key ?? "local_\(path)")", value: value, line: member?.node.place.line ?? 0,
        column: member?.node.place.column ?? 0)
    }
    var provider = ProviderConfiguration(name: "local")
    (provider.line, provider.column) = (stratum.node.place.line, stratum.node.place.column)
    provider.values = [
      value("stratum", .integer(Int64(clock.localStratum)), at: stratum),
      value("wait", .real(0), at: stratum),
      value("dispersion", .real(clock.localDispersion.inSeconds), at: dispersion),
    ]
    providers.append(provider)
  }

  private static func ownClockMembers(_ members: [TOMLMember]) -> (stratum: TOMLMember, dispersion: TOMLMember?)? {
    guard let clock = members.first(where: { $0.key == "clock" }), case .table(let inner) = clock.node.content,
      let stratum = inner.first(where: { $0.key == "local_stratum" })
    else { return nil }
    return (stratum, inner.first { $0.key == "local_dispersion" })
  }

  mutating func warnOfOwnClock() {
    guard let local else { return }
    let word = local.values.first { $0.key == "clock.local_stratum" }
    func warn(_ problem: String, _ advice: String, at found: SettingValue? = nil) {
      let value = found ?? word
      warnings.append(
        Diagnostic(
          file: file, line: value?.line ?? local.line, column: value?.column ?? local.column,
          key: value?.key ?? "provider.local", value: value?.written ?? "", problem: problem, advice: advice))
    }
    if !providers.contains(where: { $0.isModule("tompion-ntp-server") && $0.enabled }) {
      warn("nobody is served by this host, so that nobody sees its own clock", "add [provider.ntp-server] with listen")
    }
    let orphan = local.values.first { $0.path == "orphan" && $0.value == .boolean(true) }
    if let orphan, !providers.flatMap(\.values).contains(where: \.isSourceAddress) {
      warn("there is no other host to elect from", "add a [[source]] for each of the others", at: orphan)
    }
  }
}
