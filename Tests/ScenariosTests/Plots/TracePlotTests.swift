// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Scenarios

@Suite struct TracePlotTests {
  private func plot(_ values: [Double], isMirrored: Bool = false) -> TracePlot {
    TracePlot(
      title: "t", unit: "s", seconds: values.indices.map(Double.init),
      time: .linear(from: 0, to: Double(max(values.count - 1, 1))), value: .linear(from: -1, to: 1),
      curves: [.init("c", style: "error", values: values, isMirrored: isMirrored)])
  }

  /// Numbers behind `attribute` of all curves: x and y by turns.
  private func points(_ svg: String) -> [Double] {
    let paths = svg.split(separator: "<path class=\"curve error\" d=\"").dropFirst()
    return paths.flatMap { path in
      path.prefix { $0 != "Z" }.split { "ML ".contains($0) }.compactMap { Double($0) }
    }
  }

  /// Zero is in the middle of the frame, 1 at its top, −1 at its bottom; a bound is drawn on both sides.
  @Test func valuesStandWhereTheyShould() {
    let up = points(plot([0, 1, 0]).svg)
    let heights = stride(from: 1, to: up.count, by: 2).map { up[$0] }
    #expect(heights == [156, 26, 156, 156, 26, 156])
    let across = stride(from: 0, to: up.count, by: 2).map { up[$0] }
    #expect(across.min().map { $0 >= 70 } == true && across.max().map { $0 <= 962 } == true)
    let both = points(plot([0.5, 0.5], isMirrored: true).svg)
    #expect(Set(stride(from: 1, to: both.count, by: 2).map { both[$0] }) == [91, 221])
  }

  @Test func manyValuesStaySmall() {
    let svg = plot((0..<600_000).map { Double($0 % 100) / 100 }).svg
    #expect(svg.utf8.count < 30_000)
  }

  @Test func marksAndStrips() {
    var plot = plot([0, 0.1, 0.2, 0.3])
    plot.levels = [.init(name: "l<", value: 0.5)]
    plot.moments = [.init(name: "m", value: 1)]
    plot.alarms = [("hard", "> hard", [2, 99])]
    let svg = plot.svg
    #expect(svg.contains("l&lt;") && svg.contains("class=\"level\" d=\"M70.0 91.0H962.0\""))
    #expect(svg.contains("&gt; hard</text><path class=\"alarm hard\" d=\"M"))
    #expect(ResultPageTests.isBalanced(svg))
  }

  @Test func ticksAreShort() {
    var plot = plot([0])
    plot.value = .symmetric(reference: 1e-6, limit: 1e-2)
    plot.time = .linear(from: 0, to: 20_000)
    let svg = plot.svg
    #expect(svg.contains(">-100 us<") && svg.contains(">1 ms<") && svg.contains(">0<"))
    #expect(svg.contains(">20\u{2009}000 s<"))
  }
}
