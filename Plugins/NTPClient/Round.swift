// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

/// One poll: one request, a burst of them, or the start-up round.
///
/// The gaps of a start-up round grow, so that its first replies say the time and all of them the frequency: over sixteen replies in
/// 156 s a line's slope is fourteen times as sure as over eight in 14 s (Docs/algorithm.md, section 6).
package struct Round: Hashable, Sendable, BitwiseCopyable {
  package enum Kind: UInt8, Sendable, BitwiseCopyable {
    case single
    /// So many replies two seconds apart, at a poll of an interval that is long.
    case burst
    /// The first replies of a server that has not answered for an hour, or never.
    case startUp
  }

  package let kind: Kind
  package private(set) var wanted: UInt8
  /// Requests before the first reply.
  private let attempts: UInt8
  package var sent: UInt8 = 0
  package private(set) var received: UInt8 = 0
  /// Requests sent when the last reply came.
  private var sentAtReply: UInt8 = 0
  /// The server gave a sign of life, or asked for patience: no reason to give the server up.
  package var isExcused = false
  /// Nothing more is sent in this round: the server asked for that.
  package var isCancelled = false

  private init(kind: Kind, wanted: UInt8, attempts: UInt8 = 1) {
    self.kind = kind
    self.wanted = wanted
    self.attempts = attempts
  }

  /// No round: nothing is wanted.
  package static var none: Round { Round(kind: .single, wanted: 0) }
  package static var single: Round { Round(kind: .single, wanted: 1) }
  package static var burst: Round {
    Round(kind: .burst, wanted: AssociationLimits.burst, attempts: AssociationLimits.burstAttempts)
  }

  /// - Parameters:
  ///   - poll: the poll interval that replies bring, log2 s.
  ///   - attempts: requests before the first reply; 1 = a probe, which only a reply makes a round of.
  package static func startUp(poll: Int8, attempts: UInt8) -> Round {
    Round(kind: .startUp, wanted: startUpReplies(poll: poll), attempts: attempts)
  }

  /// More than one reply is wanted.
  package var isBurst: Bool { kind != .single }

  /// Whether another request belongs to it.
  package var goesOn: Bool {
    guard !isCancelled, received < wanted else { return false }
    guard isBurst else { return sent == 0 }
    guard received > 0 else { return sent < attempts }
    // A server that dies in the middle is asked no oftener than losses may cost.
    return sent < wanted &+ AssociationLimits.burstRetries && sent &- sentAtReply <= AssociationLimits.burstRetries
  }

  mutating func replied() {
    received &+= 1
    sentAtReply = sent
  }

  /// Time from one request to the next. A lost reply leaves the gap as it is: only a reply makes the next one longer.
  ///
  /// - Parameter poll: the poll interval in force, log2 s; no gap is longer.
  package func gap(poll: Int8) -> TimeInterval {
    let exponent =
      switch kind {
      case .single: poll
      case .burst: min(AssociationLimits.headway, poll)
      case .startUp: received == 0 && attempts == 1 ? poll : min(Self.startUpGap(after: received), poll)
      }
    return .seconds(1 << Int64(exponent))
  }

  /// The poll interval has changed while the round goes on. A longer one may want more replies; a shorter one brings the rest sooner,
  /// but never takes any away.
  mutating func pollChanged(to poll: Int8) {
    guard kind == .startUp else { return }
    wanted = max(wanted, Self.startUpReplies(poll: poll))
  }

  /// 2, 2, 2, 2, 4, 4, 4, 8 … s after the 1st, 2nd, 3rd … reply; log2 s.
  private static func startUpGap(after replies: UInt8) -> Int8 {
    max(AssociationLimits.headway, Int8((replies &+ 1) / 3))
  }

  /// As many as come before a gap reaches the poll interval, which then goes on by itself: three for each power of two, save one. An
  /// interval that is no longer than the headway is every gap itself.
  private static func startUpReplies(poll: Int8) -> UInt8 {
    guard poll > AssociationLimits.headway else { return AssociationLimits.startUp }
    return min(AssociationLimits.startUp, 3 * UInt8(poll) - 1)
  }
}
