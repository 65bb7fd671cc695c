// SPDX-License-Identifier: Apache-2.0

import Diagnosis
import NTPWire
import TimeTypes

/// Answers as servers give them, good and bad.
enum Replies {
  static let query = Query(nonce: 0x0123_4567_89ab_cdef)
  static let sent = Instant<UTC>(nanoseconds: 1_800_000_000_000_000_000)
  static let received = sent + .milliseconds(10)

  /// A server `ahead` of this host, that has the request after 4 ms, keeps it for 2 and whose answer takes 4 more.
  static func packet(
    ahead: TimeInterval = .zero, stratum: UInt8 = 2, leap: LeapIndicator = .none, mode: AssociationMode = .server,
    reference: UInt32 = 0x7f00_0001, origin: UInt64 = query.nonce
  ) -> [UInt8] {
    let packet = NTPPacket(
      leap: leap, mode: mode, stratum: stratum, referenceID: ReferenceID(rawValue: reference),
      origin: NTPTimestamp(rawValue: origin), receive: NTPTimestamp(sent + .milliseconds(4) + ahead),
      transmit: NTPTimestamp(sent + .milliseconds(6) + ahead))
    var bytes = [UInt8](repeating: 0, count: 48)
    var span = bytes.mutableSpan
    try? packet.write(to: &span)
    return bytes
  }

  static func answered(_ packets: [UInt8]...) -> QueryOutcome {
    .answered(packets.map { QueryReply($0, received: received) }, sent: sent)
  }
}
