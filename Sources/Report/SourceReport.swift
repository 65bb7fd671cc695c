// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

/// What `tompion sources` says of one source. Offset = reference − local: positive means that the local clock is behind.
package struct SourceReport: Sendable, Equatable {
  package var id: SourceID
  /// As configured: "ntp.example.net".
  package var name: String
  /// As used now: "192.0.2.1:123"; empty = none yet.
  package var address = ""
  /// The provider that brings it.
  package var provider = ""
  package var state = SourceState.waiting
  /// Why it is in that state, in a few words; may be empty.
  package var reason = ""
  /// The reach register of RFC 5905: one bit for each of the last eight polls.
  package var reach: UInt8 = 0
  /// Poll interval, log2 s.
  package var poll: Int8 = 6
  /// 0 = not known.
  package var stratum: UInt8 = 0
  package var leap = LeapIndicator.unsynchronized
  package var referenceID = ReferenceID.none
  /// The filter's estimate; nil = no valid sample yet.
  package var offset: TimeInterval?
  package var delay: TimeInterval?
  package var dispersion: TimeInterval?
  package var jitter: TimeInterval?
  package var rootDistance: TimeInterval?
  /// Time since the last valid reply; nil = none ever.
  package var lastReplyAge: TimeInterval?
  package var polls: UInt64 = 0
  package var replies: UInt64 = 0
  package var rejected: UInt64 = 0
  /// The last polls in a row without a valid reply.
  package var unanswered: UInt64 = 0
  /// Samples that reached the engine, and those that the sanity gate refused.
  package var samples: UInt64 = 0
  package var tooBig: UInt64 = 0
  /// One line from the provider: "kiss code RATE", "no route to host"; empty = none.
  package var lastError = ""
  package var prefer = false
  package var noselect = false
  package var trust = false
  package var require = false
  package var reliable = false
  package var proof = SourceProof()
  package var poolMember = false
  package var referenceClock = false
  /// An operator's time, entered now and then: nothing is polled.
  package var manual = false
  /// The host's own clock, which is served where nobody can be followed; never followed.
  package var ownClock = false
  /// Where the stamps of its last sample were taken on this host: "hardware", "kernel" or "user", or "kernel/hardware" where that of the
  /// reply (before the slash) and that of the request differ; nil = no sample yet.
  package var stampKind: String?
  /// Its server tells when its replies really left (RFC 9769).
  package var interleaved = false

  package init(id: SourceID, name: String) {
    self.id = id
    self.name = name
  }

  /// Its answers prove themselves, and there are answers: what it proved before eight silent polls says nothing of whoever is there now.
  package var isProven: Bool { proof.isProven && isHeard }

  /// Something valid came from it of late, or it was not asked yet.
  package var isHeard: Bool { state != .unreachable && state != .unresolved && (reach != 0 || polls == 0) }

  /// In a table: as the proof's text, and in the past where nothing is heard of it.
  package var proofText: String { proof.isProven && !isHeard ? "was \(proof.text)" : proof.text }
}
