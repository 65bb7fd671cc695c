// SPDX-License-Identifier: Apache-2.0

import CLinux
import ClockPort
import Glibc
import LinuxKernel
import Synchronization
import TimeTypes

@testable import Runtime
@testable import Settings

/// A PTP clock whose oscillator gains by `drift`, and a system clock that is true: neither is this host's.
final class FakePTPClock: Sendable {
  struct State {
    var raw: Int64 = 1_000_000_000
    var shown = TimeInterval.seconds(500)
    var drift = 40e-6
    var units: Int64 = 0
    var steps = 0
    var isLocked = false
    var isGone = false
    var tai: Int16? = 37
    var isSynchronized = true
    var readings = 0
    /// How often it was opened, and how.
    var openings: [SteeringMode] = []
    /// A leap second, or a step of the system clock.
    var realtime: Int64 = 1_700_000_000_000_000_000
  }
  let state = Mutex(State())

  func change(_ body: (inout State) -> Void) { state.withLock { body(&$0) } }

  func advance(_ seconds: Double) {
    change {
      let set = Double($0.units) / 65536 * 1e-6
      $0.raw += Int64(seconds * 1e9)
      $0.shown =
        $0.shown + TimeInterval(seconds: seconds) + TimeInterval(seconds: seconds * ($0.drift + (1 + $0.drift) * set))
    }
  }

  /// System clock − PTP clock.
  var offset: TimeInterval { state.withLock { TimeInterval(nanoseconds: $0.raw + $0.realtime) - $0.shown } }

  private func adjust(_ timex: inout clinux_timex_t) -> Int32 {
    let request = timex
    return state.withLock {
      if $0.isGone { return -ENODEV }
      if request.modes & clinux_adj_frequency != 0 { $0.units = request.frequency }
      if request.modes & clinux_adj_setoffset != 0 {
        $0.shown = $0.shown + .seconds(request.seconds) + TimeInterval(nanoseconds: request.subseconds)
        $0.steps += 1
      }
      return 0
    }
  }

  private func open(_ id: ClockID, _ mode: SteeringMode) throws(KernelError) -> DeviceClock {
    let phc = PHCCalls(
      open: { _, _ in 70 }, close: { _ in },
      precise: { _, stamp in
        self.change { $0.readings += 1 }
        let (raw, shown, realtime, isGone) = self.state.withLock { ($0.raw, $0.shown, $0.realtime, $0.isGone) }
        if isGone { return -ENODEV }
        stamp = clinux_cross_stamp_t(device: shown.nanoseconds, realtime: raw + realtime, raw: raw)
        return 0
      }, extended: { _, _, _, _ in -EOPNOTSUPP }, plain: { _, _, _ in -EOPNOTSUPP },
      pair: { ClockPair(raw: RawInstant(nanoseconds: 0), time: .zero) })
    let calls = DeviceClockCalls(
      adjust: { _, timex in
        let result = self.adjust(&timex)
        timex.frequency = self.state.withLock { $0.units }
        return result
      },
      describe: { _, capabilities in
        capabilities.maximum_adjustment = 1_000_000
        return 0
      },
      lock: { _ in self.state.withLock { $0.isLocked } ? -EWOULDBLOCK : 0 }, bracket: { _, _ in -EINVAL })
    return .hardware(
      try HardwareClock(
        id: id, path: "/dev/ptp0", mode: mode, phc: phc, calls: calls))
  }

  func glance() -> SystemGlance? {
    let state = state.withLock { $0 }
    let calls = TimexCalls(
      adjust: { timex in
        timex.tick = 10_000
        timex.tai = Int32(state.tai ?? 0)
        timex.status = state.isSynchronized ? 0 : clinux_sta_unsync
        return 0
      },
      pair: {
        ClockPair(raw: RawInstant(nanoseconds: state.raw), time: TimeInterval(nanoseconds: state.raw + state.realtime))
      })
    return SystemGlance(calls: calls)
  }

  /// CLOCK_REALTIME beside the raw counter.
  var pair: ClockPair {
    state.withLock {
      ClockPair(raw: RawInstant(nanoseconds: $0.raw), time: TimeInterval(nanoseconds: $0.raw + $0.realtime))
    }
  }

  /// The stamps of its machine's system clock, which is never written to.
  func stampSource() throws -> ClockStampSource {
    let calls = TimexCalls(
      adjust: { timex in
        timex.tick = 10_000
        return 0
      }, pair: { self.pair })
    return try SystemClock(mode: .observe, calls: calls).stampSource
  }

  /// A machine on which every device is this one, but for those of other numbers.
  func access(
    others: [HardwareClockConfiguration.Device: UInt64] = [:],
    look: @escaping (String) -> PHCPath.Look = { _ in PHCPath.Look() }
  ) -> DeviceAccess {
    DeviceAccess(
      locate: { device throws(KernelError) in
        if case .auxiliary(let number) = device { return .init(path: "", identity: .auxiliary(number)) }
        let number = others[device] ?? 0
        return .init(path: "/dev/ptp\(number)", identity: .number(number))
      },
      open: { _, _, id, mode throws(KernelError) in
        let clock = try self.open(id, mode)
        self.change { $0.openings.append(mode) }
        return clock
      }, look: look)
  }
}
