// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@testable import RTC

@Suite struct SavedRTCTests {
  static let point = RTCTrack.Point(time: .seconds(1_795_219_200), offset: .seconds(-2), error: .milliseconds(50))

  @Test(arguments: [nil, RTCTrack.Drift(ppm: -3.25, error: 0.5), RTCTrack.Drift(ppm: 20, error: 0)])
  func thereAndBack(drift: RTCTrack.Drift?) {
    let whole = SavedRTC(time: Self.point.time, isUTC: true, track: RTCTrack(last: Self.point, drift: drift))
    #expect(SavedRTC(text: whole.text) == whole && whole.track?.drift == drift)
    // By the clock's own error the moment that has been is before the measurement's.
    let sooner = SavedRTC(time: Self.point.time - .milliseconds(400), isUTC: true, track: whole.track)
    #expect(SavedRTC(text: sooner.text) == sooner)
    let bare = SavedRTC(time: Self.point.time, isUTC: false, track: nil)
    #expect(SavedRTC(text: bare.text) == bare)
  }

  /// Nobody knows what was done to it while this program did not run: a drift is of one run.
  @Test func whatWasMeasuredIsTheLatestAndTheDrift() throws {
    var track = RTCTrack(Self.point)
    var later = Self.point
    later.time = later.time + .seconds(7200)
    later.offset = later.offset + .milliseconds(72)
    let isSteady = track.take(later)
    #expect(isSteady)
    let back = try #require(SavedRTC(text: SavedRTC(time: later.time, isUTC: true, track: track).text)?.track)
    #expect(back.latest == later && back.base == nil && back.span == .zero)
    let drift = try #require(back.drift)
    #expect(abs(drift.ppm - 10) < 0.001 && abs(drift.error - 100.0 / 7.2) < 0.001)
  }

  @Test(arguments: [
    "", "1", "2 1795219200000000000 1", "1 0 1", "1 1795219200000000000 2", "1 1795219200000000000 1 ",
    "1 1795219200000000000 1 5", "1 99999999999999999999 1", "1 9223372036854775807 1",
    "1 1795219200000000000 1 1795219300000000000 0 0", "1 1795219200000000000 1 1795219200000000000 0 -1",
    "1 1795219200000000000 1 1795219100000000000 9223372036854775807 0",
    "1 1795219200000000000 1 1795219200000000000 0 0 5",
    "1 1795219200000000000 1 1795219200000000000 0 2000000001",
    "1 1795219200000000000 1 0 1795219200000000000 0",
    "1 1795219200000000000 1 1795219200000000000 -1795219200000000000 0",
    "1 1795219200000000000 x 1",
    "1 1795219200000000000 1 1795219200000000000 0 0 1000001 0",
    "1 1795219200000000000 1 1795219200000000000 0 0 -1000001 0",
    "1 1795219200000000000 1 1795219200000000000 0 0 0 1000001",
    "1 1795219200000000000 1 1795219200000000000 0 0 0 -1",
  ])
  func nothingElseIsTaken(text: String) { #expect(SavedRTC(text: text) == nil) }
}
