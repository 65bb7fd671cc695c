// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@testable import Settings

@Suite struct TemperatureCurveTests {
  private func ppm(_ curve: TemperatureCurve, _ temperature: Double) -> Double? {
    curve.frequency(at: temperature)?.partsPerMillion
  }

  @Test func straightLinesBetweenPoints() throws {
    let curve = try TemperatureCurve(table: "# cold\n20000 1.0\n\n21000, 0.5 # here\r\n23000\t-0.5\n")
    #expect(curve.shape == .points([.init(20_000, 1), .init(21_000, 0.5), .init(23_000, -0.5)]))
    for (temperature, expected) in [(20_000, 1), (20_500, 0.75), (21_000, 0.5), (22_000, 0), (23_000, -0.5)] {
      let found = try #require(ppm(curve, Double(temperature)))
      #expect((found - expected).magnitude < 1e-12, "\(temperature): \(found)")
    }
    #expect(ppm(curve, 19_999) == nil && ppm(curve, 23_001) == nil && ppm(curve, .nan) == nil)
  }

  @Test func aPolynomial() throws {
    let curve = TemperatureCurve(.polynomial(t0: 25_000, k0: 0.25, k1: 1e-4, k2: -1e-8))
    let found = try #require(ppm(curve, 35_000))
    #expect((found - (0.25 + 1 - 1)).magnitude < 1e-12)
    #expect(ppm(curve, 1e6) == nil, "more than an oscillator does")
    #expect(ppm(TemperatureCurve(.polynomial(t0: 0, k0: 0, k1: 1e300, k2: 1e300)), 1e300) == nil)
  }

  @Test(arguments: [
    ("", "two lines"), ("1000 1", "two lines"), ("1000 1\nx 2", "line 2"), ("1000 1\n2000", "line 2"),
    ("1000 1\n1000 2", "warmer"), ("1000 1\n900 2", "warmer"), ("1000 1\n2000 10.5", "10 ppm"),
    ("1000 nan\n2000 1", "line 1"), ("1e999 1\n2 2", "line 1"), ("1 2 3\n4 5", "line 1"),
  ])
  func tablesThatAreNone(text: String, says: String) {
    do throws(TemperatureCurve.Fault) {
      _ = try TemperatureCurve(table: text)
      Issue.record("taken: \(text)")
    } catch {
      #expect(error.description.contains(says), "\(error)")
    }
  }

  @Test func aTableHasAnEnd() {
    let long = (0...TemperatureCurve.mostPoints).map { "\($0) 0.1" }.joined(separator: "\n")
    #expect(throws: TemperatureCurve.Fault.self) { try TemperatureCurve(table: long) }
  }

  @Test func whatASensorSays() {
    #expect(TemperatureCurve.temperature(of: "26500\n") == 26_500 && TemperatureCurve.temperature(of: " -3.5 ") == -3.5)
    for text in ["", "\n", "26500 1", "warm", "nan", "1e7", String(repeating: "1", count: 40)] {
      #expect(TemperatureCurve.temperature(of: text) == nil, "\(text)")
    }
  }
}
