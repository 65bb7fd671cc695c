// SPDX-License-Identifier: Apache-2.0

package import Report

/// What tompiond says of a source that has to prove itself: a key that signs here may be none to the daemon.
package enum DaemonsWord {
  /// A finding of the signed step; nil = the source need not prove itself, or there is nothing to add. `isAsked`: this program asked with
  /// the key itself. `told`: the source's steps so far; a fault of theirs that keeps any proof away is not counted a second time.
  package static func step(_ name: String, _ running: SourceReport, isAsked: Bool, told: [DiagnosisStep] = [])
    -> DiagnosisStep?
  {
    let proof = running.proof
    guard proof.scheme != .none else { return nil }
    let error = running.lastError
    if running.isProven {
      if isAsked, error.isEmpty { return nil }
      return DiagnosisStep(
        .signedQuery, name, .ok,
        "tompiond has its answers proved (\(proof.text))\(error.isEmpty ? "" : "; its last error: \(error)")")
    }
    if running.polls == 0, error.isEmpty, proof.refusal.isEmpty {
      return DiagnosisStep(.signedQuery, name, .skipped, "tompiond has not asked it yet")
    }
    // The refusal is in the proof's own text.
    let finding =
      (proof.isProven ? "tompiond hears nothing of it now" : "tompiond has no proof of its answers")
      + " (\(running.proofText))\(error.isEmpty ? "" : "; its last error: \(error)")"
    // A source that is never asked is so whether or not it would answer.
    let explaining = error.hasPrefix("nothing is sent") ? [.signedQuery] : explaining
    if told.contains(where: { $0.outcome == .failed && explaining.contains($0.name) }) {
      return DiagnosisStep(.signedQuery, name, .skipped, finding)
    }
    return DiagnosisStep(
      .signedQuery, name, .failed, finding, faults: [proof.isProven ? "unreachable" : "not-authenticated"],
      cause: cause(proof, error))
  }

  /// Steps without which there is no proof either.
  private static let explaining: [DiagnosisStep.Name] = [.name, .port, .signedQuery]

  /// The daemon's own words say why, where it has any.
  private static func cause(_ proof: SourceProof, _ error: String) -> String {
    guard !proof.isProven else { return "It answers this program and not tompiond: tompion events tells since when." }
    guard error.isEmpty else { return "tompiond says why: \(error)." }
    return proof.refusal.isEmpty
      ? "tompiond does not say why: tompion events, tompion providers." : "Its replies are refused: \(proof.refusal)."
  }
}
