// SPDX-License-Identifier: Apache-2.0

import NTPWire

/// What follows the header of a packet as this scheme sees it.
package enum SignedTrailer: Hashable, Sendable {
  /// Nothing, or extension fields alone; the length of the header and them.
  case none(plainLength: Int)
  /// A key number and a digest; what stands before `offset` is what it covers.
  case mac(offset: Int, key: UInt32, digest: Range<Int>)
  /// Four bytes of zero.
  case cryptoNAK
  /// A MAC of Microsoft's (MS-SNTP): 20 bytes with an empty digest, or 72.
  case microsoft
  case malformed

  /// - Parameter digestLength: of the whole digest of the key of that number; nil = it is not known. A version 4 packet's MAC of more than
  ///   24 bytes has the form of an extension field, and only the key can tell.
  @inline(__always)
  package init(of packet: Span<UInt8>, digestLength: (UInt32) -> Int?) {
    guard packet.count >= NTPPacket.length else {
      self = .malformed
      return
    }
    let version = packet[0] >> 3 & 7
    if version == 4, let whole = Self.wholeDigest(packet, digestLength) {
      self = whole
      return
    }
    switch PacketTrailer(of: packet, version: version) {
    case .none: self = .none(plainLength: NTPPacket.length)
    case .extensionFields(let fields, mac: nil): self = .none(plainLength: fields.upperBound)
    case .mac(let mac), .extensionFields(_, mac: .some(let mac)): self = Self.judge(mac, packet, version)
    case .malformed: self = .malformed
    }
  }

  private static func judge(_ mac: MessageAuthenticator, _ packet: Span<UInt8>, _ version: UInt8) -> SignedTrailer {
    let key = mac.keyID(in: packet)
    if mac.isCryptoNAK { return key == 0 ? .cryptoNAK : .malformed }
    let digest = mac.digest
    if version < 4, digest.count == 68 { return .microsoft }
    // An empty digest signs nothing in any scheme but that one, whose requests are not signed.
    if version == 3, digest.count == 16, key != 0, digest.allSatisfy({ packet[$0] == 0 }) { return .microsoft }
    return .mac(offset: mac.range.lowerBound, key: key, digest: digest)
  }

  /// A MAC of 36, 52 or 68 bytes in a version 4 packet, after any extension fields.
  private static func wholeDigest(_ packet: Span<UInt8>, _ digestLength: (UInt32) -> Int?) -> SignedTrailer? {
    var fields = ExtensionFieldIterator(NTPPacket.length..<packet.count)
    while true {
      let offset = fields.offset
      let length = packet.count - offset
      guard length > 24 else { return nil }
      if length == 36 || length == 52 || length == 68 {
        let mac = MessageAuthenticator(range: offset..<packet.count)
        let key = mac.keyID(in: packet)
        if key != 0, digestLength(key) == length - 4 { return .mac(offset: offset, key: key, digest: mac.digest) }
      }
      guard fields.next(in: packet) != nil else { return nil }
    }
  }
}
