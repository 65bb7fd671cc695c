// SPDX-License-Identifier: Apache-2.0

import CLinux
package import CardLines
package import ClockPort
import Glibc
package import TimeTypes

/// A PTP hardware clock (/dev/ptpN) that is driven: clock_adjtime(2) with ADJ_FREQUENCY, within the limit of PTP_CLOCK_GETCAPS, and
/// ADJ_SETOFFSET. One thread uses it.
///
/// Such a clock has an oscillator of its own, and its frequency is set against that one, not against the raw counter. So the "raw" time of
/// its readings is its own oscillator's: what the clock would show if it had never been steered, worked out from what it shows and what
/// was set. An engine that gets such readings finds out the very frequency that has to be set. The raw counter only tells whether
/// somebody else moved the clock.
package struct HardwareClock: SteerableClock {
  package let id: ClockID
  package let mode: SteeringMode
  /// The limit of the driver, either sign.
  package let maximumFrequency: Frequency
  private var device: PHCDevice
  private let calls: DeviceClockCalls
  private let clock: Int32
  private var era = ClockEra(rawValue: 0)
  private var applied: Frequency
  /// The last reading, and its own oscillator's time then.
  private var last: PHCReading
  private var own: RawInstant

  /// What the clock may run away from the raw counter without somebody having moved it: no oscillator is worse than a thousandth.
  static let believable = 1e-3
  static let tolerance = TimeInterval.microseconds(100)

  /// Opens the device, for writing and with its lock where it is to be steered; nothing is changed.
  /// - Throws: `KernelError` of "lock" with EWOULDBLOCK where another process steers it.
  package init(
    id: ClockID, path: String, mode: SteeringMode, phc: PHCCalls = .kernel, calls: DeviceClockCalls = .kernel
  ) throws(KernelError) {
    self.id = id
    self.mode = mode
    self.calls = calls
    device = try PHCDevice(path: path, writable: mode == .steer, calls: phc)
    if mode == .steer { _ = try KernelError.check(calls.lock(device.descriptor), "lock the PTP hardware clock") }
    clock = clinux_phc_clock(device.descriptor)
    var capabilities = clinux_phc_capabilities_t()
    _ = try KernelError.check(
      calls.describe(device.descriptor, &capabilities), "ask the PTP hardware clock what it can do")
    maximumFrequency = .partsPerBillion(Double(max(capabilities.maximum_adjustment, 0)))
    var timex = clinux_timex_t()
    // A driver that cannot tell its frequency is taken to run at none.
    applied =
      calls.adjust(clock, &timex) >= 0
      ? TimexFrequency(tick: TimexFrequency.nominalTick, units: timex.frequency).frequency : .zero
    last = try device.read()
    own = last.raw
  }

  /// How it is read.
  package var method: PHCMethod { device.method }

  /// The last reading, against the host's raw counter.
  package var reading: PHCReading { last }

  package var capabilities: ClockCapabilities {
    ClockCapabilities(
      canSteer: mode == .steer && maximumFrequency.ratio > 0, canStep: mode == .steer,
      maximumFrequency: maximumFrequency,
      frequencyResolution: .partsPerMillion(1 / TimexFrequency.unitsPerPPM), precision: -30)
  }

  package mutating func read() throws(ClockError) -> ClockReading {
    _ = try look()
    return ClockReading(clock: id, era: era, raw: own, time: last.device, frequency: applied)
  }

  /// Reads the clock and finds what others did to it since the last look.
  package mutating func observe() throws(ClockError) -> DeviceObservation {
    var finding = ClockWatch.Finding.nothing
    var timex = clinux_timex_t()
    if calls.adjust(clock, &timex) >= 0 {
      let frequency = TimexFrequency(tick: TimexFrequency.nominalTick, units: timex.frequency).frequency
      // Half of the kernel's unit is rounding.
      if (frequency - applied).ratio.magnitude > 1e-6 / 65536 {
        applied = frequency
        finding.frequency = frequency
      }
    }
    finding.moved = try look()
    return DeviceObservation(
      reading: ClockReading(clock: id, era: era, raw: own, time: last.device, frequency: applied), finding: finding,
      sight: last)
  }

  package mutating func adjust(frequency: Frequency) throws(ClockError) -> Frequency {
    guard frequency.ratio.isFinite else { throw .invalidValue }
    guard mode == .steer else { throw .observing }
    _ = try look()
    var timex = clinux_timex_t()
    timex.modes = clinux_adj_frequency
    let parts = frequency.clamped(to: maximumFrequency).partsPerMillion * TimexFrequency.unitsPerPPM
    // At the limit towards zero: the driver refuses what is over it by a rounding.
    let isAtLimit = frequency.ratio.magnitude >= maximumFrequency.ratio
    timex.frequency = Int64(parts.rounded(isAtLimit ? .towardZero : .toNearestOrEven))
    let wanted = TimexFrequency(tick: TimexFrequency.nominalTick, units: timex.frequency).frequency
    try ClockError.check(calls.adjust(clock, &timex))
    applied = wanted
    return applied
  }

  package mutating func step(by interval: TimeInterval) throws(ClockError) {
    guard mode == .steer else { throw .observing }
    _ = try look()
    let change = TimexStep(interval)
    var timex = clinux_timex_t()
    timex.modes = clinux_adj_setoffset | clinux_adj_nano
    timex.seconds = change.seconds
    timex.subseconds = change.nanoseconds
    try ClockError.check(calls.adjust(clock, &timex))
    era = era.next
    last.device = last.device + change.interval
    // Drivers that step by reading and setting lose some time at it: the next look must not take that for a foreign hand.
    last.errorNanoseconds = max(last.errorNanoseconds, 100_000)
  }

  /// Nobody asks a hardware clock how good it is.
  package mutating func publish(status: ClockStatus) throws(ClockError) {}

  /// Reads the device and moves its own oscillator's time on; nil = nobody else moved it, else by how much.
  private mutating func look() throws(ClockError) -> TimeInterval? {
    let reading: PHCReading
    do { reading = try device.read() } catch { try ClockError.check(-error.errno); throw .unsupported }
    let elapsed = reading.raw - last.raw
    let shown = reading.device - last.device
    let allowance =
      Self.tolerance + TimeInterval(nanoseconds: Int64(reading.errorNanoseconds) + Int64(last.errorNanoseconds))
      + TimeInterval(nanosecondsAsDouble: elapsed.magnitude.inNanoseconds * Self.believable)
    let moved = shown - elapsed - TimeInterval(nanosecondsAsDouble: elapsed.inNanoseconds * applied.ratio)
    last = reading
    guard moved.magnitude <= allowance else {
      own = own + elapsed
      era = era.next
      return moved
    }
    own = own + shown - TimeInterval(nanosecondsAsDouble: shown.inNanoseconds * applied.ratio / (1 + applied.ratio))
    return nil
  }
}
