// SPDX-License-Identifier: Apache-2.0

package import Report

/// A configuration file beside the daemon that runs.
package struct ConfigurationDifference: Sendable {
  /// The file as messages name it.
  package var file: String
  /// Errors of the file, each in one line; not empty = nothing else of it is known.
  package var errors: [String] = []
  package var warnings: [String] = []
  package var sources: [Source] = []
  /// Those that are enabled.
  package var providers: Set<String> = []
  /// As the file has it; "" = not known.
  package var authSelect = ""
  /// Of the control socket; nil = it has none, "" = not known.
  package var socket: String? = ""
  /// Seconds since 1970: when the file was last written, and when the daemon started; nil = not known.
  package var written: Int64?
  package var started: Int64?

  package init(file: String) { self.file = file }

  /// A source of the NTP client as the file has it.
  package struct Source: Hashable, Sendable {
    /// Name or address, lower case.
    package var name: String
    package var port: UInt16
    /// "none", "key:7", "ms-sntp", "nts".
    package var auth: String

    package init(name: String, port: UInt16 = 123, auth: String = "none") {
      self.name = name.lowercased()
      self.port = port
      self.auth = auth
    }
  }

  /// What the daemon says.
  package struct Running: Sendable {
    package var sources: [SourceReport]
    package var providers: [ProviderReport]
    /// "" = not known.
    package var authSelect: String
    /// Where it was asked; "" = not known.
    package var socket: String

    package init(sources: [SourceReport], providers: [ProviderReport], authSelect: String = "", socket: String = "") {
      self.sources = sources
      self.providers = providers
      self.authSelect = authSelect
      self.socket = socket
    }
  }

  /// `running`: nil = it cannot be asked.
  package func step(running: Running?) -> DiagnosisStep {
    guard errors.isEmpty else {
      let more = errors.count > 1 ? " (and \(errors.count - 1) more; see tompion config check)" : ""
      return DiagnosisStep(
        .configuration, file, .failed, errors[0] + more, faults: ["configuration-wrong"],
        cause: "tompiond does not start with this file, or runs with an older one.")
    }
    guard let running else {
      return DiagnosisStep(.configuration, file, .ok, "right\(remarks); not compared, for tompiond cannot be asked")
    }
    var differences = sourceDifferences(running.sources.filter { $0.provider == "ntp-client" })
    if !authSelect.isEmpty, !running.authSelect.isEmpty, authSelect != running.authSelect {
      differences.append("tompiond has auth_select = \"\(running.authSelect)\", the file \"\(authSelect)\"")
    }
    if !running.socket.isEmpty, case let other = socket ?? "none", !other.isEmpty, other != running.socket {
      differences.append("tompiond is asked at \(running.socket), the file says control.socket = \"\(other)\"")
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

  private func sourceDifferences(_ present: [SourceReport]) -> [String] {
    var differences: [String] = []
    var absent: Set<String> = []
    for source in sources {
      let named = present.filter { $0.name.lowercased() == source.name || Self.host($0.address) == source.name }
      // The server may have been moved to another port by its key exchange.
      let found = source.auth == "nts" ? named : named.filter { (Self.port($0.address) ?? source.port) == source.port }
      if named.isEmpty {
        absent.insert(source.name)
      } else if let one = found.first {
        if let proof = Self.otherProof(one.proof, than: source.auth) {
          differences.append("of \(source.name) tompiond wants \(proof), the file says auth = \"\(source.auth)\"")
        }
      } else if let port = named.compactMap({ Self.port($0.address) }).first {
        differences.append("tompiond asks \(source.name) at port \(port), the file says \(source.port)")
      }
    }
    if !absent.isEmpty {
      differences.insert("\(absent.sorted().joined(separator: ", ")) of the file is no source of tompiond", at: 0)
    }
    let names = Set(sources.map(\.name))
    let strange = present.filter { !names.contains($0.name.lowercased()) && !names.contains(Self.host($0.address)) }
      .map(\.name).sorted()
    if !strange.isEmpty {
      differences.append("tompiond has the source \(strange.joined(separator: ", ")), the file has not")
    }
    return differences
  }

  /// What the daemon wants proved, where that is not what the file says. Which key it uses is known of the last proven reply alone.
  private static func otherProof(_ proof: SourceProof, than auth: String) -> String? {
    let isKey = auth.hasPrefix("key:")
    switch proof.scheme {
    case .other: return nil
    case .none: return auth == "none" ? nil : "no proof"
    case .symmetric where isKey:
      guard let key = proof.key, UInt32(auth.dropFirst(4)) != key else { return nil }
      return "key \(key)"
    case .symmetric: return proof.key.map { "key \($0)" } ?? "a symmetric key"
    case .msSNTP, .nts: return proof.scheme.rawValue == auth ? nil : proof.scheme.rawValue
    }
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

  private static func port(_ address: String) -> UInt16? {
    address.lastIndex(of: ":").flatMap { UInt16(address[address.index(after: $0)...]) }
  }
}
