// SPDX-License-Identifier: Apache-2.0

/// What a socket's error queue says.
package enum TransmitReport: BitwiseCopyable, Sendable, Equatable {
  /// The packet with this token left. Kernel stamp on CLOCK_REALTIME, card stamp on the card's clock; nil = none of that kind.
  /// `interface`: by which it left, 0 = not told.
  case departed(
    token: UInt64, realtimeNanoseconds: Int64?, hardwareNanoseconds: Int64?, sentRawNanoseconds: Int64,
    interface: UInt32)
  /// ICMP (or the local stack) refused a packet; `peer` is where it was to go.
  case failed(errno: Int32, peer: SocketAddress)
  /// A message that belongs to no packet of ours; counted.
  case unmatched
}

/// A packet whose stamp is waited for no longer.
package struct OverdueStamp: BitwiseCopyable, Sendable, Equatable {
  package var token: UInt64
  package var sentRawNanoseconds: Int64
  /// The kernel's stamp, where only the card's is missing.
  package var realtimeNanoseconds: Int64?
  /// By which it left, 0 = not told.
  package var interface: UInt32
}
