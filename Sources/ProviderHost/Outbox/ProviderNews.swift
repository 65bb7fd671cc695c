// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
package import TimeTypes

/// What changed among a provider's sources, as the engine's side drains it.
package enum ProviderNews: Sendable {
  case sourceAdded(SourceSummary)
  case sourceChanged(SourceSummary)
  case sourceRemoved(SourceID)
}

/// The part of a source's info that the engine needs: no text.
package struct SourceSummary: Sendable, BitwiseCopyable, Equatable {
  package var id: SourceID
  /// TOMPION_SOURCE_*.
  package var flags: UInt32
  package var reach: UInt8
  package var stratum: UInt8
  /// log2 seconds.
  package var poll: Int8
  package var minimumPoll: Int8
  package var maximumPoll: Int8

  init(id: SourceID, _ info: tompion_source_info_t) {
    self.id = id
    flags = info.flags
    reach = info.reach
    stratum = info.stratum
    poll = info.poll
    minimumPoll = info.min_poll
    maximumPoll = info.max_poll
  }

  package func has(_ flag: UInt32) -> Bool { flags & flag != 0 }
}

/// Everything known of a source, for people.
package struct ProviderSource: Sendable, Equatable {
  package var summary: SourceSummary
  package var name: String
  package var address: String
  package var lastError: String
  package var lastReply: RawInstant?
  package var referenceID: ReferenceID
  package var polls: UInt32
  package var replies: UInt32
  package var rejected: UInt32
  package var unanswered: UInt32
  package var leap: LeapIndicator
  /// TOMPION_PROOF_*: what it has to prove itself by.
  package var proofScheme: UInt8
  /// TOMPION_REFUSE_* or TOMPION_SOURCE_PROOF_* of the last reply that proved nothing; 0 = none.
  package var proofRefusal: UInt8
  /// Of the last proven reply; 0 = not known.
  package var proofKey: UInt32

  package var id: SourceID { summary.id }

  init(id: SourceID, _ info: tompion_source_info_t) {
    summary = SourceSummary(id: id, info)
    name = CText.string(of: info.name)
    address = CText.string(of: info.address)
    lastError = CText.string(of: info.last_error)
    lastReply = info.last_reply_raw_ns == 0 ? nil : RawInstant(nanoseconds: info.last_reply_raw_ns)
    referenceID = ReferenceID(rawValue: info.reference_id)
    polls = info.polls
    replies = info.replies
    rejected = info.rejected
    unanswered = info.unanswered
    leap = LeapIndicator(rawValue: info.leap) ?? .unsynchronized
    let bytes = info.reserved
    proofScheme = bytes.0
    proofRefusal = bytes.1
    proofKey = UInt32(bytes.2) | UInt32(bytes.3) << 8 | UInt32(bytes.4) << 16 | UInt32(bytes.5) << 24
  }
}
