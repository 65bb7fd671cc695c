// SPDX-License-Identifier: Apache-2.0

package import Report

/// What tompiond says of a source that has to prove itself: a key that signs here may be none to the daemon.
package enum DaemonsWord {
  /// A finding of the signed step; nil = the source need not prove itself, or there is nothing to add. `isAsked`: this program asked with
  /// the key itself.
  package static func step(_ name: String, _ running: SourceReport, isAsked: Bool) -> DiagnosisStep? {
    let proof = running.proof
    guard proof.scheme != .none else { return nil }
    let error = running.lastError
    if proof.isProven {
      if isAsked, error.isEmpty { return nil }
      return DiagnosisStep(
        .signedQuery, name, .ok,
        "tompiond has its answers proved (\(proof.text))\(error.isEmpty ? "" : "; its last error: \(error)")")
    }
    if running.polls == 0, error.isEmpty, proof.refusal.isEmpty {
      return DiagnosisStep(.signedQuery, name, .skipped, "tompiond has not asked it yet")
    }
    // The refusal is in the proof's own text.
    let reason = error.isEmpty ? "" : "; its last error: \(error)"
    return DiagnosisStep(
      .signedQuery, name, .failed, "tompiond has no proof of its answers (\(proof.text))\(reason)",
      faults: ["not-authenticated"],
      cause: "The provider of the scheme or its key is missing or another one: tompion providers, tompion events.")
  }
}
