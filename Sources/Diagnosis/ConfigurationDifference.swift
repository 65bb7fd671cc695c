// SPDX-License-Identifier: Apache-2.0

package import Report

/// A configuration file beside the daemon that runs.
package struct ConfigurationDifference: Sendable {
  /// The file as messages name it.
  package var file: String
  /// Errors of the file, each in one line; not empty = nothing else of it is known.
  package var errors: [String] = []
  package var warnings: [String] = []
  /// Names or addresses of the sources of the NTP client, lower case, and the enabled providers.
  package var sources: Set<String> = []
  package var providers: Set<String> = []
  /// Seconds since 1970: when the file was last written, and when the daemon started; nil = not known.
  package var written: Int64?
  package var started: Int64?

  package init(file: String) { self.file = file }

  /// `running`: what the daemon says; nil = it cannot be asked.
  package func step(running: (sources: [SourceReport], providers: [ProviderReport])?) -> DiagnosisStep {
    guard errors.isEmpty else {
      let more = errors.count > 1 ? " (and \(errors.count - 1) more; see tompion config check)" : ""
      return DiagnosisStep(
        .configuration, file, .failed, errors[0] + more, faults: ["configuration-wrong"],
        cause: "tompiond does not start with this file, or runs with an older one.")
    }
    guard let running else {
      return DiagnosisStep(.configuration, file, .ok, "right\(remarks); not compared, for tompiond cannot be asked")
    }
    var differences: [String] = []
    let present = running.sources.filter { $0.provider == "ntp-client" }
    let names = Set(present.flatMap { [$0.name.lowercased(), Self.host($0.address)] })
    let absent = sources.filter { !names.contains($0) }.sorted()
    if !absent.isEmpty { differences.append("\(absent.joined(separator: ", ")) of the file is no source of tompiond") }
    let strange = present.filter { !sources.contains($0.name.lowercased()) && !sources.contains(Self.host($0.address)) }
      .map(\.name).sorted()
    if !strange.isEmpty {
      differences.append("tompiond has the source \(strange.joined(separator: ", ")), the file has not")
    }
    let loaded = Set(running.providers.filter { $0.state != .disabled }.map(\.name))
    let missing = providers.subtracting(loaded).sorted()
    if !missing.isEmpty { differences.append("the provider \(missing.joined(separator: ", ")) does not run") }
    let extra = loaded.subtracting(providers).sorted()
    if !extra.isEmpty {
      differences.append("the provider \(extra.joined(separator: ", ")) runs, and is not in the file")
    }
    if let written, let started, written > started { differences.append("the file was changed after tompiond started") }
    guard differences.isEmpty else {
      return DiagnosisStep(
        .configuration, file, .failed, differences.joined(separator: "; "), faults: ["configuration-differs"],
        cause: "tompiond reads it at its start: tompion config check, then systemctl restart tompiond.")
    }
    return DiagnosisStep(.configuration, file, .ok, "right\(remarks), and what runs")
  }

  private var remarks: String {
    warnings.isEmpty
      ? "" : ", with \(warnings.count == 1 ? "a warning" : "\(warnings.count) warnings") (tompion config check)"
  }

  /// "192.0.2.1" of "192.0.2.1:123", "2001:db8::1" of "[2001:db8::1]:123".
  private static func host(_ address: String) -> String {
    if address.hasPrefix("["), let end = address.firstIndex(of: "]") { return String(address[..<end].dropFirst()) }
    return address.lastIndex(of: ":").map { String(address[..<$0]) } ?? address
  }
}
