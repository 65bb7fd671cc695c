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
  }

  @Test func whatPeopleSee() {
    var model = RTCModel()
    #expect(model.watch.text == "not read yet")
    (model.isSynchronized, model.drift) = (true, -15_000)
    model.run(seconds: 60)
    #expect(model.watch.text.contains("offset") && model.watch.text.contains("before an hour"))
    model.run(seconds: 86400)
    #expect(model.watch.text.contains("drift -1") && model.watch.text.contains("in 23 h"), "\(model.watch.text)")
  }
}
