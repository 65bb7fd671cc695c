// SPDX-License-Identifier: Apache-2.0

import TimeTypes

/// What the adapter keeps of a source's association with an authenticator (authenticate/1).
struct AuthenticationState {
  /// Its number, 0 = none is open.
  var association: UInt32 = 0
  /// Keys are there.
  var isReady = false
  /// When opening it is tried again; nil = not.
  var retry: RawInstant?
  /// How often that failed in a row.
  private var failures: UInt8 = 0
  /// People were told that there are no keys.
  var isMissed = false
  /// Replies that somebody else still looks at; the oldest makes room.
  private var waiting = InlineArray<4, WaitingReply?>(repeating: nil)
  private var waitingCount: UInt32 = 0

  /// The first pause after it could not be opened; doubles up to an hour.
  static let firstPause = TimeInterval.seconds(16)
  static let longestPause = TimeInterval.seconds(3600)

  init() {}

  /// It could not be opened, or is gone.
  mutating func failed(now: RawInstant) {
    association = 0
    isReady = false
    let pause = TimeInterval(nanoseconds: Self.firstPause.nanoseconds &<< Int64(min(failures, 16)))
    if failures < .max { failures &+= 1 }
    retry = now + min(pause, Self.longestPause)
  }

  mutating func opened(_ number: UInt32, isReady: Bool) {
    association = number
    self.isReady = isReady
    retry = nil
    failures = 0
  }

  /// The token of a request's protection is its serial number; that of a reply's is above all of those.
  static func serial(of token: UInt64) -> UInt32? { UInt32(exactly: token) }

  /// Remembers a reply while it is looked at; the token that names it.
  mutating func nextToken() -> UInt64 {
    waitingCount &+= 1
    return 1 << 32 | UInt64(waitingCount)
  }

  mutating func wait(_ reply: WaitingReply) { waiting[Int(reply.token & 3)] = reply }

  mutating func take(_ token: UInt64) -> WaitingReply? {
    let place = Int(token & 3)
    guard let reply = waiting[place], reply.token == token else { return nil }
    waiting[place] = nil
    return reply
  }
}

/// Where and when a reply came whose proof is still looked at.
struct WaitingReply {
  var token: UInt64
  var socket: UInt32
  var arrival: Stamp
}
