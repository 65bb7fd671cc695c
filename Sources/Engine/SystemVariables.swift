// SPDX-License-Identifier: Apache-2.0

import TimeTypes

/// What is published of the system source, kept through holdover (the system variables of RFC 5905, section 11.1).
struct SystemVariables: BitwiseCopyable {
  var source: SourceID?
  /// It is an operator's word, by which nothing is synchronized.
  var isManual = false
  var stratum: UInt8 = 16
  var referenceID = ReferenceID.none
  /// Seconds, round trip to the primary reference.
  var rootDelay = 0.0
  /// Seconds, when the estimate was made.
  var rootDispersion = 0.0
  var pollInterval = 1.0

  @_noAllocation @_noLocks
  init() {}
}
