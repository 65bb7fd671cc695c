// SPDX-License-Identifier: Apache-2.0

import Report
import Synchronization
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

  @Test func eventsComeInOrderAndOnce() {
    let wakes = Atomic<Int>(0)
    let news = HardwareClockNews(wake: { wakes.add(1, ordering: .relaxed) })
    for text in ["a", "b"] { news.raise(EventRecord(.hardwareClockReady, text: text)) }
    #expect(wakes.load(ordering: .relaxed) == 2)
    #expect(news.take().map(\.text) == ["a", "b"])
    #expect(news.take().isEmpty && news.dropped == 0)
  }

  /// The configuration's order, whichever clock has something to say first.
  @Test func reportsStayInTheirPlaces() {
    let news = HardwareClockNews(wake: {})
    #expect(news.clocks().isEmpty)
    var report = ClockReport()
    report.name = "c"
    news.publish(report, at: 2)
    report.name = "a"
    news.publish(report, at: 0)
    #expect(news.clocks().map(\.name) == ["a", "", "c"])
    report.samples = 7
    news.publish(report, at: 0)
    #expect(news.clocks().map(\.samples) == [7, 0, 0])
  }
}
