// SPDX-License-Identifier: Apache-2.0

import ProviderKit

/// How often one client may be answered, and what becomes of the requests beyond that.
package struct RatePolicy: Hashable, Sendable, BitwiseCopyable {
  /// Replies a second in the long run; 0 = as many as it likes.
  package var rate = 0.0
  /// So many at once, after a pause.
  package var burst: Int64 = 16
  /// One in so many requests beyond the limit is answered all the same, by chance; 0 = none. Whoever forges a client's address
  /// cannot silence it wholly.
  package var leak: Int64 = 4
  /// One in so many of the rest is answered by the kiss "RATE"; 0 = none.
  package var kiss: Int64 = 0
  /// How many clients are remembered.
  package var clients: Int64 = 16_384

  package static let rates = 0.001...100_000.0
  package static let bursts: ClosedRange<Int64> = 1...10_000
  package static let chances: ClosedRange<Int64> = 0...1_000_000
  package static let tables: ClosedRange<Int64> = 64...1_048_576

  package init() {}

  package var isLimiting: Bool { rate > 0 }

  /// Takes one setting; what would be right, if it is wrong. Keys of others are passed over.
  mutating func read(_ key: String, _ setting: Setting) -> String? {
    switch key {
    case "rate_limit":
      guard let value = setting.real, value == 0 || Self.rates.contains(value) else {
        return
          "replies a second for one client, \(Self.rates.lowerBound) to \(Self.rates.upperBound), or 0 for no limit"
      }
      rate = value
    case "rate_burst":
      guard let value = setting.integer, Self.bursts.contains(value) else {
        return "a number of replies from \(Self.bursts.lowerBound) to \(Self.bursts.upperBound)"
      }
      burst = value
    case "rate_leak":
      guard let value = setting.integer, Self.chances.contains(value) else {
        return "one in so many, 1 to \(Self.chances.upperBound), or 0 for none"
      }
      leak = value
    case "rate_kiss":
      guard let value = setting.integer, Self.chances.contains(value) else {
        return "one in so many, 1 to \(Self.chances.upperBound), or 0 for none"
      }
      kiss = value
    case "rate_clients":
      guard let value = setting.integer, Self.tables.contains(value) else {
        return "a number of clients from \(Self.tables.lowerBound) to \(Self.tables.upperBound)"
      }
      clients = value
    default: break
    }
    return nil
  }
}
