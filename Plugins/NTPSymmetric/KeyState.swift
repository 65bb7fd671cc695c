// SPDX-License-Identifier: Apache-2.0

import KeyFiles

/// Whether a key can sign and verify now.
package enum KeyState: Hashable, Sendable {
  case usable
  /// No file has it, or its type is not allowed.
  case missing
  /// Its time is over since that moment, seconds since 1970 (UTC).
  case expired(since: Int64)

  /// Why it cannot; "" = it can.
  package func reason(key id: UInt32) -> String {
    switch self {
    case .usable: ""
    case .missing: "no key file has a key \(id) that may be used"
    case .expired(let end): ExpiryDate.over(end)
    }
  }
}

extension KeyRing {
  /// - Parameter now: seconds since 1970 (UTC).
  package func state(of id: UInt32, at now: Int64) -> KeyState {
    guard let key = key(id) else { return .missing }
    guard let end = key.expiry, now >= end else { return .usable }
    return .expired(since: end)
  }

  /// Keys whose time is over.
  package func expired(at now: Int64) -> [RingKey] {
    keys.filter { key in key.expiry.map { now >= $0 } ?? false }
  }

  /// When the next key ends; nil = none does.
  package func nextExpiry(after now: Int64) -> Int64? {
    keys.compactMap(\.expiry).filter { $0 > now }.min()
  }
}

extension ExpiryDate {
  /// "its time is over (2026-11-20)".
  static func over(_ end: Int64?) -> String { "its time is over (\(ExpiryDate(end: end ?? 0).text))" }
}
