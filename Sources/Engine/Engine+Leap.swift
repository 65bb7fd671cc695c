// SPDX-License-Identifier: Apache-2.0

import ClockPort
import Fusion
import Selection
import TimeTypes

extension Engine {
  @_noAllocation @_noLocks
  mutating func learn(_ table: LeapTable, at now: RawInstant, _ actions: inout Actions) {
    leap.table = table
    leap.taiOffset = table.taiOffset
    electLeap(at: now, &actions)
  }

  /// Arms the leap in its last day: by the table if there is one, else by a strict majority of the survivors, and by them on
  /// the last day of June and December only.
  @_noAllocation @_noLocks
  mutating func electLeap(at now: RawInstant, _ actions: inout Actions) {
    guard let fused else { return }
    let time = fused.line.time(at: now)
    var armed = LeapIndicator.none
    var moment: Int64 = 0
    if followsSmearing {
      // The leap second comes to this clock as a slew.
    } else if let table = leap.table {
      if let next = table.next {
        let ahead = next.nanoseconds &- time.nanoseconds
        if ahead > 0 && ahead <= 86_400_000_000_000 {
          armed = next.taiOffset > table.taiOffset ? .insert : .delete
          moment = next.nanoseconds &- (armed == .delete ? 1_000_000_000 : 0)
        }
      }
    } else if let end = LeapState.leapDayEnd(time) {
      var inserts = 0
      var deletes = 0
      var count = 0
      for position in 0..<storage.selection.survivors.count {
        let index = storage.selection.survivors[position].index
        // Pulses and the like know nothing of leap seconds.
        if !storage.slots[index].tellsLeap { continue }
        count += 1
        switch storage.slots[index].leap {
        case .insert: inserts += 1
        case .delete: deletes += 1
        case .none, .unsynchronized: break
        }
      }
      if 2 * inserts > count { armed = .insert }
      if 2 * deletes > count { armed = .delete }
      moment = end &- (armed == .delete ? 1_000_000_000 : 0)
      // With those alone nobody is there to take back what was said.
      if count == 0, storage.selection.survivors.count > 0 { (armed, moment) = (leap.armed, leap.moment) }
    }
    // A server that has just made it no longer announces it, or still does: neither is news.
    if leap.isAhead(within: LeapState.window, of: time) || leap.wasMade(within: LeapState.window, of: now) {
      (armed, moment) = (leap.armed, leap.moment)
    }
    if case .none = leap.table { electTAIOffset() }
    if armed != leap.armed {
      leap.armed = armed
      leap.moment = moment
      actions.advise(.log(.leapArmed(armed)))
    }
  }

  /// Without a table the system source's TAI − UTC is taken, where it gives one.
  @_noAllocation @_noLocks
  private mutating func electTAIOffset() {
    if let index = storage.selection.systemSource, let offset = storage.slots[index].taiOffset {
      leap.taiOffset = offset
    }
  }

  /// When the leap's moment has come, everything that was known of UTC moves by a second, once.
  @_noAllocation @_noLocks
  mutating func passLeap(at now: RawInstant, _ actions: inout Actions) {
    guard leap.isArmed, let before = fused else { return }
    if before.line.time(at: now).nanoseconds < leap.moment { return }
    let shift = TimeInterval.seconds(leap.armed == .insert ? -1 : 1)
    for i in 0..<capacity where storage.slots[i].isUsed {
      storage.slots[i].filter.shift(by: shift)
      storage.slots[i].estimate = .none
      storage.slots[i].gated.shift(by: shift)
    }
    joint.shift(by: shift)
    fused?.line.time = before.line.time + shift
    // The kernel does the same to the clock itself; until the next reading it is taken to have done so.
    if let line = reading, parameters.steer {
      reading?.time = line.time + shift
    }
    (leap.made, leap.madeAt) = (leap.armed, now)
    if let offset = leap.taiOffset { leap.taiOffset = offset + (leap.armed == .insert ? 1 : -1) }
    if let table = leap.table, let next = table.next { leap.table = LeapTable(taiOffset: next.taiOffset) }
    leap.armed = .none
    actions.advise(.log(.leapPassed(by: shift)))
    actions.advise(.log(.leapArmed(.none)))
  }

  /// The kernel makes its leap where its own clock says so, a server where its does, we where the estimate does: milliseconds earlier or
  /// later. What is told from the other side of the leap is off by a second, and is taken to ours: `time` is where it was expected at
  /// that moment, or a second away.
  @_noAllocation @_noLocks
  func onOurSideOfLeap(_ time: TimeInterval, expected: TimeInterval, at raw: RawInstant) -> TimeInterval {
    guard let fused else { return time }
    let isNear =
      leap.wasMade(within: LeapState.slack, of: raw)
      || leap.isAhead(within: LeapState.slack, of: fused.line.time(at: raw))
    let moved = (time - expected).inSeconds
    guard isNear, (moved.magnitude - 1).magnitude < Self.leapDifference else { return time }
    return time - TimeInterval.seconds(moved < 0 ? -1 : 1)
  }

  /// A reading of a clock that makes leap seconds by itself.
  @_noAllocation @_noLocks
  func onOurSideOfLeap(_ now: ClockReading) -> ClockReading {
    guard parameters.steer, let reading else { return now }
    var folded = now
    folded.time = onOurSideOfLeap(now.time, expected: reading.time(at: now.raw), at: now.raw)
    return folded
  }

  /// What a sample says of UTC.
  @_noAllocation @_noLocks
  func onOurSideOfLeap(_ reference: TimeInterval, of sample: Sample) -> TimeInterval {
    guard let fused else { return reference }
    return onOurSideOfLeap(reference, expected: fused.line.time(at: sample.raw), at: sample.raw)
  }

  /// How far from a whole second a leap's move may be found, seconds.
  private static var leapDifference: Double { @_noAllocation @_noLocks get { 0.1 } }

  /// What the kernel is told of leap seconds: one that it was to make stays armed until it has, and until then it counts TAI − UTC itself.
  @_noAllocation @_noLocks
  func leapForKernel(at now: RawInstant) -> (indicator: LeapIndicator, taiOffset: Int16?) {
    if leap.wasMade(within: LeapState.slack, of: now) { return (leap.made, nil) }
    return (state.leap, state.taiOffset)
  }
}
