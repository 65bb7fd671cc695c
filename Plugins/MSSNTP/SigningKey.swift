// SPDX-License-Identifier: Apache-2.0

import Cryptography

/// One password of one account, made ready to sign and verify: MD5 over hash and header, and HMAC-SHA512 with the key derived for the RID.
///
/// Made by [control]; afterwards only read, without allocation or lock. The hash is not kept, the keys are wiped with it.
package final class SigningKey: Sendable {
  private let short: MessageCode
  private let long: MessageCode

  /// nil = out of memory.
  package init?(_ hash: NTHash, rid: UInt32) {
    var secret = hash.bytes
    var derived = Self.derivedKey(secret.span, rid: rid)
    let short = MessageCode(.md5, key: secret.span)
    let long = MessageCode(.hmacSHA512, key: derived.span)
    secret.wipe()
    derived.wipe()
    guard let short, let long else { return nil }
    (self.short, self.long) = (short, long)
  }

  private func code(_ form: MessageForm) -> MessageCode { form == .authenticator ? short : long }

  /// The key of the 120-byte form: SP 800-108 in counter mode with HMAC-SHA512, one block: counter, label with its NUL, separator, the RID as
  /// context and the length in bits.
  static func derivedKey(_ hash: Span<UInt8>, rid: UInt32) -> [UInt8] {
    var input: [UInt8] = [0, 0, 0, 1]
    input += "sntp-ms".utf8
    input += [0, 0]
    input += (0..<4).map { UInt8(truncatingIfNeeded: rid >> UInt32(8 * $0)) }
    input += [0, 0, 2, 0]
    return Digest.hmacSHA512(key: hash, input.span)
  }

  /// Writes the checksum of the header into the trailer of a datagram of that form; false = it cannot be.
  package func sign(_ bytes: inout MutableSpan<UInt8>, _ form: MessageForm) -> Bool {
    guard bytes.count >= form.length else { return false }
    var header = InlineArray<48, UInt8>(repeating: 0)
    for index in 0..<MessageForm.headerLength { header[index] = bytes[index] }
    var trailer = bytes._mutatingExtracting(form.checksumOffset..<form.length)
    return code(form).sign(header.span, into: &trailer)
  }

  /// Whether a datagram of that form holds its checksum by this key, in constant time.
  package func verifies(_ bytes: borrowing Span<UInt8>, _ form: MessageForm) -> Bool {
    guard bytes.count >= form.length else { return false }
    return code(form).verify(
      bytes.extracting(0..<MessageForm.headerLength), bytes.extracting(form.checksumOffset..<form.length))
  }
}
