// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

/// The 48 bytes that every NTP packet begins with (RFC 5905, section 7.3, figure 8), as a value. Nothing is judged here: any 48
/// bytes make a packet, and the same bytes come out of it again.
package struct NTPPacket: Hashable, Sendable, BitwiseCopyable {
  /// The length in bytes of the header: 48.
  package static var length: Int {
    @_noLocks @_noAllocation get { 48 }
  }

  package var leap: LeapIndicator
  /// 0 to 7, of which 1 to 4 exist; only three bits are written.
  package var version: UInt8
  package var mode: AssociationMode
  package var stratum: UInt8
  /// The interval between polls, log2 seconds.
  package var poll: Int8
  /// The precision of the sender's clock, log2 seconds.
  package var precision: Int8
  package var rootDelay: NTPShort
  package var rootDispersion: NTPShort
  package var referenceID: ReferenceID
  /// When the sender's clock was last set or corrected.
  package var referenceTimestamp: NTPTimestamp
  /// T1: the request's transmit timestamp, sent back.
  package var origin: NTPTimestamp
  /// T2: when the request reached the server.
  package var receive: NTPTimestamp
  /// T3: when this packet left.
  package var transmit: NTPTimestamp

  @_noLocks @_noAllocation
  package init(
    leap: LeapIndicator = .none, version: UInt8 = 4, mode: AssociationMode, stratum: UInt8 = 0, poll: Int8 = 0,
    precision: Int8 = 0, rootDelay: NTPShort = .zero, rootDispersion: NTPShort = .zero,
    referenceID: ReferenceID = ReferenceID(rawValue: 0), referenceTimestamp: NTPTimestamp = .zero,
    origin: NTPTimestamp = .zero, receive: NTPTimestamp = .zero, transmit: NTPTimestamp = .zero
  ) {
    self.leap = leap
    self.version = version
    self.mode = mode
    self.stratum = stratum
    self.poll = poll
    self.precision = precision
    self.rootDelay = rootDelay
    self.rootDispersion = rootDispersion
    self.referenceID = referenceID
    self.referenceTimestamp = referenceTimestamp
    self.origin = origin
    self.receive = receive
    self.transmit = transmit
  }

  /// A client's request that says nothing of its host (draft-ietf-ntp-data-minimization): version, mode 3, the poll interval if it
  /// is to be shown, and a random number as transmit timestamp, which the reply must bring back. All else is zero.
  @_noLocks @_noAllocation
  package static func request(version: UInt8 = 4, poll: Int8 = 0, nonce: UInt64) -> NTPPacket {
    NTPPacket(version: version, mode: .client, poll: poll, transmit: NTPTimestamp(rawValue: nonce))
  }

  /// What a server of stratum 0 says; nil at any other stratum.
  package var kissCode: KissCode? {
    @_noLocks @_noAllocation get { stratum == 0 ? KissCode(referenceID) : nil }
  }
}
