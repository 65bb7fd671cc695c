// SPDX-License-Identifier: Apache-2.0

/// What a test found: what was done and what came of it, what would be right, and where that is written.
struct Finding {
  enum Outcome: String {
    case pass
    case fail
    /// It could not be tried here; the text says why.
    case skip
  }

  var outcome: Outcome
  var text: String
  var right = ""
  var read = ""

  static func pass(_ text: String) -> Finding { Finding(outcome: .pass, text: text) }
  static func skip(_ text: String) -> Finding { Finding(outcome: .skip, text: text) }
  static func fail(_ text: String, right: String, read: Reference) -> Finding {
    Finding(outcome: .fail, text: text, right: right, read: read.rawValue)
  }

  /// Where the contract says so.
  enum Reference: String {
    case steps = "Docs/abi.md, \"A provider in ten lines\""
    case versioning = "Docs/abi.md, \"Versioning\""
    case roles = "Docs/abi.md, \"Roles, states, ownership\""
    case misbehaviour = "Docs/abi.md, \"Misbehaviour\""
    case capabilities = "Docs/abi.md, \"Capabilities\""
    case check = "Docs/provider-check.md"
  }

  /// As one line of fields, from the child that found it to its parent.
  var line: String {
    [outcome.rawValue, text, right, read].map(Self.field).joined(separator: "\t") + "\n"
  }

  /// A line of `line`'s making; nil = it is something else.
  init?(line: Substring) {
    let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    guard fields.count == 4, let outcome = Outcome(rawValue: fields[0]) else { return nil }
    self.init(outcome: outcome, text: fields[1], right: fields[2], read: fields[3])
  }

  private init(outcome: Outcome, text: String, right: String = "", read: String = "") {
    (self.outcome, self.text, self.right, self.read) = (outcome, text, right, read)
  }

  private static func field(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars.prefix(1500) { out.unicodeScalars.append(scalar.value < 0x20 ? " " : scalar) }
    return out
  }

  /// Several providers of one module: the first that failed tells; skipped only if all were.
  static func joined(_ findings: [(provider: String, finding: Finding)]) -> Finding {
    if var failed = findings.first(where: { $0.finding.outcome == .fail }) {
      failed.finding.text = "\(failed.provider): \(failed.finding.text)"
      return failed.finding
    }
    let text = findings.map(\.finding.text).joined(separator: "; ")
    return findings.allSatisfy { $0.finding.outcome == .skip } ? .skip(text) : .pass(text)
  }
}
