// SPDX-License-Identifier: Apache-2.0

/// Whether a receiver's time is used and passed on, and why not: people's text of it is made only where it is another.
enum Standing: Equatable {
  case well
  /// There is no line.
  case lost(String)
  case unfit(Unfitness, satellites: UInt8?)
  /// How late its messages are is not known yet.
  case learning
  /// It is used, but not passed on.
  case notPassedOn(String)
  case refused(Refusal)

  /// "" = all is well.
  var text: String {
    switch self {
    case .well: ""
    case .lost(let reason), .notPassedOn(let reason): reason
    case .unfit(let reason, let satellites):
      if let satellites, reason != .silent { "\(reason.text) (\(satellites) satellites)" } else { reason.text }
    case .learning: "how late it is has to be learned from other sources first"
    case .refused(let reason): "refused: \(reason.text)"
    }
  }
}
