// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@testable import RTC

@Suite struct RTCTrackTests {
  static func point(_ seconds: Int64, _ milliseconds: Int64) -> RTCTrack.Point {
    RTCTrack.Point(time: .seconds(seconds), offset: .milliseconds(milliseconds), error: .milliseconds(50))
  }

  /// Takes measurements one after the other; whether each was of a clock that nobody had set.
  static func take(_ points: [RTCTrack.Point]) -> (track: RTCTrack, steady: [Bool]) {
    var track = RTCTrack(point(0, 0))
    let steady = points.map { track.take($0) }
    return (track, steady)
  }

  @Test func driftNeedsAnHour() throws {
    let (short, isSteady) = Self.take([Self.point(3599, 36)])
    #expect(isSteady == [true] && short.drift == nil)
    let drift = try #require(Self.take([Self.point(3599, 36), Self.point(10_000, 100)]).track.drift)
    #expect(abs(drift.ppm - 10) < 1e-6 && abs(drift.error - 10) < 1e-6, "100 ms in 10000 s, and both errors")
  }

  /// 500 ppm of 1000 s are 500 ms, and both errors 100.
  @Test func aJumpIsWhatNoDriftExplains() {
    #expect(Self.take([Self.point(1000, 599), Self.point(2000, 0)]).steady == [true, true])
    let set = Self.take([Self.point(2000, 0), Self.point(3000, -601)])
    #expect(set.steady == [true, false] && set.track.span == .zero && set.track.drift == nil)
    #expect(Self.take([Self.point(2000, 0), Self.point(1999, 0)]).steady == [true, false], "time went back")
  }

  @Test func theEarliestIsNeverAfterTheTruth() {
    var track = RTCTrack(Self.point(0, 1000))
    _ = track.take(Self.point(100_000, 3000))
    // 20 ppm fast, and a million seconds later 200 ppm off that either way.
    for rate in [-180, 20, 220] as [Int64] {
      let truth = TimeInterval.seconds(1_100_000)
      let shown = truth + .milliseconds(3000 + 1000 * rate)
      let earliest = track.earliest(shown: shown)
      #expect(earliest <= truth && truth - earliest < .seconds(500))
    }
  }

  /// By its error and nothing else where no time has passed, or less than none; else by its drift and 200 ppm, fast or slow.
  @Test(arguments: [1, -1] as [Int64])
  func theEarliestIsNoEarlierThanItHasToBe(sign: Int64) {
    var track = RTCTrack(Self.point(0, 0))
    #expect(track.earliest(shown: .zero) == -.milliseconds(50))
    #expect(track.earliest(shown: -.seconds(1000)) == -.seconds(1000) - .milliseconds(50))
    _ = track.take(Self.point(100_000, sign * 2000))
    let told = TimeInterval.seconds(1_100_000)
    let expected = told - .milliseconds(50) - .microseconds(220 * 1_000_000)
    let earliest = track.earliest(shown: told + (sign > 0 ? .milliseconds(2000) : .zero))
    #expect((earliest - expected).magnitude < .microseconds(1), "\(earliest)")
  }

  /// While the host was off anybody may have set it: its drift is learned from then on, and the old one counts until it is.
  @Test func aNewRunBeginsAnew() throws {
    let known = RTCTrack.Drift(ppm: 7, error: 1)
    var track = RTCTrack(last: Self.point(0, 0), drift: known)
    let isSteady = track.take(Self.point(10_000, 0))
    #expect(isSteady && track.span == .zero && track.base == track.latest && track.drift == known)
    _ = track.take(Self.point(20_000, 100))
    let drift = try #require(track.drift)
    #expect(track.span == .seconds(10_000) && abs(drift.ppm - 10) < 1e-6)
  }
}
