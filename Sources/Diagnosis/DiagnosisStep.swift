// SPDX-License-Identifier: Apache-2.0

/// One thing that was looked at, and what came of it.
package struct DiagnosisStep: Equatable, Sendable {
  package enum Outcome: String, Sendable {
    case ok, failed, skipped
  }

  /// In the order in which they are taken; NIST's own order of troubleshooting is from the interface to the signed query.
  package enum Name: String, Sendable, CaseIterable {
    case daemon, privilege, rivals, listening, configuration
    case keyFile = "key-file"
    case interface
    case publicServers = "public-servers"
    case name
    case port
    case plainQuery = "plain-query"
    case signedQuery = "signed-query"
    case referenceClock = "reference-clock"

    package var title: String {
      switch self {
      case .daemon: "tompiond"
      case .privilege: "privilege"
      case .rivals: "other daemons"
      case .listening: "server's port"
      case .configuration: "configuration"
      case .keyFile: "key file"
      case .interface: "interface"
      case .publicServers: "public servers"
      case .name: "name"
      case .port: "port"
      case .plainQuery: "plain query"
      case .signedQuery: "signed query"
      case .referenceClock: "reference clock"
      }
    }
  }

  package var name: Name
  /// The source, server or place that it was about; "" = this host.
  package var subject: String
  package var outcome: Outcome
  /// What was found, in a few words.
  package var finding: String
  /// The faults' names, for programs: "port-refused".
  package var faults: [String]
  /// The usual cause and what to do; "" = nothing to say.
  package var cause: String

  package init(
    _ name: Name, _ subject: String = "", _ outcome: Outcome, _ finding: String, faults: [String] = [],
    cause: String = ""
  ) {
    self.name = name
    self.subject = subject
    self.outcome = outcome
    self.finding = finding
    self.faults = faults
    self.cause = cause
  }

  package init(_ name: Name, _ subject: String, _ faults: [Fault], _ finding: String) {
    self.init(
      name, subject, faults.isEmpty ? .ok : .failed,
      faults.isEmpty ? finding : faults.map(\.finding).joined(separator: "; "), faults: faults.map(\.name),
      cause: faults.map(\.cause).joined(separator: "\n"))
  }
}
