// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import Synchronization
import TimeTypes

@testable import LinuxKernel

/// A kernel with one steerable clock, /dev/ptp0 or CLOCK_AUX3: its oscillator gains by `drift` on the raw counter, and it does as it is told.
final class FakeDevice: Sendable {
  struct State {
    var raw: Int64 = 1_000_000_000
    var shown = TimeInterval.seconds(500)
    var drift = 0.0
    var units: Int64 = 0
    var tick: Int64 = 10_000
    var refusal: Int32 = 0
    var isLocked = false
    var isGone = false
    var wasWritable = false
    var maximum: Int32 = 62_499_999
    var writes: [clinux_timex_t] = []
    /// What passes after each reading of the auxiliary clock, ns.
    var pause: Int64 = 0
  }
  let state = Mutex(State())
  /// The auxiliary clock runs on the counter itself.
  static let auxiliary = CLINUX_CLOCK_AUX + 3

  func change(_ body: (inout State) -> Void) { state.withLock { body(&$0) } }

  var set: Double { state.withLock { Double($0.units) / 65536 * 1e-6 + Double($0.tick - 10_000) * 1e-4 } }

  /// Raw time passes.
  func advance(_ seconds: Double) {
    let set = set
    state.withLock {
      $0.raw += Int64(seconds * 1e9)
      $0.shown =
        $0.shown + TimeInterval(seconds: seconds) + TimeInterval(seconds: seconds * $0.drift)
        + TimeInterval(seconds: seconds * (1 + $0.drift) * set)
    }
  }

  private func adjust(_ timex: inout clinux_timex_t) -> Int32 {
    let request = timex
    let result: Int32 = state.withLock { state in
      if state.isGone { return -ENODEV }
      guard request.modes != 0 else { return 0 }
      state.writes.append(request)
      if state.refusal != 0 { return state.refusal }
      if request.modes & clinux_adj_frequency != 0 {
        // scaled_ppm_to_ppb of the kernel, rounded down.
        let ppb = (request.frequency * 1000) >> 16
        if ppb > Int64(state.maximum) || ppb < -Int64(state.maximum) { return -ERANGE }
        state.units = request.frequency
      }
      if request.modes & clinux_adj_tick != 0 { state.tick = request.tick }
      if request.modes & clinux_adj_setoffset != 0 {
        guard (0..<1_000_000_000).contains(request.subseconds) else { return -EINVAL }
        state.shown = state.shown + .seconds(request.seconds) + TimeInterval(nanoseconds: request.subseconds)
      }
      return 0
    }
    guard result == 0 else { return result }
    timex = state.withLock {
      var answer = clinux_timex_t()
      answer.frequency = $0.units
      answer.tick = $0.tick
      return answer
    }
    return 0
  }

  var calls: DeviceClockCalls {
    DeviceClockCalls(
      adjust: { _, timex in self.adjust(&timex) },
      describe: { _, capabilities in
        capabilities.maximum_adjustment = self.state.withLock { $0.maximum }
        return 0
      },
      lock: { _ in
        self.state.withLock {
          if $0.isLocked { return -EWOULDBLOCK }
          $0.isLocked = true
          return 0
        }
      },
      bracket: { clock, bracket in
        guard clock == Self.auxiliary, !self.state.withLock({ $0.isGone }) else { return -EINVAL }
        let (raw, shown) = self.state.withLock { state in
          defer {
            state.raw += state.pause
            state.shown = state.shown + TimeInterval(nanoseconds: state.pause)
          }
          return (state.raw, state.shown)
        }
        bracket = clinux_bracket_t(raw_before: raw - 20, clock: shown.nanoseconds, raw_after: raw + 20)
        return 0
      })
  }

  var phc: PHCCalls {
    PHCCalls(
      open: { path, writable in
        guard path == "/dev/ptp0" else { return -ENOENT }
        self.state.withLock { $0.wasWritable = writable }
        return 70
      },
      close: { _ in self.state.withLock { $0.isLocked = false } },
      precise: { _, stamp in
        let (raw, shown, isGone) = self.state.withLock { ($0.raw, $0.shown, $0.isGone) }
        if isGone { return -ENODEV }
        stamp = clinux_cross_stamp_t(device: shown.nanoseconds, realtime: raw, raw: raw)
        return 0
      },
      extended: { _, _, _, _ in -EOPNOTSUPP }, plain: { _, _, _ in -EOPNOTSUPP },
      pair: { ClockPair(raw: RawInstant(nanoseconds: 0), time: .zero) })
  }
}
