// SPDX-License-Identifier: Apache-2.0

import Report
import Testing

@testable import Runtime

@Suite struct HardwareClockNewsTests {
  @Test func whatFindsNoPlaceIsCounted() {
    let news = HardwareClockNews(wake: {})
    for _ in 0..<70 { news.raise(EventRecord(.hardwareClockReady, text: "")) }
    let taken = UInt64(news.take().count)
    #expect(taken < 70)
    #expect(news.dropped == 70 - taken)
    news.raise(EventRecord(.hardwareClockReady, text: ""))
    #expect(news.take().count == 1)
    #expect(news.dropped == 70 - taken)
  }
}
