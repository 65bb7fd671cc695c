// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What a terminal shows.
struct TextReport {
  static let width = 28

  static func line(_ outcome: Outcome, old: Outcome? = nil) -> String {
    let name = outcome.name.padding(toLength: max(width + 2, outcome.name.count + 1), withPad: " ", startingAt: 0)
    if let skipped = outcome.skipped { return "\(name) skipped: \(skipped)" }
    var text = name + right("\(Outcome.number(outcome.value ?? .nan)) \(outcome.unit)", 20)
    if let peer = outcome.peer {
      text +=
        right("\(peer.name) \(Outcome.number(peer.value))", 20)
        + right("ratio \(String(format: "%.3f", peer.ratio))", 14)
    } else {
      text += right("", 34)
    }
    if let least = outcome.least {
      text += outcome.isOverLimit ? "  UNDER \(Outcome.number(least))" : "  (at least \(Outcome.number(least)))"
    }
    if let limit = outcome.limit {
      text += outcome.isOverLimit ? "  OVER \(Outcome.number(limit))" : "  (limit \(Outcome.number(limit)))"
    }
    if let old, let before = old.judged, let now = outcome.judged, before > 0 {
      text += String(format: "  %+.1f %% since", (now / before - 1) * 100)
    }
    if !outcome.note.isEmpty { text += "  \(outcome.note)" }
    return text
  }

  /// A histogram over the logarithm of time, and the quantiles.
  static func plot(_ distribution: Distribution) -> String {
    let bins = distribution.bins(16)
    guard let most = bins.map(\.count).max(), most > 0 else { return "" }
    let rows = bins.map { bin in
      // By the logarithm, or a tail would not be seen.
      let part = bin.count == 0 ? 0 : 1 + 39 * logarithm(Double(bin.count)) / max(logarithm(Double(most)), 1)
      return "  ≤ " + right(duration(bin.upTo), 9) + " " + String(repeating: "█", count: Int(part)) + " \(bin.count)"
    }
    let quantiles = [50, 99, 99.9].map { "p\(Outcome.number($0)) \(duration(distribution.quantile($0)))" }
    return
      (rows + ["  \(quantiles.joined(separator: "  "))  max \(duration(distribution.maximum))  n \(distribution.count)"])
      .joined(separator: "\n")
  }

  static func duration(_ nanoseconds: Double) -> String {
    switch nanoseconds {
    case ..<1e3: "\(Outcome.number(nanoseconds)) ns"
    case ..<1e6: "\(Outcome.number(nanoseconds / 1e3)) µs"
    case ..<1e9: "\(Outcome.number(nanoseconds / 1e6)) ms"
    default: "\(Outcome.number(nanoseconds / 1e9)) s"
    }
  }

  static func environment(_ environment: Environment) -> String {
    environment.facts.map { "  \($0.name): \($0.value)" }.joined(separator: "\n")
  }

  private static func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(1, width - text.count)) + text
  }
}
