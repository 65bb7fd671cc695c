// SPDX-License-Identifier: Apache-2.0

/// What selection made of a source, with the reason, as a value. The words are those of Report and the control protocol; texts are there.
package enum SourceState: Sendable, BitwiseCopyable, Equatable {
  /// It cannot take part at all.
  case unselectable(UnselectableReason)
  /// It disagrees with the majority: its correctness interval misses the intersection.
  case falseticker
  /// A truechimer by its root distance, but it moves against the majority's time by more than its own uncertainty.
  case outlier
  /// A survivor: a truechimer whose samples are in the joint estimate.
  case combined
  /// The system source: the survivor that gives stratum, reference id and leap.
  case selected
  /// It is good, but there is no majority, too few sources agree, or a required one is missing.
  case waiting(WaitingReason)
}

/// Why a source takes no part in selection.
package enum UnselectableReason: Sendable, BitwiseCopyable, Equatable {
  case noSamples
  /// Nothing came from it in its last eight polls.
  case unreachable
  case noselect
  /// It says itself that it is not synchronized (leap 3 or stratum 16).
  case unsynchronized
  /// Its root distance is over the limit (MAXDIST); so it is until its second sample.
  case distant
  /// Its time is beyond max_pos/neg_phase_correction.
  case tooBig
  /// Its timescale cannot be turned into UTC yet.
  case timescale
  /// It marks seconds, and nobody says which: the source that it is locked to is not there, too uncertain, or against it.
  case unnumbered
  /// It smears leap seconds, and there are others that do not: the two are never mixed.
  case smears
  /// It proves nothing, and `auth_select` asks for that.
  case unauthenticated
  /// It stands in for real time at best (orphan mode), and either somebody tells real time or another one leads.
  case orphan
  /// The host's own clock, which is served where nobody can be followed, and never followed itself.
  case standby
}

/// Why good sources are not followed.
package enum WaitingReason: Sendable, BitwiseCopyable, Equatable {
  case noMajority
  case tooFewSources
  case requiredSourceMissing
}
