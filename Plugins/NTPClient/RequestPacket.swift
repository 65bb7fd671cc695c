// SPDX-License-Identifier: Apache-2.0

import NTPWire

/// A request that says nothing of this host (draft-ietf-ntp-data-minimization): version, mode 3 and a random transmit timestamp;
/// everything else is zero. What really was the time stays with the association.
struct RequestPacket {
  var bytes = InlineArray<48, UInt8>(repeating: 0)

  init(_ request: Request) {
    var span = bytes.mutableSpan
    var packet = NTPPacket.request(version: request.version, nonce: request.nonce)
    // In the interleaved mode also which of its replies the server is asked about, and a second random number.
    packet.origin = request.origin
    packet.receive = NTPTimestamp(rawValue: request.interleavedNonce)
    // Never fails: there are 48 bytes.
    try? packet.write(to: &span)
  }
}
