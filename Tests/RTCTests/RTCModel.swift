// SPDX-License-Identifier: Apache-2.0

import ProviderKit
import TimeTypes

@testable import RTC

/// A host with a battery-backed clock, and the watch that reads it.
struct RTCModel {
  /// 2026-11-21 00:00:00 UTC plus a third of a second.
  static let begin: Int64 = 1_795_219_200_333_333_333
  var watch: RTCWatch
  var raw: Int64 = 5_000_000_000
  /// True time at raw 5 s.
  var truth = RTCModel.begin
  /// What the disciplined clock is off by, and the battery-backed one at the beginning, ns.
  var clockError: Int64 = 0
  var offset: Int64 = 0
  /// ns a s.
  var drift: Int64 = 0
  var isSynchronized = false
  /// How far off the disciplined clock takes itself to be.
  var bound = TimeInterval.milliseconds(1)
  var isReadable = true
  var stands = false
  var actions: [RTCWatch.Action] = []
  private let startRaw: Int64 = 5_000_000_000

  init(_ change: (inout RTCOptions) -> Void = { _ in }, saved: SavedRTC? = nil) {
    var options = RTCOptions()
    options.device = "/sys/class/rtc/rtc0/since_epoch"
    change(&options)
    watch = RTCWatch(options, saved: saved, now: RawInstant(nanoseconds: raw))
  }

  var now: Int64 { truth + raw - startRaw }

  func stamp() -> Stamp {
    Stamp(
      clock: .system, kind: .user, era: ClockEra(rawValue: 0), time: TimeInterval(nanoseconds: now + clockError),
      raw: RawInstant(nanoseconds: raw))
  }

  var reading: Int64? {
    guard isReadable else { return nil }
    let passed = stands ? 0 : raw - startRaw
    let shown = truth + passed + offset + passed / 1_000_000_000 * drift
    return shown >= 0 ? shown / 1_000_000_000 : nil
  }

  /// Reads when it is due, for so long.
  mutating func run(seconds: Int64) {
    let end = raw + seconds * 1_000_000_000
    while watch.next.nanoseconds <= end {
      raw = max(raw, watch.next.nanoseconds)
      let before = stamp()
      raw += 50_000
      let followed = FollowedTime(
        isSynchronized: isSynchronized, raw: RawInstant(nanoseconds: raw), bound: bound)
      actions += watch.take(reading, before: before, after: stamp(), followed)
    }
    raw = end
  }

  var befores: Int {
    actions.filter { if case .clockBefore = $0 { true } else { false } }.count
  }

  var saved: SavedRTC? {
    for case .save(let saved) in actions.reversed() { return saved }
    return nil
  }

  static let hour: Int64 = 3_600_000_000_000
}
