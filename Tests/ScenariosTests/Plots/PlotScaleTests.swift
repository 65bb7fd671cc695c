// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Scenarios

@Suite struct PlotScaleTests {
  @Test func endsAndMiddle() {
    #expect(PlotScale.linear(from: 10, to: 20).position(15) == 0.5)
    let decades = PlotScale.logarithmic(from: 1, to: 10_000)
    #expect(decades.position(1) == 0 && abs(decades.position(100) - 0.5) < 1e-12)
    #expect(decades.position(0) == 0 && decades.position(1e9) == 1)
    let both = PlotScale.symmetric(reference: 1e-6, limit: 1e-2)
    #expect(both.position(0) == 0.5 && both.position(1e-2) == 1 && both.position(-1) == 0)
    #expect(abs(both.position(3e-5) + both.position(-3e-5) - 1) < 1e-12)
  }

  /// An error of the reference's size can be seen beside a limit ten thousand times as large, and more is always further out.
  @Test func smallAndLargeAreBothReadable() {
    let scale = PlotScale.symmetric(reference: 1e-6, limit: 1e-2)
    #expect(scale.position(1e-6) - 0.5 > 0.04)
    let values = [-1e-2, -1e-5, -1e-6, 0, 1e-9, 1e-6, 2e-6, 1e-4]
    let places = values.map(scale.position)
    #expect(places == places.sorted() && Set(places).count == places.count)
  }

  @Test func ticksAreRoundAndApart() {
    #expect(PlotScale.linear(from: 0, to: 40_000).ticks == [0, 10_000, 20_000, 30_000, 40_000])
    #expect(PlotScale.logarithmic(from: 1, to: 8000).ticks == [1, 10, 100, 1000])
    let scale = PlotScale.symmetric(reference: 5e-5, limit: 2e-2)
    #expect(scale.ticks == [-1e-2, -1e-3, -1e-4, 0, 1e-4, 1e-3, 1e-2])
    let places = scale.ticks.map(scale.position)
    for (left, right) in zip(places, places.dropFirst()) { #expect(right - left > 0.05) }
  }

  /// An axis over nothing has a tick, and does not go on for ever.
  @Test func nothingToShow() {
    #expect(PlotScale.linear(from: 3, to: 3).ticks == [3])
    #expect(PlotScale.logarithmic(from: 0, to: 1).ticks.isEmpty)
  }
}
