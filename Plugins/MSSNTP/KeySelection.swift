// SPDX-License-Identifier: Apache-2.0

/// Which key a request asks to be signed with: an account by its relative id, and its current or its previous password.
///
/// In the 68-byte form both are in the key id, the selector in its highest bit, so that RIDs there have 31 bits; in the 120-byte form
/// the key id is the RID, and the selector is the flag USE_OLDKEY_VERSION ([MS-SNTP], sections 2.2.1 and 2.2.2). On the wire the key id
/// is least significant byte first, unlike the header.
package struct KeySelection: Hashable, Sendable, BitwiseCopyable {
  package var rid: UInt32
  package var usesPrevious: Bool
  package var form: MessageForm

  private static let selectorBit: UInt32 = 1 << 31
  /// The largest RID that the 68-byte form can name.
  package static let largestShortRID: UInt32 = selectorBit - 1

  package init(rid: UInt32, usesPrevious: Bool = false, form: MessageForm) {
    self.rid = rid
    self.usesPrevious = usesPrevious
    self.form = form
  }

  /// The four bytes [48] to [51] as a number.
  package var keyID: UInt32 {
    form == .authenticator && usesPrevious ? rid | Self.selectorBit : rid
  }

  init(keyID: UInt32, form: MessageForm, usesPrevious: Bool) {
    self.form = form
    switch form {
    case .authenticator:
      rid = keyID & ~Self.selectorBit
      self.usesPrevious = keyID & Self.selectorBit != 0
    case .extended:
      rid = keyID
      self.usesPrevious = usesPrevious
    }
  }

  // What ties a reply to its request without anything kept for it: the caller keeps the number (`tompion_protection_t.request`).

  private static let mark: UInt64 = 1 << 63

  /// Never 0.
  package var token: UInt64 {
    Self.mark | UInt64(form.rawValue) << 33 | (usesPrevious ? 1 << 32 : 0) | UInt64(rid)
  }

  /// nil = no number that `token` gave.
  package init?(token: UInt64) {
    guard token & Self.mark != 0, token & ~Self.mark < 1 << 34, let form = MessageForm(rawValue: UInt8(token >> 33 & 1))
    else { return nil }
    let rid = UInt32(truncatingIfNeeded: token)
    self.init(rid: rid, usesPrevious: token >> 32 & 1 != 0, form: form)
  }
}
