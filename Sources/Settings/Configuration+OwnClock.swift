// SPDX-License-Identifier: Apache-2.0

/// The own clock as what is served: the provider "local", and `clock.local_stratum`, which is the same without conditions.
extension Configuration {
  private var local: ProviderConfiguration? { providers.first { $0.name == "local" && $0.enabled } }

  func ownClockErrors(_ stratum: TOMLMember?) -> [Diagnostic] {
    guard clock.localStratum > 0, local != nil, let stratum else { return [] }
    return [
      Diagnostic(
        file: file, line: stratum.node.place.line, column: stratum.node.place.column, key: "clock.local_stratum",
        value: stratum.node.written, problem: "the provider \"local\" says when the own clock is served, and as what",
        advice: "leave it out, or leave [provider.local] out")
    ]
  }

  mutating func warnOfOwnClock() {
    guard let local else { return }
    func warn(_ problem: String, _ advice: String, at value: SettingValue? = nil) {
      warnings.append(
        Diagnostic(
          file: file, line: value?.line ?? local.line, column: value?.column ?? local.column,
          key: value?.key ?? "provider.local", value: value?.written ?? "", problem: problem, advice: advice))
    }
    if !providers.contains(where: { $0.name == "ntp-server" && $0.enabled }) {
      warn("nobody is served by this host, so that nobody sees its own clock", "add [provider.ntp-server] with listen")
    }
    let orphan = local.values.first { $0.path == "orphan" && $0.value == .boolean(true) }
    if let orphan, !providers.flatMap(\.values).contains(where: \.isSourceAddress) {
      warn("there is no other host to elect from", "add a [[source]] for each of the others", at: orphan)
    }
  }
}
