// SPDX-License-Identifier: Apache-2.0

/// One figure of a run, perhaps beside a peer's from the same run.
struct Outcome {
  struct Peer {
    var name: String
    var value: Double
    /// Ours by the peer's: the median over interleaved rounds, so it need not be the quotient of the two values.
    var ratio: Double
  }

  var name: String
  var value: Double?
  var unit = ""
  var peer: Peer?
  /// Why there is no value.
  var skipped: String?
  /// The largest value, or ratio where there is a peer, that the project allows itself.
  var limit: Double?
  /// The smallest, where more is better.
  var least: Double?
  /// What the figures come from, where they are quantiles.
  var distribution: Distribution?
  /// What else a reader should know.
  var note = ""

  static func skip(_ name: String, _ reason: String) -> Outcome { Outcome(name: name, skipped: reason) }

  /// What the limit is held against.
  var judged: Double? { peer?.ratio ?? value }

  var isOverLimit: Bool {
    guard let judged else { return false }
    return judged > limit ?? .infinity || judged < least ?? -.infinity
  }
}
