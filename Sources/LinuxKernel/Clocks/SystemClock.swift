// SPDX-License-Identifier: Apache-2.0

import CLinux
package import ClockPort
import Glibc
package import TimeTypes

/// The host's CLOCK_REALTIME, driven by adjtimex(2): frequency and tick for slews, ADJ_SETOFFSET for steps. [discipline]
///
/// It reads back what the kernel really applied, notices what others did (`observe`), and in observe mode never writes.
package struct SystemClock: SteerableClock {
  package let id: ClockID
  package let mode: SteeringMode
  private let calls: TimexCalls
  private let history = ClockHistory()
  private var segments = ClockSegments()
  private var watch: ClockWatch
  private var era = ClockEra(rawValue: 0)
  private var applied: Frequency
  private var publishedLeap: LeapIndicator = .none
  /// The last call that wanted to change the clock was refused for want of CAP_SYS_TIME.
  package private(set) var lostPermission = false

  /// Nobody else's loop or slew is left running since the last look.
  private var isOwned = false

  /// Takes the clock as it is; nothing is changed before the first `adjust` or `step`.
  package init(id: ClockID = .system, mode: SteeringMode, calls: TimexCalls = .kernel) throws(ClockError) {
    self.id = id
    self.mode = mode
    self.calls = calls
    var timex = clinux_timex_t()
    try ClockError.check(calls.adjust(&timex))
    applied = TimexFrequency(timex).frequency
    let pair = calls.pair()
    watch = ClockWatch(at: pair, frequency: applied)
    note(pair)
  }

  package var capabilities: ClockCapabilities {
    let free = mode == .steer && !lostPermission
    return ClockCapabilities(
      canSteer: free, canStep: free, maximumFrequency: TimexFrequency.maximum,
      frequencyResolution: .partsPerMillion(1 / TimexFrequency.unitsPerPPM), precision: -29)
  }

  /// For the threads that make stamps.
  package var stampSource: ClockStampSource { ClockStampSource(clock: id, kind: .system, history: history) }

  /// Ends what others left running: a phase-locked loop, a slew in progress, armed leap seconds. The frequency stays. The first
  /// `adjust` or `step` does it, and the first after somebody started a loop again.
  package mutating func takeOver() throws(ClockError) {
    // Only a PLL takes ADJ_OFFSET, so it is on for the one call that empties it; FREQHOLD keeps its hands off the frequency.
    _ = try write { timex in
      timex.modes = clinux_adj_status | clinux_adj_offset
      timex.status = clinux_sta_pll | clinux_sta_freqhold | clinux_sta_unsync
      timex.offset = 0
    }
    _ = try write { timex in
      timex.modes = clinux_adj_status
      timex.status = clinux_sta_unsync
    }
    isOwned = true
    publishedLeap = .none
    watch.armedLeap = .none
    watch.rebase(at: calls.pair(), frequency: applied)
  }

  package mutating func read() throws(ClockError) -> ClockReading {
    var timex = clinux_timex_t()
    try ClockError.check(calls.adjust(&timex))
    return reading(calls.pair(), TimexFrequency(timex).frequency)
  }

  /// Reads the clock and finds what others did to it since the last look; a foreign step begins a new era.
  package mutating func observe() throws(ClockError) -> ClockObservation {
    var timex = clinux_timex_t()
    try ClockError.check(calls.adjust(&timex))
    if timex.status & clinux_sta_pll != 0 { isOwned = false }
    let pair = calls.pair()
    let frequency = TimexFrequency(timex).frequency
    let before = watch.lastLook
    let limit = RealtimeRawHistory.jumpLimit(elapsed: pair.raw - before)
    let finding = watch.observe(pair, frequency: frequency)
    applied = frequency
    // What is less than this is somebody's slew: the line bends, stamps may still be subtracted.
    let jumped = finding.moved.map { $0.magnitude > limit } ?? false
    if jumped { era = era.next }
    note(pair, since: jumped ? before : nil)
    return ClockObservation(reading: reading(pair, frequency), finding: finding)
  }

  package mutating func adjust(frequency: Frequency) throws(ClockError) -> Frequency {
    guard frequency.ratio.isFinite else { throw .invalidValue }
    if !isOwned { try takeOver() }
    let wanted = TimexFrequency(nearest: frequency)
    let before = calls.pair()
    let timex = try write { timex in
      timex.modes = clinux_adj_frequency | clinux_adj_tick
      timex.frequency = wanted.units
      timex.tick = wanted.tick
    }
    let after = calls.pair()
    // The old line ends with `before`, the new one begins with `after`; readers get both at once.
    note(before, announce: false)
    applied = TimexFrequency(timex).frequency
    note(after)
    watch.rebase(at: after, frequency: applied)
    return applied
  }

  package mutating func step(by interval: TimeInterval) throws(ClockError) {
    if !isOwned { try takeOver() }
    let before = calls.pair()
    let change = TimexStep(interval)
    _ = try write { timex in
      timex.modes = clinux_adj_setoffset | clinux_adj_nano
      timex.seconds = change.seconds
      timex.subseconds = change.nanoseconds
    }
    let after = calls.pair()
    note(before, announce: false)
    era = era.next
    note(after)
    watch.rebase(at: after, frequency: applied)
  }

  package mutating func publish(status: ClockStatus) throws(ClockError) {
    var bits: Int32 = 0
    if !status.synchronized { bits |= clinux_sta_unsync }
    if status.synchronized && status.leap == .insert { bits |= clinux_sta_ins }
    if status.synchronized && status.leap == .delete { bits |= clinux_sta_del }
    var modes = clinux_adj_status | clinux_adj_maxerror | clinux_adj_esterror
    let tai = status.taiOffset.map(Int32.init)
    if let tai, tai >= 0 { modes |= clinux_adj_tai }
    let (allModes, allBits) = (modes, bits)
    _ = try write { timex in
      timex.modes = allModes
      timex.status = allBits
      timex.maximum_error = SystemClock.microseconds(status.maximumError)
      timex.estimated_error = SystemClock.microseconds(status.estimatedError)
      timex.tai = tai ?? 0
    }
    publishedLeap = bits & clinux_sta_ins != 0 ? .insert : bits & clinux_sta_del != 0 ? .delete : .none
    watch.armedLeap = publishedLeap
  }

  /// The kernel's limit of maxerror and esterror (NTP_PHASE_LIMIT): 16 s.
  static let errorLimit: Int64 = 16_000_000

  /// Rounded up: a bound must not become smaller on its way.
  static func microseconds(_ interval: TimeInterval) -> Int64 {
    if interval.isNegative { return 0 }
    let whole = interval.nanoseconds / 1000
    let exact = interval.nanoseconds % 1000 == 0 && interval.subnanoseconds == 0
    return min(exact ? whole : whole + 1, errorLimit)
  }

  private func reading(_ pair: ClockPair, _ frequency: Frequency) -> ClockReading {
    ClockReading(clock: id, era: era, raw: pair.raw, time: pair.time, frequency: frequency)
  }

  private mutating func note(_ pair: ClockPair, announce: Bool = true, since: RawInstant? = nil) {
    segments.insert(
      ClockSegment(
        raw: pair.raw, time: pair.time, frequency: applied, era: era, errorNanoseconds: pair.errorNanoseconds,
        since: since))
    if announce { history.publish(segments) }
  }

  /// The only way to the kernel with modes set.
  private mutating func write(_ prepare: (inout clinux_timex_t) -> Void) throws(ClockError) -> clinux_timex_t {
    guard mode == .steer else { throw .observing }
    var timex = clinux_timex_t()
    prepare(&timex)
    let result = calls.adjust(&timex)
    lostPermission = result == -EPERM
    try ClockError.check(result)
    return timex
  }
}

/// A reading together with what others did to the clock since the last one.
package struct ClockObservation: Sendable, BitwiseCopyable, Equatable {
  package var reading: ClockReading
  package var finding: ClockWatch.Finding
}
