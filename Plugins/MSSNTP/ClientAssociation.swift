// SPDX-License-Identifier: Apache-2.0

/// The client's side towards one server: what its requests ask for, and whether its replies prove themselves. No effects; one thread's.
///
/// A request proves nothing and cannot be forged to any use; a reply is bound to it by the origin time stamp, which the NTP client checks
/// and the checksum covers.
package struct ClientAssociation {
  package enum Verdict: Hashable, Sendable {
    /// The plain packet's length, and the account's RID.
    case ok(length: Int, key: UInt32)
    case refused(Fault)
  }

  package enum Fault: Hashable, Sendable {
    /// Neither key made it.
    case wrongSignature
    /// Another length than was asked for, or a checksum of zeros.
    case missingSignature
    /// This host has no key to check it by.
    case noKey
    /// The request has more than a header, or there is no room.
    case noRoom
  }

  /// nil = there is none (any more).
  package var keys: AccountKeys?
  private var choice: FormChoice
  /// Which password the server is asked to sign with; turned after each signature that was wrong.
  private var usesPrevious = false
  /// A request is out that no reply has proved itself to.
  private var hasAsked = false

  package init(keys: AccountKeys?, form: FormChoice.Setting) {
    self.keys = keys
    choice = FormChoice(form, rid: keys?.rid ?? 0)
  }

  /// What protecting adds at most.
  package static let growth = MessageForm.extended.growth

  /// Appends what asks for a signature to a header of 48 bytes.
  package mutating func protect(_ bytes: inout MutableSpan<UInt8>, length: Int, limit: Int) -> Verdict {
    guard let keys else { return .refused(.noKey) }
    guard length == MessageForm.headerLength else { return .refused(.noRoom) }
    let form = choice.next()
    guard form.length <= min(limit, bytes.count) else { return .refused(.noRoom) }
    let selection = KeySelection(rid: keys.rid, usesPrevious: usesPrevious, form: form)
    guard SignedMessage.appendRequest(selection, to: &bytes) else { return .refused(.noRoom) }
    hasAsked = true
    return .ok(length: form.length, key: keys.rid)
  }

  /// Checks a reply of `length` bytes. Its key id is not looked at: some servers send 0.
  package mutating func unprotect(_ bytes: borrowing Span<UInt8>, length: Int) -> Verdict {
    guard let keys else { return .refused(.noKey) }
    guard hasAsked, length <= bytes.count, length == choice.form.length, !SignedMessage.isBlank(bytes, choice.form)
    else {
      return .refused(.missingSignature)
    }
    guard keys.verifies(bytes, choice.form) else {
      usesPrevious.toggle()
      return .refused(.wrongSignature)
    }
    choice.answered()
    return .ok(length: MessageForm.headerLength, key: keys.rid)
  }
}
