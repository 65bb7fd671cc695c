// SPDX-License-Identifier: Apache-2.0

import NTPWire

/// A request that says nothing of this host (draft-ietf-ntp-data-minimization): version, mode 3 and a random transmit timestamp;
/// everything else is zero. What really was the time stays with the association.
struct RequestPacket {
  var bytes = InlineArray<48, UInt8>(repeating: 0)

  init(version: UInt8, nonce: UInt64) {
    bytes[0] = version &<< 3 | 3
    for index in 0..<8 { bytes[40 + index] = UInt8(truncatingIfNeeded: nonce >> (56 - 8 * UInt64(index))) }
  }
}
