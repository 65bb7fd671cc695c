// SPDX-License-Identifier: Apache-2.0

import CLinux
import ClockPort
import LinuxKernel
package import TimeTypes

/// Turns kernel stamps and readings into stamps of the disciplined clock, each with its raw time.
///
/// Used by the thread that runs the loop; `read` by any. The map from CLOCK_REALTIME to raw is taken anew at each wake-up, so a stamp
/// is carried over by the short time since it was taken: a slew of 500 ppm falsifies 1 ms by 0.5 µs, and a step in between shows
/// as a stamp from the future or the far past, which is refused.
package final class KernelClocks: @unchecked Sendable {
  // Sound to share: `page` is atomic; `anchor` belongs to the loop's thread.
  package let page: ClockLinePage
  private var anchor = Anchor(realtime: 0, raw: 0, error: 0)
  private var previous: Anchor?

  struct Anchor {
    var realtime: Int64
    var raw: Int64
    var error: UInt32
  }

  package init(page: ClockLinePage) { self.page = page }

  /// CLOCK_REALTIME and the raw counter at one moment.
  static func bracket() -> Anchor {
    var bracket = clinux_bracket_t()
    // Sound: the address of our own struct, for the call.
    _ = unsafe clinux_clock_bracket(CLINUX_CLOCK_REALTIME, 3, 100, &bracket)
    let width = bracket.raw_after &- bracket.raw_before
    return Anchor(
      realtime: bracket.clock, raw: bracket.raw_before &+ width / 2,
      error: UInt32(clamping: (width + 1) / 2))
  }

  /// Called after each wake-up, before stamps are turned. [capture]
  package func refresh() {
    let fresh = Self.bracket()
    // Two anchors a while apart give the rate at which the kernel slews; a step between them makes the old one useless.
    if let old = previous {
      let drift = (fresh.realtime &- old.realtime) &- (fresh.raw &- old.raw)
      let span = fresh.raw &- old.raw
      if drift.magnitude > UInt64(max(span, 0)) / 500 &+ 2000 || span > 4_000_000_000 { previous = anchor }
      if fresh.raw &- anchor.raw > 1_000_000_000 { previous = anchor }
    } else {
      previous = fresh
    }
    anchor = fresh
  }

  /// The raw moment at which CLOCK_REALTIME showed `realtime`, nil = implausibly far from the last wake-up.
  private func raw(realtime: Int64) -> Int64? {
    let age = anchor.realtime &- realtime
    guard age.magnitude < 10_000_000_000 else { return nil }
    guard let previous, anchor.raw &- previous.raw > 1_000_000 else { return anchor.raw &- age }
    // Age on the raw clock: the same span less what the kernel's slew added to it.
    let span = Double(anchor.raw &- previous.raw)
    let gain = (Double(anchor.realtime &- previous.realtime) - span) / span
    return anchor.raw &- age &+ Int64((Double(age) * gain).rounded())
  }

  /// A kernel's software stamp as one of the disciplined clock. [capture]
  package func stamp(realtime: Int64) -> Stamp? {
    guard let raw = raw(realtime: realtime) else { return nil }
    let error = anchor.error
    switch page.read() {
    case .realtime(let era):
      return Stamp(
        clock: .system, kind: .kernel, era: era, time: TimeInterval(nanoseconds: realtime),
        raw: RawInstant(nanoseconds: raw), errorNanoseconds: error)
    case .virtual(let line):
      return Self.stamp(line, raw: RawInstant(nanoseconds: raw), kind: .kernel, error: error)
    case nil: return nil
    }
  }

  /// The clock now. [any]
  package func read(_ clock: ClockID) -> Stamp? {
    guard clock == .system else { return nil }
    switch page.read() {
    case .realtime(let era):
      let now = Self.bracket()
      return Stamp(
        clock: .system, kind: .user, era: era, time: TimeInterval(nanoseconds: now.realtime),
        raw: RawInstant(nanoseconds: now.raw), errorNanoseconds: now.error)
    case .virtual(let line): return Self.stamp(line, raw: RawClock.now(), kind: .user, error: 0)
    case nil: return nil
    }
  }

  /// What the line shows at a raw moment.
  static func stamp(_ line: ClockReading, raw: RawInstant, kind: StampKind, error: UInt32) -> Stamp {
    let elapsed = raw - line.raw
    let gained = TimeInterval(nanosecondsAsDouble: elapsed.inNanoseconds * line.frequency.ratio)
    return Stamp(
      clock: line.clock, kind: kind, era: line.era, time: line.time + elapsed + gained, raw: raw,
      errorNanoseconds: error)
  }
}
