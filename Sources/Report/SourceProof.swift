// SPDX-License-Identifier: Apache-2.0

/// What a source has to prove itself by, what it proved last, and why a reply did not. No secret: key numbers only.
package struct SourceProof: Sendable, Equatable {
  package enum Scheme: String, Sendable, CaseIterable {
    /// It proves nothing, and need not.
    case none
    /// Symmetric keys (RFC 5905, section 7.3; RFC 8573).
    case symmetric
    case msSNTP = "ms-sntp"
    case nts
    /// A scheme of a provider's own.
    case other
  }

  package var scheme = Scheme.none
  /// Its last valid reply was authenticated, and no poll since then brought only others.
  package var isProven = false
  /// The key of the last authenticated reply; nil = none, or its scheme has no numbers.
  package var key: UInt32?
  /// Why the last reply that proved nothing did not; empty = there was none.
  package var refusal = ""

  package init() {}

  /// In a table: "-", "key 7", "ms-sntp, key 1103", "symmetric: not proven", "symmetric: wrong code".
  package var text: String {
    guard scheme != .none || isProven else { return "-" }
    guard isProven else { return "\(scheme.rawValue): \(refusal.isEmpty ? "not proven" : refusal)" }
    let number = key.map { "key \($0)" }
    return scheme == .symmetric
      ? number ?? scheme.rawValue : [scheme.rawValue, number].compactMap { $0 }.joined(separator: ", ")
  }
}
