// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

/// What an operator has said of the time so far: whether one more word goes with those before it. Pure; [capture].
///
/// Words that go together teach the frequency, as entries of chrony's `settime` do. One that no crystal explains is a correction of what was said
/// before, so that what was learned from that is worth nothing: everything begins anew.
package struct OperatorsWord: Sendable {
  /// One entry: at that moment of the raw counter it was that time, give or take the uncertainty.
  package struct Entry: Hashable, Sendable, BitwiseCopyable {
    package var raw: RawInstant
    /// UTC since 1970.
    package var time: TimeInterval
    package var uncertainty: TimeInterval

    package init(raw: RawInstant, time: TimeInterval, uncertainty: TimeInterval) {
      self.raw = raw
      self.time = time
      self.uncertainty = uncertainty
    }
  }

  package enum Verdict: Hashable, Sendable, BitwiseCopyable {
    case first
    /// It goes with the one before.
    case agrees
    /// It does not, by so much beyond both uncertainties: that one and all before it are forgotten.
    case contradicts(by: TimeInterval)
  }

  /// No crystal in a host is so far off: 500 ppm, as the engine has it.
  static let drift = 500e-6

  package private(set) var last: Entry?
  /// Entries that go together.
  package private(set) var count = 0

  package init() {}

  package mutating func take(_ entry: Entry) -> Verdict {
    defer { last = entry }
    guard let last else {
      count = 1
      return .first
    }
    let passed = entry.raw - last.raw
    let apart = ((entry.time - last.time) - passed).magnitude
    let drifted = TimeInterval(nanosecondsAsDouble: passed.inNanoseconds * Self.drift)
    let explained = last.uncertainty + entry.uncertainty + drifted
    guard apart > explained else {
      count += 1
      return .agrees
    }
    count = 1
    return .contradicts(by: apart - explained)
  }
}
