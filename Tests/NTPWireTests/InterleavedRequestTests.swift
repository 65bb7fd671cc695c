// SPDX-License-Identifier: Apache-2.0

import NTPWire
import Testing

@Suite struct InterleavedRequestTests {
  private func wish(
    _ origin: UInt64, _ receive: UInt64, _ transmit: UInt64, mode: AssociationMode = .client
  ) -> InterleavedRequest? {
    InterleavedRequest(
      NTPPacket(
        mode: mode, origin: NTPTimestamp(rawValue: origin), receive: NTPTimestamp(rawValue: receive),
        transmit: NTPTimestamp(rawValue: transmit)))
  }

  @Test func onlyAClientThatNamesAReceiveTimestampAndHasTwoNoncesAsks() {
    #expect(
      wish(0x11, 2, 3)
        == InterleavedRequest(origin: .init(rawValue: 0x11), receive: .init(rawValue: 2), transmit: .init(rawValue: 3)))
    #expect(wish(0x11, 2, 3)?.receive.rawValue == 2)
    #expect(wish(0x10, 2, 3) == nil, "a transmit timestamp, as RFC 5905 has it")
    #expect(wish(0, 2, 3) == nil)
    #expect(wish(0x11, 0, 3) == nil)
    #expect(wish(0x11, 3, 3) == nil)
    for mode in [AssociationMode.server, .symmetricActive, .symmetricPassive, .broadcast] {
      #expect(wish(0x11, 2, 3, mode: mode) == nil)
    }
  }

  @Test func marksChangeNothingButTheLowestBit() {
    for value in [UInt64(0), 1, .max, .max - 1, 0x8000_0000_0000_0000] {
      let stamp = NTPTimestamp(rawValue: value)
      #expect(stamp.markedReceive.isReceiveMark && !stamp.markedTransmit.isReceiveMark)
      #expect(stamp.markedReceive.rawValue >> 1 == value >> 1 && stamp.markedTransmit.rawValue >> 1 == value >> 1)
    }
  }
}
