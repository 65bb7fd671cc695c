// SPDX-License-Identifier: Apache-2.0

/// What follows the 48 bytes of the header, by the rules of the packet's version. Ranges are offsets into the datagram.
///
/// Up to version 3 everything after the header is a MAC (RFC 1305, appendix C; MS-SNTP). In version 4 extension fields may come
/// before it, and the lengths tell them apart (RFC 7822, section 3). A MAC says nothing of its worth: that takes the key.
package enum PacketTrailer: Hashable, Sendable {
  case none
  case mac(MessageAuthenticator)
  /// One field or more, to be walked with `ExtensionFieldIterator`, and a MAC or none.
  case extensionFields(Range<Int>, mac: MessageAuthenticator?)
  case malformed(TrailerFault)

  /// Classifies the bytes after the header of a datagram whose header says `version`. Fewer than 48 bytes are malformed.
  @_noLocks @_noAllocation
  package init(of bytes: borrowing Span<UInt8>, version: UInt8) {
    let rest = bytes.count &- NTPPacket.length
    if rest < 0 {
      self = .malformed(.headerTruncated)
    } else if version < 1 || version > 4 {
      self = .malformed(.unknownVersion)
    } else if rest & 3 != 0 {
      self = .malformed(.unaligned)
    } else if rest == 0 {
      self = .none
    } else if version < 4 {
      // 4: crypto-NAK; 12: DES; 20, 24, 36, 52, 68: key id and digest; 72: MS-SNTP's extended authenticator.
      let fits = rest == 4 || (rest >= 12 && rest <= 72)
      self = fits ? .mac(MessageAuthenticator(range: NTPPacket.length..<bytes.count)) : .malformed(.macLength)
    } else {
      self = Self.version4(bytes)
    }
  }

  @_noLocks @_noAllocation
  private static func version4(_ bytes: borrowing Span<UInt8>) -> PacketTrailer {
    let start = NTPPacket.length
    var fields = ExtensionFieldIterator(start..<bytes.count)
    while true {
      let offset = fields.offset
      let rest = bytes.count &- offset
      switch rest {
      case 0: return .extensionFields(start..<offset, mac: nil)
      case 4, 20, 24:
        let mac = MessageAuthenticator(range: offset..<bytes.count)
        return offset == start ? .mac(mac) : .extensionFields(start..<offset, mac: mac)
      case 28...:
        guard fields.advance(in: bytes) else { return .malformed(.fieldLength) }
      default:
        return .malformed(.macLength)
      }
    }
  }

  /// The MAC, if there is one.
  package var mac: MessageAuthenticator? {
    @_noLocks @_noAllocation get {
      switch self {
      case .mac(let mac): mac
      case .extensionFields(_, let mac): mac
      case .none, .malformed: nil
      }
    }
  }
}

/// Why the bytes after the header are nothing known.
package enum TrailerFault: UInt8, Hashable, Sendable {
  /// Fewer than 48 bytes in all.
  case headerTruncated
  /// Versions 0 and 5 to 7.
  case unknownVersion
  /// Not a multiple of four bytes.
  case unaligned
  /// What is left is no MAC, and too short for an extension field.
  case macLength
  /// An extension field says that it is shorter than 16 bytes, not a multiple of 4, or longer than the packet.
  case fieldLength
}
