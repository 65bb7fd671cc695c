// SPDX-License-Identifier: Apache-2.0

/// What the daemon thinks of a source now; one word and one mark. Where selection decides, the word is selection's own (the marks are those of chronyc and ntpq where they agree).
package enum SourceState: String, Sendable, CaseIterable {
  /// The system source: its numbers go into what we tell others.
  case selected
  /// A survivor whose samples are combined with the system source's.
  case combined
  /// Within its root distance of the majority but moving against it: its samples are not used.
  case outlier
  /// Disagrees with the majority.
  case falseticker
  /// Samples refused by the sanity gate: beyond max_pos_phase_correction or max_neg_phase_correction.
  case tooBig = "too-big"
  /// Its root distance is too great to be of use.
  case distant
  /// It says itself that it is not synchronized.
  case unsynchronized
  /// Configured to be watched only.
  case noselect
  /// It smears leap seconds, and others do not: the two are never mixed.
  case smears
  /// It proves nothing, and `auth_select` asks for that.
  case unauthenticated
  /// It stands in for real time at best (orphan mode), and either somebody tells real time or another one leads.
  case orphan
  /// The host's own clock, ready to be served where nobody can be followed.
  case standby
  /// Reachable, but too few samples so far.
  case waiting
  /// No valid reply to any of the last eight polls.
  case unreachable
  /// Its name has no address yet.
  case unresolved

  /// One character for tables.
  package var mark: Character {
    switch self {
    case .selected: "*"
    case .combined: "+"
    case .outlier: "-"
    case .falseticker: "x"
    case .tooBig: "!"
    case .distant: "~"
    case .unsynchronized: "u"
    case .noselect: "n"
    case .smears: "s"
    case .unauthenticated: "a"
    case .orphan: "o"
    case .standby: "l"
    case .waiting: "w"
    case .unreachable: "?"
    case .unresolved: "r"
    }
  }

  /// True where its correctness interval touches the majority's: selected, combined and, not used all the same, outlier.
  package var isTruechimer: Bool { self == .selected || self == .combined || self == .outlier }
}
