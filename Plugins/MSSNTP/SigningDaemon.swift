// SPDX-License-Identifier: Apache-2.0

package import ProviderKit
package import TimeTypes

/// Samba's ntp_signd behind its Unix socket: one connection that stays, many replies under way, matched by packet id.
///
/// Driven by its provider on the owner's thread: `sign` in a call of the NTP server's, the rest by what the host tells of streams and
/// timers. Decisions are not told where they are made but kept for `nextDecision`, because whoever hears of one may ask for the next
/// signature at once.
package final class SigningDaemon {
  package enum Outcome {
    /// The packet of 68 bytes as it came back, its header and key id compared with what was asked.
    case signed(InlineArray<68, UInt8>)
    case refused(Reason)
  }

  package enum Reason: String, Hashable, Sendable, CaseIterable {
    case unknownAccount = "the account is unknown to Samba, or not one that it signs for"
    case closesConnection = "Samba ends the connection when asked for this account, as it does for a person's"
    case timedOut = "Samba did not answer in time"
    case otherPacket = "Samba's answer is about another packet"
    case unreachable = "ntp_signd cannot be reached"
    case full = "too many replies wait to be signed"
  }

  enum State: Equatable {
    case idle
    case opening(UInt32)
    case open(UInt32)
  }

  let host: Host
  let path: String
  let timer: UInt16
  let timeout: TimeInterval
  var state = State.idle
  var queue = SigningQueue()
  var answers = SigningAnswers()
  var banned = BannedRIDs()
  var decisions: [(reply: PendingReply, outcome: Outcome)] = []
  var decided = 0
  /// What of a frame the stream did not take yet.
  var frame = InlineArray<68, UInt8>(repeating: 0)
  var unsent = 0
  var isBlocked = false
  /// Connecting again: not before, and after how long at the next failure.
  var retryAt = RawInstant(nanoseconds: .min)
  var pause = firstPause
  /// Requests in a row that nothing was heard of, and connections in a row.
  var silent = 0
  var fruitless = 0
  /// When Samba answered last: one that answers nobody is not right about anybody.
  var answeredAt: RawInstant?
  var armed = RawInstant(nanoseconds: .max)

  static let firstPause = TimeInterval.milliseconds(250)
  static let longestPause = TimeInterval.seconds(60)
  /// So many unanswered ones in a row, and the connection is made anew.
  static let silenceLimit = 4
  /// So many connections in a row that end without an answer, and the next one waits.
  static let fruitlessLimit = 4
  /// An account that ends the connection is banned if others were answered within that time.
  static let trustedFor = TimeInterval.seconds(30)

  /// How often each outcome was, for people.
  package internal(set) var signedCount: UInt64 = 0
  package private(set) var refusedCounts: [Reason: UInt64] = [:]
  package internal(set) var connections: UInt64 = 0

  package init(host: Host, path: String, timer: UInt16, timeout: TimeInterval) {
    self.host = host
    self.path = path
    self.timer = timer
    self.timeout = timeout
    decisions.reserveCapacity(2 * SigningQueue.capacity)
    for reason in Reason.allCases { refusedCounts[reason] = 0 }
  }

  package var isConnected: Bool { if case .open = state { true } else { false } }

  // MARK: the caller's side

  /// Has a reply signed; nil = it is under way, and `nextDecision` will have it. [capture]
  package func sign(_ reply: PendingReply, now: RawInstant) -> Reason? {
    if banned.contains(reply.selection.rid, now: now) { return refuse(.closesConnection) }
    if state == .idle {
      guard now >= retryAt, connect(now) else { return refuse(.unreachable) }
    }
    var reply = reply
    reply.deadline = now + timeout
    guard queue.add(reply) else { return refuse(.full) }
    send()
    rearm()
    return nil
  }

  func refuse(_ reason: Reason) -> Reason {
    refusedCounts[reason, default: 0] &+= 1
    return reason
  }

  /// The oldest decision that was not taken yet. [capture]
  package func nextDecision() -> (reply: PendingReply, outcome: Outcome)? {
    guard decided < decisions.count else {
      decisions.removeAll(keepingCapacity: true)
      decided = 0
      return nil
    }
    decided += 1
    return decisions[decided - 1]
  }

  /// Connects before the first reply has to wait for it. [control]
  package func start(now: RawInstant) { if state == .idle { _ = connect(now) } }

  /// Nobody is told any more. [control]
  package func stop() {
    switch state {
    case .idle: break
    case .opening(let stream), .open(let stream): host.streams.close(stream, abort: true)
    }
    state = .idle
    resetStream()
    queue = SigningQueue()
    decisions.removeAll(keepingCapacity: true)
    decided = 0
    host.timers.disarm(timer)
    armed = RawInstant(nanoseconds: .max)
    retryAt = RawInstant(nanoseconds: .min)
    pause = Self.firstPause
  }

  /// The caller's association is closed. [control or capture]
  package func forget(_ association: UInt32) { queue.forget(association) }

  // MARK: time

  /// The timer of this number expired. [capture]
  package func expired(now: RawInstant) {
    armed = RawInstant(nanoseconds: .max)
    let before = decisions.count
    queue.expire(now) { decide($0, .timedOut) }
    silent += decisions.count - before
    if silent >= Self.silenceLimit {
      switch state {
      case .open(let stream), .opening(let stream):
        host.streams.close(stream, abort: true)
        state = .idle
        resetStream()
        backOff(now)
        giveUp()
      case .idle: break
      }
    }
    send()
    rearm()
  }

  func rearm() {
    guard let deadline = queue.deadline else { return }
    guard deadline < armed else { return }
    armed = deadline
    host.timers.arm(timer, at: deadline)
  }
}
