// SPDX-License-Identifier: Apache-2.0

import Report
import Settings
import TimeTypes

/// What comes of a time that an operator enters, as of what is known when it is: he is told before the engine has it.
struct EnteredTime {
  /// Entered − clock: positive means that the clock is behind.
  var offset: TimeInterval
  /// Why it is not handed on, and what would be right; nil = it is.
  var refusal: String?
  var text = ""

  /// `snapshot`: sources and steering as they are now.
  init(offset: TimeInterval, _ snapshot: StatusSnapshot, _ clock: ClockConfiguration) {
    self.offset = offset
    let behind = "the clock is \(Quantity.span(offset.magnitude)) \(offset.isNegative ? "ahead" : "behind")"
    let limit = offset.isNegative ? clock.maximumNegativePhaseCorrection : clock.maximumPositivePhaseCorrection
    // With first_sync = "accept" the gate may be open: the engine says.
    if let limit, offset.magnitude > limit, clock.firstSync == .gate {
      let key = offset.isNegative ? "max_neg_phase_correction" : "max_pos_phase_correction"
      refusal =
        "\(behind), which is beyond the sanity limit of \(Quantity.span(limit)) (\(key)): check the date, or raise the limit"
      return
    }
    let followed = snapshot.sources.first { $0.state == .selected && !$0.ownClock && $0.provider != "manual" }
    if let followed {
      text = "entered: \(behind); it is not used while \(followed.name) is followed"
      return
    }
    let allowed = offset.isNegative ? clock.maximumAllowedPhaseOffsetBackward : clock.maximumAllowedPhaseOffsetForward
    let steps = allowed.map { offset.magnitude > $0 } ?? false
    switch snapshot.steering {
    case .observing:
      text =
        "entered: \(behind); nothing is applied (clock.steer = false), or it would be \(steps ? "stepped" : "slewed") there"
    case .refused, .moved:
      text = "entered: \(behind); it is not corrected now: \(snapshot.steeringReason)"
    case .starting, .steering:
      text =
        "entered: \(behind); it is \(steps ? "stepped" : "slewed") towards the time entered, as far as that is certain"
    }
  }
}
