// SPDX-License-Identifier: Apache-2.0

/// Whether a receiver's time is used and passed on, and why not: people's text of it is made only where it is another.
enum Standing: Equatable {
  case well(FixSigns)
  /// There is no line.
  case lost(String)
  case unfit(Unfitness, satellites: UInt8?)
  /// How late its messages are is not known yet.
  case learning
  /// It is used, but not passed on.
  case notPassedOn(String)
  case refused(Refusal)
  /// Nothing was heard of it yet.
  case unknown

  /// Whether it is of another kind; what a receiver tells of its fix changes all the time.
  func isNews(after old: Standing) -> Bool {
    if case .well = self, case .well = old { return false }
    return self != old
  }

  /// "" = there is nothing to say.
  var text: String {
    switch self {
    case .well(let signs): signs.text
    case .lost(let reason), .notPassedOn(let reason): reason
    case .unfit(let reason, let satellites):
      if let satellites, reason != .silent, reason != .unreadable {
        "\(reason.text) (\(satellites) satellites)"
      } else {
        reason.text
      }
    case .learning: "how late it is has to be learned from other sources first"
    case .unknown: ""
    case .refused(let reason): "refused: \(reason.text)"
    }
  }
}
