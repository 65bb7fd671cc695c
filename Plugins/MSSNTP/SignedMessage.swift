// SPDX-License-Identifier: Apache-2.0

/// The trailer of MS-SNTP in the bytes of a datagram: reading a request, writing a request's and a reply's. No access beyond `length` bytes.
///
/// The four flag bytes [52] to [55] of the 120-byte form are what the specification's four fields give as one number, least significant
/// byte first, drawn from its most significant: SignatureHashID, ClientHashIDHints, Flags, Reserved. So Windows sends 00 01 00 00 and
/// answers 01 00 00 00. Which kind of checksum it is, the length tells.
package enum SignedMessage {
  /// Of a client's packet, seen by a server.
  package enum Request: Hashable, Sendable {
    case signed(KeySelection)
    /// Nothing of this scheme: another length or version, or a code that some other key made.
    case other
    /// Meant for this scheme, and nonsense.
    case malformed
  }

  private static let version: UInt8 = 3
  private static let hashIDHints = 53
  private static let flags = 54
  /// 1 in SignatureHashID and ClientHashIDHints = NTLM_PWD_HASH; 1 in Flags = USE_OLDKEY_VERSION.
  private static let bit: UInt8 = 1

  /// What a request of `length` bytes asks for. A checksum that is not zero is somebody else's: a client leaves it blank.
  package static func request(_ bytes: borrowing Span<UInt8>, length: Int) -> Request {
    guard length <= bytes.count, let form = MessageForm(length: length), bytes[0] &>> 3 & 7 == version,
      isBlank(bytes, form)
    else { return .other }
    let keyID = number(bytes, at: MessageForm.headerLength)
    switch form {
    case .authenticator:
      let selection = KeySelection(keyID: keyID, form: form, usesPrevious: false)
      // Key id 0 is an unsigned request with an empty code of some other scheme.
      guard keyID != 0 else { return .other }
      return selection.rid == 0 ? .malformed : .signed(selection)
    case .extended:
      // Domain controllers of Windows drop requests without the hint and ignore the other flags; who asks for the old key has said
      // as much.
      guard keyID != 0, (bytes[hashIDHints] | bytes[flags]) & bit != 0 else { return .malformed }
      return .signed(KeySelection(keyID: keyID, form: form, usesPrevious: bytes[flags] & bit != 0))
    }
  }

  /// Whether a datagram's checksum is all zero: a request, or what Windows 2003 sends where it could not sign.
  package static func isBlank(_ bytes: borrowing Span<UInt8>, _ form: MessageForm) -> Bool {
    guard bytes.count >= form.length else { return false }
    var sum: UInt8 = 0
    for index in form.checksumOffset..<form.length { sum |= bytes[index] }
    return sum == 0
  }

  /// Appends a request's trailer to the 48 bytes of a header and marks it as version 3, which the scheme is; false = no room.
  package static func appendRequest(_ selection: KeySelection, to bytes: inout MutableSpan<UInt8>) -> Bool {
    guard append(selection, to: &bytes) else { return false }
    bytes[0] = bytes[0] & 0b1100_0111 | version &<< 3
    if selection.form == .extended {
      bytes[hashIDHints] = bit
      if selection.usesPrevious { bytes[flags] = bit }
    }
    return true
  }

  /// Appends a reply's trailer, but for its checksum, which is zero; false = no room.
  package static func appendReply(_ selection: KeySelection, to bytes: inout MutableSpan<UInt8>) -> Bool {
    guard append(selection, to: &bytes) else { return false }
    // SignatureHashID: NTLM_PWD_HASH.
    if selection.form == .extended { bytes[52] = bit }
    return true
  }

  private static func append(_ selection: KeySelection, to bytes: inout MutableSpan<UInt8>) -> Bool {
    guard bytes.count >= selection.form.length else { return false }
    let keyID = selection.keyID
    for index in 0..<4 {
      bytes[MessageForm.headerLength &+ index] = UInt8(truncatingIfNeeded: keyID &>> UInt32(8 &* index))
    }
    for index in 52..<selection.form.length { bytes[index] = 0 }
    return true
  }

  private static func number(_ bytes: borrowing Span<UInt8>, at offset: Int) -> UInt32 {
    var value: UInt32 = 0
    for index in 0..<4 { value |= UInt32(bytes[offset &+ index]) &<< UInt32(8 &* index) }
    return value
  }
}
