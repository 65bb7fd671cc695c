// SPDX-License-Identifier: Apache-2.0

package import NTPWire
package import ProviderKit
package import TimeTypes

/// Everything an association decides by. Plain data, comparable and hashable: a refused packet leaves it as it was, to the bit.
package struct AssociationState: Hashable, Sendable {
  package enum Phase: UInt8, Sendable {
    /// Not started.
    case stopped
    /// The name is being looked up.
    case resolving
    /// The next request is due at `deadline`.
    case waiting
    /// A request is out: its answer, or the TX stamp of it, is due by `deadline`.
    case awaiting
    /// Nothing worked: all begins anew at `deadline`.
    case resting
  }

  package var phase = Phase.stopped
  /// When `Association.handle(.deadline)` is due; nil = not.
  package var deadline: RawInstant?
  package var candidates = Candidates()
  package var request: Request?
  package var reply: Reply?
  package var round = Round.none
  /// RFC 5905: one bit a poll, the youngest rightmost.
  package var reach: UInt8 = 0
  /// The interval in force, log2 s.
  package var poll: Int8 = 6
  /// The engine's advice.
  package var advised: Int8 = 6
  /// A server asked for a slower rate: not below this.
  package var rateFloor: Int8 = 0
  /// Good replies since the rate floor last moved.
  package var goodReplies: UInt8 = 0
  /// Consecutive polls without a valid reply.
  package var unanswered: UInt32 = 0
  /// Consecutive polls without any sign of the server.
  package var silent: UInt32 = 0
  /// How often the interval was doubled because nobody answers and there is nobody else to ask.
  package var doublings: UInt8 = 0
  /// No poll of this server is over yet.
  package var isFresh = true
  /// Every address had its turn, and none answered since.
  package var isGivenUp = false
  /// A server refused service (DENY, RSTR), and none answered since.
  package var isRefused = false
  /// Long pauses since the last valid reply.
  package var drops: UInt8 = 0
  /// No request before that, for the server that fell silent; nil = none such.
  package var notBefore: RawInstant?
  /// Failed look-ups in a row.
  package var failedLookups: UInt8 = 0
  /// Requests that could not leave this host, in a row.
  package var failedSends: UInt8 = 0
  /// People were told that it is reachable.
  package var isReachable = false
  /// The last poll that brought any replies brought only such that prove nothing.
  package var isUnproven = false
  /// What people were told of it.
  package var proofNews = ProofNews()
  /// Numbers requests; names the TX stamp of each.
  package var serial: UInt32 = 0
  /// Counts samples.
  package var sequence: UInt32 = 0
  /// The nonce of the request answered last, 0 = none.
  package var answeredNonce: UInt64 = 0
  /// The nonce of the request given up last, 0 = none.
  package var abandonedNonce: UInt64 = 0
  /// The transmit timestamp of the last valid reply, zero = none.
  package var lastTransmit = NTPTimestamp.zero
  package var lastSent: RawInstant?
  /// The last valid reply of this server.
  package var lastReply: RawInstant?
  /// What the server last said of itself.
  package var server = ServerState()
  package var interleaving = Interleaving()

  package init() {}
}

/// A request on its way, and what is known of its departure.
package struct Request: Hashable, Sendable, BitwiseCopyable {
  package var serial: UInt32
  /// The transmit timestamp of the request: 64 random bits, never zero.
  package var nonce: UInt64
  /// Its receive timestamp: another nonce, which comes back in a reply of the interleaved mode; 0 = a request of the basic mode.
  package var interleavedNonce: UInt64 = 0
  /// Its origin timestamp: the server's receive timestamp of the exchange before.
  package var origin = NTPTimestamp.zero
  package var peer: SocketAddress
  package var version: UInt8
  /// 0 until it is sent.
  package var socket: UInt32 = 0
  /// The address it left from.
  package var local = SocketAddress.none
  /// The clock just before sending, or the kernel's stamp once it came.
  package var departure: Stamp?
  /// The TX stamp came, or is known not to come.
  package var isStampSettled = false
  /// When it is given up.
  package var timeout: RawInstant

  package init(serial: UInt32, nonce: UInt64, peer: SocketAddress, version: UInt8, timeout: RawInstant) {
    self.serial = serial
    self.nonce = nonce
    self.peer = peer
    self.version = version
    self.timeout = timeout
  }
}

/// A reply that passed every test of its header and waits for the TX stamp of its request.
package struct Reply: Hashable, Sendable, BitwiseCopyable {
  package var header: NTPPacket
  package var arrival: Stamp
  /// Its transmit timestamp is that of the reply before (RFC 9769).
  package var isInterleaved = false
  package var proof = Proof.notAsked
}

/// What a server says of itself, for people.
package struct ServerState: Hashable, Sendable, BitwiseCopyable {
  package var stratum: UInt8 = 0
  package var leap = LeapIndicator.unsynchronized
  /// Its own: whom it follows. What this host announces in following it is another (`SocketAddress.referenceID`).
  package var referenceID = ReferenceID.none
  /// The reference id of its address is less than that of ours towards it: who leads in orphan mode.
  package var isSenior = false
  /// What the last valid reply proved.
  package var proof = Proof.notAsked

  package init() {}
}
