// SPDX-License-Identifier: Apache-2.0

/// What a client's request of the interleaved mode asks (RFC 9769, section 2): to be told when the reply really left that carried a
/// certain receive timestamp.
///
/// A server's own timestamps are told apart by their lowest bit, 0.23 ns: set in receive timestamps, clear in transmit timestamps. So a
/// request of the basic mode, whose origin is the server's last transmit timestamp, or zero, costs no look into any memory.
package struct InterleavedRequest: Hashable, Sendable, BitwiseCopyable {
  /// The receive timestamp that names the earlier reply.
  package var origin: NTPTimestamp
  /// What an interleaved reply brings back as its origin.
  package var receive: NTPTimestamp

  /// nil = the request is of the basic mode, or cannot be told from one.
  @_noLocks @_noAllocation
  package init?(_ request: NTPPacket) {
    guard case .client = request.mode else { return nil }
    self.init(origin: request.origin, receive: request.receive, transmit: request.transmit)
  }

  /// The same of the three timestamps alone.
  @inlinable @_noLocks @_noAllocation
  package init?(origin: NTPTimestamp, receive: NTPTimestamp, transmit: NTPTimestamp) {
    guard origin.isReceiveMark, !receive.isZero, receive.rawValue != transmit.rawValue else { return nil }
    self.origin = origin
    self.receive = receive
  }
}

extension NTPTimestamp {
  /// Marked as a server's receive timestamp.
  @inlinable package var isReceiveMark: Bool {
    @_noLocks @_noAllocation get { rawValue & 1 != 0 }
  }

  /// Marked as a server's receive timestamp.
  @inlinable package var markedReceive: NTPTimestamp {
    @_noLocks @_noAllocation get { NTPTimestamp(rawValue: rawValue | 1) }
  }

  /// Marked as a server's transmit timestamp.
  @inlinable package var markedTransmit: NTPTimestamp {
    @_noLocks @_noAllocation get { NTPTimestamp(rawValue: rawValue & ~1) }
  }
}
