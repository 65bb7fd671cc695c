// SPDX-License-Identifier: Apache-2.0

public import TimeTypes

/// The leap second that the Linux kernel was told to make (STA_INS and STA_DEL of adjtimex(2)): it makes it where its own clock comes to the
/// day's end, and none again before that was taken back (TIME_WAIT).
public struct KernelLeapModel: Sendable, Equatable {
  private var armed = LeapIndicator.none
  private var isNear = false
  private var wasMade = false

  /// The kernel looks at each second; whoever drives the model has to be told before.
  private static let notice = TimeInterval.seconds(3)

  public init() {}

  private var change: Int64 {
    switch armed {
    case .insert: -1
    case .delete: 1
    default: 0
    }
  }

  /// What the status says from now on.
  public mutating func arm(_ leap: LeapIndicator) {
    armed = leap
    if change == 0 { wasMade = false }
  }

  /// When the clock, which shows `now`, has to be moved; said once, within three seconds of it. nil = not soon.
  public mutating func due(clock now: TimeInterval) -> TimeInterval? {
    guard !isNear, !wasMade, change != 0 else { return nil }
    let day: Int64 = 86_400
    let end = TimeInterval.seconds((now.nanoseconds / 1_000_000_000 / day + 1) * day - (armed == .delete ? 1 : 0))
    guard end > now, end - now < Self.notice else { return nil }
    isNear = true
    return end
  }

  /// The clock has come there: how much it is moved. nil = it was taken back in the meantime.
  public mutating func make() -> TimeInterval? {
    isNear = false
    guard change != 0 else { return nil }
    wasMade = true
    return .seconds(change)
  }
}
