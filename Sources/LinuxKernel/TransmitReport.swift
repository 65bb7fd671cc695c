// SPDX-License-Identifier: Apache-2.0

/// What a socket's error queue says.
package enum TransmitReport: BitwiseCopyable, Sendable, Equatable {
  /// The packet with this token left. Kernel stamp on CLOCK_REALTIME, card stamp on the card's clock; nil = none of that kind.
  case departed(token: UInt64, realtimeNanoseconds: Int64?, hardwareNanoseconds: Int64?, sentRawNanoseconds: Int64)
  /// ICMP (or the local stack) refused a packet; `peer` is where it was to go.
  case failed(errno: Int32, peer: SocketAddress)
  /// A message that belongs to no packet of ours; counted.
  case unmatched
}
