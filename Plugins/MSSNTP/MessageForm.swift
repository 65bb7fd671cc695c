// SPDX-License-Identifier: Apache-2.0

/// The two trailers of MS-SNTP behind the 48 bytes of a version 3 header ([MS-SNTP], section 2.2); the datagram's length alone tells which.
package enum MessageForm: UInt8, Hashable, Sendable, BitwiseCopyable, CaseIterable {
  /// Key id, then MD5: 68 bytes.
  case authenticator = 0
  /// Key id, four bytes of flags, then HMAC-SHA512 with a key derived for the RID: 120 bytes.
  case extended = 1

  /// Of the header, which is what the checksum covers.
  package static let headerLength = 48

  /// Of the whole datagram.
  package var length: Int { self == .authenticator ? 68 : 120 }
  package var checksumOffset: Int { self == .authenticator ? 52 : 56 }
  /// What the trailer adds to a plain packet.
  package var growth: Int { length - Self.headerLength }

  /// nil = no such length is signed.
  package init?(length: Int) {
    switch length {
    case 68: self = .authenticator
    case 120: self = .extended
    default: return nil
    }
  }
}
