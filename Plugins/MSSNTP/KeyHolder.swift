// SPDX-License-Identifier: Apache-2.0

/// An account that has a key: a machine of the domain, or a trust with another domain, whose account stands for the other side.
package struct KeyHolder: Sendable {
  package enum Kind: String, Sendable, CaseIterable {
    /// A computer, a domain controller among them, or a managed service account.
    case machine
    /// An interdomain trust account ("OTHER$").
    case trust
  }

  /// Ends in "$"; "" = the file does not say.
  package var account: String
  package var kind: Kind
  /// 0 = the file does not say.
  package var rid: UInt32
  package var current: NTHash
  /// Of the password before; nil = there is none.
  package var previous: NTHash?

  package init(account: String, kind: Kind = .machine, rid: UInt32 = 0, current: NTHash, previous: NTHash? = nil) {
    self.account = account
    self.kind = kind
    self.rid = rid
    self.current = current
    self.previous = previous
  }

  /// Account names are compared without case, and may be written without their "$".
  package static func isSame(_ left: some StringProtocol, _ right: some StringProtocol) -> Bool {
    bare(left) == bare(right)
  }

  private static func bare(_ name: some StringProtocol) -> String {
    let lower = name.lowercased()
    return lower.hasSuffix("$") ? String(lower.dropLast()) : lower
  }

  /// Longer than any name of an account is (20 characters of sAMAccountName).
  static let nameLimit = 64

  /// Whether a text can be the name of such an account: visible, ends in "$", without what Windows forbids in it.
  static func isAccountName(_ name: some StringProtocol) -> Bool {
    let bytes = name.utf8
    guard (2...nameLimit).contains(bytes.count), name.hasSuffix("$") else { return false }
    let forbidden: [UInt8] = Array("\"/\\[]:;|=,+*?<>".utf8)
    return bytes.allSatisfy { $0 > 0x20 && $0 != 0x7f && !forbidden.contains($0) }
  }
}
