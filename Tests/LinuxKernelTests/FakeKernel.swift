// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import LinuxKernel
import Synchronization
import TimeTypes

/// A kernel clock in virtual time, for tests: REALTIME over RAW, driven by adjtimex as adjtimex(2) says.
final class FakeKernel: Sendable {
  struct State {
    var raw: Int64 = 1_000_000_000
    /// REALTIME at `raw`, in ns with a fraction.
    var realtime: TimeInterval = .seconds(1_700_000_000)
    var timex = clinux_timex_t()
    /// What the next write is answered with; 0 = carried out.
    var refusal: Int32 = 0
    var writes: [clinux_timex_t] = []
    var bracketError: UInt32 = 0
  }
  let state = Mutex(State())

  init() {
    state.withLock {
      $0.timex.tick = 10000
      $0.timex.status = clinux_sta_unsync
    }
  }

  var frequency: Double {
    state.withLock { Double($0.timex.tick - 10000) * 1e-4 + Double($0.timex.frequency) / 65536 * 1e-6 }
  }

  func advance(_ nanoseconds: Int64) {
    let rate = frequency
    state.withLock {
      $0.raw += nanoseconds
      $0.realtime =
        $0.realtime + TimeInterval(nanoseconds: nanoseconds)
        + TimeInterval(nanosecondsAsDouble: Double(nanoseconds) * rate)
    }
  }

  /// Somebody else's settimeofday.
  func foreignStep(_ interval: TimeInterval) { state.withLock { $0.realtime = $0.realtime + interval } }
  func foreignFrequency(_ units: Int64) { state.withLock { $0.timex.frequency = units } }

  var pair: ClockPair {
    state.withLock {
      ClockPair(raw: RawInstant(nanoseconds: $0.raw), time: $0.realtime, errorNanoseconds: $0.bracketError)
    }
  }
  /// What the kernel would stamp a packet with now.
  var stamp: Int64 { pair.time.nanoseconds }
  var raw: RawInstant { pair.raw }
  var writes: [clinux_timex_t] { state.withLock { $0.writes } }

  func adjust(_ timex: inout clinux_timex_t) -> Int32 {
    let request = timex
    let result: Int32 = state.withLock { state in
      guard request.modes != 0 else { return 0 }
      state.writes.append(request)
      if state.refusal != 0 { return state.refusal }
      if request.modes & clinux_adj_tick != 0 && !(9000...11000).contains(request.tick) { return -EINVAL }
      if request.modes & clinux_adj_setoffset != 0 {
        let limit: Int64 = request.modes & clinux_adj_nano != 0 ? 1_000_000_000 : 1_000_000
        guard (0..<limit).contains(request.subseconds) else { return -EINVAL }
      }
      if request.modes & clinux_adj_status != 0 { state.timex.status = request.status }
      if request.modes & clinux_adj_frequency != 0 {
        // Clamped in silence, as ntp.c does.
        state.timex.frequency = min(max(request.frequency, -500 * 65536), 500 * 65536)
      }
      if request.modes & clinux_adj_tick != 0 { state.timex.tick = request.tick }
      if request.modes & clinux_adj_maxerror != 0 { state.timex.maximum_error = request.maximum_error }
      if request.modes & clinux_adj_esterror != 0 { state.timex.estimated_error = request.estimated_error }
      if request.modes & clinux_adj_tai != 0 { state.timex.tai = request.tai }
      if request.modes & clinux_adj_setoffset != 0 {
        let nanoseconds = request.modes & clinux_adj_nano != 0 ? request.subseconds : request.subseconds * 1000
        state.realtime = state.realtime + .seconds(request.seconds) + TimeInterval(nanoseconds: nanoseconds)
        state.timex.status |= clinux_sta_unsync
      }
      return 0
    }
    if result == 0 { timex = state.withLock { $0.timex } }
    return result
  }

  var calls: TimexCalls { TimexCalls(adjust: { self.adjust(&$0) }, pair: { self.pair }) }
}
