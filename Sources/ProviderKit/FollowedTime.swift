// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
public import TimeTypes

/// What a reference clock without a date asks of the rest: the disciplined clock, and how far it can be wrong, as of `raw`. From the page
/// of clock-info/1.
public struct FollowedTime: Hashable, Sendable, BitwiseCopyable {
  public var isSynchronized: Bool
  /// Of the clock when this was written; a stamp of another era was taken before a step, or after one not known yet.
  public var era: ClockEra
  public var raw: RawInstant
  /// The hard bound on the clock's error at `raw`, and its growth.
  public var bound: TimeInterval
  public var growthPPB: UInt32
  public var leap: LeapIndicator

  @inlinable
  public init(
    isSynchronized: Bool, era: ClockEra = ClockEra(rawValue: 0), raw: RawInstant, bound: TimeInterval,
    growthPPB: UInt32 = 0, leap: LeapIndicator = .none
  ) {
    self.isSynchronized = isSynchronized
    self.era = era
    self.raw = raw
    self.bound = bound
    self.growthPPB = growthPPB
    self.leap = leap
  }

  /// The bound at another moment, before or after.
  public func bound(at moment: RawInstant) -> TimeInterval {
    let age = (moment - raw).magnitude
    return bound + TimeInterval(nanosecondsAsDouble: age.inNanoseconds * Double(growthPPB) * 1e-9)
  }

  /// Why whole seconds cannot be told by it at a stamp's moment; nil = they can, and it is not wrong by more than `bound(at:)`.
  public static func reason(_ followed: FollowedTime?, at raw: RawInstant, era: ClockEra) -> UnlockReason? {
    guard let followed else { return .noClock }
    guard followed.isSynchronized else { return .unsynchronized }
    guard era == followed.era else { return .stepped }
    let bound = followed.bound(at: raw)
    return bound < widest ? nil : .uncertain(bound)
  }

  /// A clock that may be wrong by more than this names no second: 40 % of one, as chrony has it.
  public static let widest = TimeInterval.milliseconds(400)
}

extension ClockPage {
  /// The followed time as of now; nil if there is none to be read. [any]
  public func followed() -> FollowedTime? {
    guard let info = read() else { return nil }
    return FollowedTime(
      isSynchronized: info.synchronized == 1 && info.leap != 3, era: ClockEra(rawValue: info.era),
      raw: RawInstant(nanoseconds: info.raw_ns), bound: TimeInterval(nanoseconds: Int64(clamping: info.bound_hard_ns)),
      growthPPB: info.dispersion_rate_ppb, leap: LeapIndicator(rawValue: info.leap) ?? .none)
  }
}

/// Why no second can be told by the followed time.
public enum UnlockReason: Hashable, Sendable, BitwiseCopyable {
  /// The host says nothing of its clock.
  case noClock
  case unsynchronized
  /// It may be wrong by so much, which is too much.
  case uncertain(TimeInterval)
  /// The clock was just stepped.
  case stepped

  /// For people.
  public var text: String {
    switch self {
    case .noClock: "the host does not say how good its clock is"
    case .unsynchronized: "no other source says which second it is: the clock is not synchronized"
    case .uncertain(let bound):
      "the clock may be wrong by \(bound.nanoseconds / 1_000_000) ms, too much to say which second it is"
    case .stepped: "the clock was just stepped"
    }
  }
}
