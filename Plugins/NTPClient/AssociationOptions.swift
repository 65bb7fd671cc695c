// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

/// What an operator said of a source, as its associations need it.
package struct AssociationOptions: Hashable, Sendable, BitwiseCopyable {
  /// The NTP version of requests: 4, or 3 for servers that know no other.
  package var version: UInt8 = 4
  /// A start-up round while the server is unreachable: the first replies come quickly, all of them say the frequency.
  package var iburst = true
  /// A burst at each poll of 32 s or longer.
  package var burst = false
  /// Bounds of the poll interval, log2 seconds.
  package var minimumPoll: Int8 = 6
  package var maximumPoll: Int8 = 10
  /// Its time is taken although it calls itself unsynchronized.
  package var reliable = false
  /// Asks for the interleaved mode (RFC 9769) where the server knows it.
  package var interleaved = false
  /// How replies have to prove themselves.
  package var authentication = SourceAuthentication.none
  /// A longer round trip is refused.
  package var maximumDelay: TimeInterval = .seconds(3)
  /// The pause after a server refused service; doubles with each further time, at most `AssociationLimits.doublings` times.
  package var firstRetry: TimeInterval = .seconds(900)

  package init() {}

  /// The nearest interval to `poll` inside the bounds.
  package func clamped(_ poll: Int8) -> Int8 { min(max(poll, minimumPoll), maximumPoll) }
}

/// The figures that are not settings.
package enum AssociationLimits {
  /// Consecutive polls without any reply after which another address is asked, or looked for ([MS-SNTP] note 8).
  package static let misses: UInt32 = 8
  /// Misses after which the poll interval is shortened, to reach the next address sooner ([MS-SNTP] note 8).
  package static let missesBeforeHaste: UInt32 = 3
  /// Misses after which the poll interval doubles for the first time where there is no other address; it does so again with the eighth
  /// and each one after that, up to the longest. No request comes before chrony's of the same number, which doubles every four.
  package static let missesBeforePatience: UInt32 = 5
  /// A server that was silent for so long gets a start-up round again when it answers.
  package static let longSilence: TimeInterval = .seconds(3600)
  /// The pause doubles at most this often: 15 min to 16 h.
  package static let doublings: UInt8 = 6
  /// Replies wanted from a start-up round, fewer where polls are close. On purpose as many as the estimator keeps to go through
  /// again with what they taught of the path (Filtering, `goThroughAgain`): the round fills that memory, no more and no less.
  package static let startUp: UInt8 = 16
  /// Replies wanted from a burst (BCOUNT of RFC 5905).
  package static let burst: UInt8 = 8
  /// Requests beyond those that a burst or a start-up round may cost when some are lost.
  package static let burstRetries: UInt8 = 4
  /// Requests of the first start-up round, or of a burst, before its first reply: a dead server gets no more.
  package static let burstAttempts: UInt8 = 3
  /// Least time between two requests, less where polls are closer: RFC 5905's minimum headway, which is BTIME too; log2 s.
  package static let headway: Int8 = 1
  /// Bursts at each poll are for intervals of at least this, log2 s.
  package static let burstPoll: Int8 = 5
  /// How long a reply waits for the TX stamp of its request before the user's stamp does.
  package static let hold: TimeInterval = .milliseconds(2)
  /// How long a look-up may take.
  package static let lookup: TimeInterval = .seconds(60)
  /// The first pause after a failed look-up; doubles up to the association's `firstRetry`.
  package static let lookupRetry: TimeInterval = .seconds(2)
  /// The longest pause while requests cannot leave this host.
  package static let longestNetworkPause: TimeInterval = .seconds(64)
  /// Good replies after which a server's wish for a slower rate is forgotten by one step.
  package static let forgiveness: UInt8 = 8
  /// Addresses used of one answer of the resolver.
  package static let candidates = 4
  /// MAXDISP of RFC 5905: a root distance of that or more is no time at all.
  package static let rootDistance: TimeInterval = .seconds(16)
  /// A server that has not heard from its own for longer is not believed (NTP.MAXAGE of RFC 1305).
  package static let age: TimeInterval = .seconds(86_400)
  /// PHI of RFC 5905: what an undisciplined clock may drift, ratio.
  package static let drift = 15e-6
}
