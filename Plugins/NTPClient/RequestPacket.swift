// SPDX-License-Identifier: Apache-2.0

import NTPWire

/// A request that says nothing of this host (draft-ietf-ntp-data-minimization): version, mode 3 and a random transmit timestamp;
/// everything else is zero. What really was the time stays with the association.
struct RequestPacket {
  var bytes = InlineArray<48, UInt8>(repeating: 0)

  init(version: UInt8, nonce: UInt64) {
    var span = bytes.mutableSpan
    // Never fails: there are 48 bytes.
    try? NTPPacket.request(version: version, nonce: nonce).write(to: &span)
  }
}
