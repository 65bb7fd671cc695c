// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import ProviderKit
import TimeTypes

/// One association with what the adapter keeps beside it: its name towards host and people.
struct AssociationSlot {
  /// Names the slot in look-ups and TX stamps; never used again.
  let key: UInt32
  let settings: SourceSettings
  /// Which of a pool's associations it is.
  let member: Int
  var association: Association
  /// The host's name of the source, 0 = none yet.
  var source: UInt32 = 0
  /// Valid replies before the source got its name.
  var earlierReplies: UInt32 = 0
  /// The address is new and has not answered yet: no other member of the pool is replaced meanwhile.
  var isOnTrial = false
  /// The deadline that the host's timer is armed for.
  var armed: RawInstant?
  var info = SourceInfo()
  var authentication = AuthenticationState()
  /// Refusals when the last error was written.
  var rejectedBefore: UInt32 = 0

  init(key: UInt32, settings: SourceSettings, member: Int) {
    self.key = key
    self.settings = settings
    self.member = member
    association = Association(options: settings.association, port: settings.port)
    info.name = settings.address
    info.fields.flags = Self.flags(of: settings)
    info.fields.min_poll = settings.association.minimumPoll
    info.fields.max_poll = settings.association.maximumPoll
    refreshInfo()
  }

  private static func flags(of settings: SourceSettings) -> UInt32 {
    var flags: UInt32 = 0
    if settings.prefer { flags |= TOMPION_SOURCE_PREFER }
    if settings.noselect { flags |= TOMPION_SOURCE_NOSELECT }
    if settings.trust { flags |= TOMPION_SOURCE_TRUST }
    if settings.require { flags |= TOMPION_SOURCE_REQUIRE }
    if settings.association.reliable { flags |= TOMPION_SOURCE_RELIABLE }
    if settings.smears { flags |= TOMPION_SOURCE_SMEARS }
    if settings.association.authentication.isWanted { flags |= TOMPION_SOURCE_MUST_AUTHENTICATE }
    if settings.isPool { flags |= TOMPION_SOURCE_POOL_MEMBER }
    return flags
  }

  /// The socket of the open request, 0 = none.
  var socket: UInt32 { association.state.request?.socket ?? 0 }

  /// The TX token of a request: which slot, and which request of it.
  func token(serial: UInt32) -> UInt64 { UInt64(key) << 32 | UInt64(serial) }

  /// What it proved last, and why something did not.
  private mutating func refreshProof() {
    let wanted = settings.association.authentication
    guard wanted.isWanted else { return }
    var proof = SourceProof(scheme: wanted.schemeCode)
    info.fields.flags &= ~TOMPION_SOURCE_AUTHENTICATED
    if case .proven(let key) = association.state.server.proof {
      proof.key = key
      if !association.state.isUnproven { info.fields.flags |= TOMPION_SOURCE_AUTHENTICATED }
    }
    if let refusal = association.counters.lastUnproven { proof.refusal = refusal.proofCode }
    if !authentication.isReady { proof.refusal = Rejection.authenticationUnavailable.proofCode }
    info.proof = proof
  }

  /// Brings what people see up to date; allocates nothing.
  mutating func refreshInfo() {
    let state = association.state
    let counters = association.counters
    info.fields.last_reply_raw_ns = state.lastReply?.nanoseconds ?? 0
    info.fields.reference_id = state.server.referenceID.rawValue
    info.fields.polls = counters.polls
    info.fields.replies = counters.replies
    info.fields.rejected = counters.rejected
    info.fields.unanswered = state.unanswered
    info.fields.reach = state.reach
    info.fields.stratum = state.server.stratum
    info.fields.leap = state.server.leap.rawValue
    if state.server.isSenior {
      info.fields.flags |= TOMPION_SOURCE_SENIOR
    } else {
      info.fields.flags &= ~TOMPION_SOURCE_SENIOR
    }
    if state.interleaving.isInUse {
      info.fields.flags |= TOMPION_SOURCE_INTERLEAVED
    } else {
      info.fields.flags &= ~TOMPION_SOURCE_INTERLEAVED
    }
    info.fields.poll = association.poll
    refreshProof()
    if counters.rejected != rejectedBefore {
      rejectedBefore = counters.rejected
      info.lastError = counters.lastRejection?.text ?? ""
    }
  }
}
