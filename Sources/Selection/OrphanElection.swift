// SPDX-License-Identifier: Apache-2.0

/// Who leads where nobody tells real time: orphan mode, by the rule of chrony (chrony.conf(5), `local` with `orphan`) and ntpd (ntp.conf(5),
/// `tos orphan`), so that either can be among the peers.
///
/// Hosts that share an orphan stratum poll each other. What is at that stratum stands in for real time itself; what is beyond follows
/// somebody who does. The host whose address has the least reference id leads. Followed is only what is at the orphan stratum and comes before
/// this host; who follows is one stratum on and so followed by none of the others: a loop has no second link.
///
/// Whoever was ever seen at the orphan stratum or beyond is a *member*. Members agreed among themselves on a time that is nobody's: when real
/// time comes to them they are below the orphan stratum before they are right, and are no witnesses beside it.
package struct OrphanElection: Sendable, BitwiseCopyable, Equatable {
  /// 1…15: the stratum at which orphans serve.
  package let stratum: UInt8
  /// Somebody tells real time: no orphan is followed.
  package private(set) var hasReal = false
  /// One of them is no member.
  private var hasIndependent = false
  /// Of the members that tell real time, heard from somebody else.
  private var leastMember: UInt8 = .max
  /// The caller's index of the senior orphan with the least reference id; nil = this host comes first.
  package private(set) var leader: Int?
  private var least: UInt32 = .max

  @_noAllocation @_noLocks
  package init(stratum: UInt8) { self.stratum = stratum }

  /// Whether a source that tells this stratum is a member from now on.
  @_noAllocation @_noLocks
  package func makesMember(_ told: UInt8) -> Bool { told >= stratum && told <= 15 }

  /// Whether a source of that stratum can tell real time.
  @_noAllocation @_noLocks
  package func isReal(_ candidate: Candidate) -> Bool { candidate.stratum < stratum }

  /// - Parameters:
  ///   - referenceID: of whoever follows it: its address, in 32 bits.
  ///   - isSenior: that id is less than the one of the address that this host asks it from.
  ///   - isMember: it was at the orphan stratum or beyond.
  @_noAllocation @_noLocks
  package mutating func take(_ candidate: Candidate, referenceID: UInt32, isSenior: Bool, isMember: Bool) {
    if isReal(candidate) {
      hasReal = true
      if !isMember {
        hasIndependent = true
      } else if candidate.stratum < leastMember {
        leastMember = candidate.stratum
      }
    } else if candidate.stratum == stratum && isSenior && (leader == nil || referenceID < least) {
      leader = candidate.index
      least = referenceID
    }
  }

  /// Whether a candidate may take part in selection, now that all were taken. `isReady`: this host itself may stand in, and so be led.
  @_noAllocation @_noLocks
  package func admits(_ candidate: Candidate, isMember: Bool, isReady: Bool) -> Bool {
    if !isReal(candidate) { return !hasReal && isReady && candidate.index == leader }
    return !isMember || (!hasIndependent && candidate.stratum == leastMember)
  }
}
