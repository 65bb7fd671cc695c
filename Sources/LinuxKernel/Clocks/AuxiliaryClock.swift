// SPDX-License-Identifier: Apache-2.0

import CLinux
import CardLines
package import ClockPort
package import TimeTypes

/// One of CLOCK_AUX0 to CLOCK_AUX7 (Linux 6.17), driven by clock_adjtime(2). One thread uses it.
///
/// It runs on the host's own counter, so that frequencies are against CLOCK_MONOTONIC_RAW as the system clock's are; it has no leap
/// seconds and nobody's PLL. An administrator enables it: /sys/kernel/time/aux_clocks/N/aux_clock_enable.
package struct AuxiliaryClock: SteerableClock {
  package let id: ClockID
  package let mode: SteeringMode
  /// 0 to 7.
  package let number: Int32
  private let calls: DeviceClockCalls
  private let claim: LockFile?
  private var watch: ClockWatch
  private var era = ClockEra(rawValue: 0)
  private var applied: Frequency

  /// Takes the clock as it is. Where it is to be steered, the first of `lockPaths` whose directory
  /// is there is held meanwhile.
  /// - Throws: ENODEV where the kernel has no such clock or it is not enabled, EWOULDBLOCK where another process steers it.
  package init(
    id: ClockID, number: Int32, mode: SteeringMode, lockPaths: [String] = [], calls: DeviceClockCalls = .kernel
  ) throws(KernelError) {
    guard (0..<CLINUX_AUX_CLOCKS).contains(number) else {
      throw KernelError("find the auxiliary clock", errno: KernelError.noDevice)
    }
    self.id = id
    self.mode = mode
    self.number = number
    self.calls = calls
    guard let pair = Self.pair(number, calls) else {
      throw KernelError("read the auxiliary clock", errno: KernelError.noDevice)
    }
    var held: LockFile?
    if mode == .steer, !lockPaths.isEmpty {
      held = try Self.lock(lockPaths)
      if held == nil { throw KernelError("lock the auxiliary clock", errno: KernelError.wouldBlock) }
    }
    claim = held
    var timex = clinux_timex_t()
    _ = try KernelError.check(calls.adjust(CLINUX_CLOCK_AUX + number, &timex), "read the auxiliary clock's frequency")
    applied = TimexFrequency(timex).frequency
    watch = ClockWatch(at: pair, frequency: applied)
  }

  /// Where its lock is: in the daemon's runtime directory, which its user may write; where there is none, beside it.
  package static func lockPaths(_ number: Int32) -> [String] {
    ["/run/tompion/aux\(number).lock", "/run/tompiond-aux\(number).lock"]
  }

  /// nil = another process holds it.
  private static func lock(_ paths: [String]) throws(KernelError) -> LockFile? {
    for path in paths.dropLast() {
      do { return try LockFile(path) } catch { if error.errno != KernelError.notFound { throw error } }
    }
    guard let last = paths.last else { return nil }
    return try LockFile(last)
  }

  package var capabilities: ClockCapabilities {
    ClockCapabilities(
      canSteer: mode == .steer, canStep: mode == .steer, maximumFrequency: TimexFrequency.maximum,
      frequencyResolution: .partsPerMillion(1 / TimexFrequency.unitsPerPPM), precision: -29)
  }

  package mutating func read() throws(ClockError) -> ClockReading { reading(try pair()) }

  /// Reads the clock and finds what others did to it since the last look.
  package mutating func observe() throws(ClockError) -> DeviceObservation {
    var timex = clinux_timex_t()
    try ClockError.check(calls.adjust(CLINUX_CLOCK_AUX + number, &timex))
    let pair = try pair()
    let finding = watch.observe(pair, frequency: TimexFrequency(timex).frequency)
    applied = TimexFrequency(timex).frequency
    if finding.moved != nil { era = era.next }
    return DeviceObservation(
      reading: reading(pair), finding: finding,
      sight: PHCReading(raw: pair.raw, device: pair.time, errorNanoseconds: pair.errorNanoseconds))
  }

  package mutating func adjust(frequency: Frequency) throws(ClockError) -> Frequency {
    guard frequency.ratio.isFinite else { throw .invalidValue }
    let wanted = TimexFrequency(nearest: frequency)
    let timex = try write { timex in
      timex.modes = clinux_adj_frequency | clinux_adj_tick
      timex.frequency = wanted.units
      timex.tick = wanted.tick
    }
    applied = TimexFrequency(timex).frequency
    watch.rebase(at: try pair(), frequency: applied)
    return applied
  }

  package mutating func step(by interval: TimeInterval) throws(ClockError) {
    let change = TimexStep(interval)
    _ = try write { timex in
      timex.modes = clinux_adj_setoffset | clinux_adj_nano
      timex.seconds = change.seconds
      timex.subseconds = change.nanoseconds
    }
    era = era.next
    watch.rebase(at: try pair(), frequency: applied)
  }

  /// Nobody asks an auxiliary clock how good it is.
  package mutating func publish(status: ClockStatus) throws(ClockError) {}

  /// The clock and the raw counter now; nil = the kernel has no such clock, or it is not enabled.
  private static func pair(_ number: Int32, _ calls: DeviceClockCalls) -> ClockPair? {
    var bracket = clinux_bracket_t()
    guard calls.bracket(CLINUX_CLOCK_AUX + number, &bracket) >= 0 else { return nil }
    let width = max(bracket.raw_after &- bracket.raw_before, 0)
    return ClockPair(
      raw: RawInstant(nanoseconds: bracket.raw_before &+ width / 2), time: TimeInterval(nanoseconds: bracket.clock),
      errorNanoseconds: UInt32(clamping: width / 2 + 1))
  }

  private func pair() throws(ClockError) -> ClockPair {
    guard let pair = Self.pair(number, calls) else { throw .unsupported }
    return pair
  }

  private func reading(_ pair: ClockPair) -> ClockReading {
    ClockReading(clock: id, era: era, raw: pair.raw, time: pair.time, frequency: applied)
  }

  private mutating func write(_ prepare: (inout clinux_timex_t) -> Void) throws(ClockError) -> clinux_timex_t {
    guard mode == .steer else { throw .observing }
    var timex = clinux_timex_t()
    prepare(&timex)
    try ClockError.check(calls.adjust(CLINUX_CLOCK_AUX + number, &timex))
    return timex
  }
}
