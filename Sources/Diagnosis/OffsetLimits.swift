// SPDX-License-Identifier: Apache-2.0

import Report
package import TimeTypes

/// From which offset on a server's time, or this host's, is called wrong. Offset = reference - local.
package struct OffsetLimits: Equatable, Sendable {
  /// One that was passed.
  package enum Limit: Equatable, Sendable {
    /// tompiond refuses it; the setting that says so.
    case gate(TimeInterval, setting: String)
    /// tompiond does not slew it away.
    case step(TimeInterval)
    /// Nobody configured one.
    case usual(TimeInterval)
  }

  private var gateForward: TimeInterval?
  private var gateBackward: TimeInterval?
  private var stepForward: TimeInterval?
  private var stepBackward: TimeInterval?
  private var usual: TimeInterval?

  /// Beyond it a good answer is told with a warning.
  package static let remarkable = TimeInterval.seconds(1)

  /// Without tompiond: an hour.
  package static let withoutDaemon = OffsetLimits()

  private init() { usual = .seconds(3600) }

  /// tompiond's own: forward is for positive offsets, nil = no limit.
  package init(
    gateForward: TimeInterval?, gateBackward: TimeInterval?, stepForward: TimeInterval?, stepBackward: TimeInterval?
  ) {
    (self.gateForward, self.gateBackward) = (gateForward, gateBackward)
    (self.stepForward, self.stepBackward) = (stepForward, stepBackward)
  }

  /// The worst that the offset passes; nil = none.
  package func passed(by offset: TimeInterval) -> Limit? {
    let size = offset.magnitude
    let gate = offset.isNegative ? gateBackward : gateForward
    if let gate, size > gate {
      return .gate(gate, setting: offset.isNegative ? "max_neg_phase_correction" : "max_pos_phase_correction")
    }
    if let step = offset.isNegative ? stepBackward : stepForward, size > step { return .step(step) }
    if let usual, size > usual { return .usual(usual) }
    return nil
  }
}

extension OffsetLimits.Limit {
  var finding: String {
    switch self {
    case .gate(let limit, let setting):
      "more than \(setting) (\(Quantity.span(limit))): tompiond refuses such an offset"
    case .step(let limit):
      "more than max_allowed_phase_offset (\(Quantity.span(limit))): tompiond would not slew that away but step the clock"
    case .usual(let limit): "more than \(Quantity.span(limit))"
    }
  }
}
