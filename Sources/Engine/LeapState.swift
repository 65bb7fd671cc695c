// SPDX-License-Identifier: Apache-2.0

import TimeTypes

/// What is known of leap seconds: the table's word, or else that of a majority of survivors.
struct LeapState: BitwiseCopyable {
  var taiOffset: Int16?
  var table: LeapTable?
  /// Shown to everyone during the last day before the leap.
  var armed = LeapIndicator.none
  /// When it is made, in UTC as it counts before the leap, nanoseconds since 1970: where 23:59:60 begins, or where 23:59:59 would have
  /// begun. Meaningful while armed.
  var moment: Int64 = 0
  /// The last one that was made, and when.
  var made = LeapIndicator.none
  var madeAt: RawInstant?

  /// The kernel's leap and ours are so near to each other, seconds: the clock is off by little while synchronized, and the kernel
  /// counts seconds at its ticks.
  static var slack: Double { @_noAllocation @_noLocks get { 2 } }
  /// Within so many seconds of the moment nothing but the leap arms or disarms it, and the clock may move by itself.
  static var window: Double { @_noAllocation @_noLocks get { 10 } }

  @_noAllocation @_noLocks
  init() {}

  var isArmed: Bool {
    @_noAllocation @_noLocks get { armed == .insert || armed == .delete }
  }

  /// One was made less than so many seconds ago.
  @_noAllocation @_noLocks
  func wasMade(within seconds: Double, of now: RawInstant) -> Bool {
    if let madeAt { return (now - madeAt).inSeconds < seconds }
    return false
  }

  /// One is armed, and at this time of the reference less than so many seconds ahead.
  @_noAllocation @_noLocks
  func isAhead(within seconds: Double, of time: TimeInterval) -> Bool {
    isArmed && Double(moment &- time.nanoseconds) * 1e-9 < seconds
  }

  /// The end of the UTC day, if it is the last of June or December and leap seconds may come then; else nil.
  @_noAllocation @_noLocks
  static func leapDayEnd(_ time: TimeInterval) -> Int64? {
    let day: Int64 = 86_400_000_000_000
    let count = time.nanoseconds / day
    guard time.nanoseconds > 0, count < 1_000_000 else { return nil }
    let next = CivilDay(daysSince1970: count + 1)
    return next.day == 1 && (next.month == 7 || next.month == 1) ? (count + 1) * day : nil
  }
}
