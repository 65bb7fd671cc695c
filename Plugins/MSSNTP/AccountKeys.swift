// SPDX-License-Identifier: Apache-2.0

/// An account with its keys ready: the current one, and the one before, if there is any.
package final class AccountKeys: Sendable {
  package let account: String
  package let kind: KeyHolder.Kind
  package let rid: UInt32
  private let current: SigningKey
  private let previous: SigningKey?

  /// nil = out of memory.
  package init?(_ holder: KeyHolder) {
    guard let current = SigningKey(holder.current, rid: holder.rid) else { return nil }
    account = holder.account
    kind = holder.kind
    rid = holder.rid
    self.current = current
    previous = holder.previous.flatMap { SigningKey($0, rid: holder.rid) }
  }

  /// Signs with the key that was asked for; where there is no previous one, with the current (Windows keeps none for machines).
  package func sign(_ bytes: inout MutableSpan<UInt8>, _ selection: KeySelection) -> Bool {
    let key = selection.usesPrevious ? previous ?? current : current
    return key.sign(&bytes, selection.form)
  }

  /// Whether either key made the datagram's checksum. Both are tried always, so that the time does not tell which.
  package func verifies(_ bytes: borrowing Span<UInt8>, _ form: MessageForm) -> Bool {
    let byCurrent = current.verifies(bytes, form)
    let byPrevious = previous?.verifies(bytes, form) ?? false
    return byCurrent || byPrevious
  }
}
