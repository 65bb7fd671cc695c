// SPDX-License-Identifier: Apache-2.0

import NTPWire
import TimeTypes

/// A request that says nothing of this host (draft-ietf-ntp-data-minimization): version, mode 3 and a random transmit timestamp;
/// everything else is zero. What really was the time stays with the association. There is room behind it for what proves it.
struct RequestPacket {
  /// No datagram of ours is longer: what every IPv6 path carries whole.
  static let capacity = 1232

  var bytes = InlineArray<1232, UInt8>(repeating: 0)
  private(set) var length = NTPPacket.length

  /// - Parameter leap: Windows clients say "unsynchronized" in requests that ask for a signature, everybody else nothing.
  init(_ request: Request, leap: LeapIndicator = .none) {
    var span = bytes.mutableSpan
    var packet = NTPPacket.request(version: request.version, nonce: request.nonce)
    packet.leap = leap
    // In the interleaved mode also which of its replies the server is asked about, and a second random number.
    packet.origin = request.origin
    packet.receive = NTPTimestamp(rawValue: request.interleavedNonce)
    // Never fails: there are 48 bytes.
    try? packet.write(to: &span)
  }

  /// Something was added behind it.
  mutating func grow(to length: Int) { self.length = min(max(length, self.length), Self.capacity) }
}
