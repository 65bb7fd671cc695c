// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@testable import RTC

@Suite struct RTCWatchTextTests {
  @Test(arguments: [
    (1_795_219_200, "2026-11-21 00:00:00 UTC"), (0, "1970-01-01 00:00:00 UTC"), (-1, "1969-12-31 23:59:59 UTC"),
  ])
  func moments(seconds: Int64, text: String) {
    #expect(RTCWatch.text(of: .seconds(seconds)) == text)
    #expect(RTCWatch.text(of: .seconds(seconds) + .milliseconds(999)) == text, "cut, before 1970 as after it")
  }

  @Test func whatPeopleSee() throws {
    var model = RTCModel()
    #expect(model.watch.text == "not read yet")
    (model.isSynchronized, model.drift) = (true, -15_000)
    model.run(seconds: 60)
    #expect(model.watch.text.contains("offset") && model.watch.text.contains("before an hour"))
    model.run(seconds: 86400)
    let digits = try #require(model.watch.text.split(separator: "drift ").last).prefix { $0 != " " }.split(
      separator: ".")
    #expect(digits.count == 2 && digits[1].count == 2, "\(digits)")
    #expect(model.watch.text.contains("drift -1") && model.watch.text.contains("in 23 h"), "\(model.watch.text)")
  }

  @Test func whatIsKnownFromBefore() {
    let point = RTCTrack.Point(
      time: TimeInterval(nanoseconds: RTCModel.begin - RTCModel.hour), offset: .zero, error: .milliseconds(50))
    let track = RTCTrack(last: point, drift: RTCTrack.Drift(ppm: 3.25, error: 1))
    var model = RTCModel(saved: SavedRTC(time: point.time, isUTC: true, track: track))
    model.isSynchronized = true
    model.run(seconds: 60)
    #expect(model.watch.text.contains("drift 3.25 ppm ± 1.00 in an earlier run"), "\(model.watch.text)")
  }

  @Test func withoutRealTime() {
    for isUTC in [true, false] {
      var model = RTCModel { $0.isUTC = isUTC }
      model.run(seconds: 5)
      #expect(model.watch.text.contains(isUTC ? "a lower bound" : "waiting for real time"))
    }
  }
}
