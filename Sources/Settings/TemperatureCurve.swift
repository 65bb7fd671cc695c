// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

/// How fast an oscillator runs at a temperature, against what it usually does: through points, or by a polynomial of second order. Pure.
///
/// Temperatures are in the sensor's own unit (hwmon: thousandths of a degree). Positive = fast. The two shapes are those of chrony's
/// tempcomp directive (chrony.conf(5)).
package struct TemperatureCurve: Sendable, Equatable {
  package struct Point: Sendable, Equatable {
    package var temperature: Double
    package var ppm: Double

    package init(_ temperature: Double, _ ppm: Double) { (self.temperature, self.ppm) = (temperature, ppm) }
  }

  package enum Shape: Sendable, Equatable {
    /// Straight lines between them; at least two, temperatures rising.
    case points([Point])
    /// k0 + k1·(T − t0) + k2·(T − t0)², ppm.
    case polynomial(t0: Double, k0: Double, k1: Double, k2: Double)
  }

  package let shape: Shape

  /// A crystal that does more is broken, or the coefficients are, ppm.
  package static let limit = 10.0
  /// Longer tables are no tables.
  package static let mostPoints = 1000

  package init(_ shape: Shape) { self.shape = shape }

  /// What is wrong with a table, for people.
  package struct Fault: Error, Sendable, Equatable, CustomStringConvertible {
    package var description: String
  }

  /// A table as a file has it: a temperature and ppm a line, apart by blanks or a comma; what begins with # is a comment.
  package init(table text: String) throws(Fault) {
    var points: [Point] = []
    for (number, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      let words = line.prefix { $0 != "#" }.split { $0.isWhitespace || $0 == "," }
      if words.isEmpty { continue }
      func fault(_ what: String) -> Fault { Fault(description: "line \(number + 1) \(what)") }
      guard words.count == 2, let temperature = Self.number(words[0]), let ppm = Self.number(words[1]) else {
        throw fault("is not a temperature and ppm: \"26000 0.35\"")
      }
      guard ppm.magnitude <= Self.limit else { throw fault("has more than \(Int(Self.limit)) ppm") }
      if let last = points.last, temperature <= last.temperature {
        throw fault("is not warmer than the one before: lines go from cold to warm")
      }
      guard points.count < Self.mostPoints else { throw fault("is one too many: at most \(Self.mostPoints)") }
      points.append(Point(temperature, ppm))
    }
    guard points.count >= 2 else {
      throw Fault(description: "it takes two lines at least, of a temperature and ppm each")
    }
    shape = .points(points)
  }

  /// A sensor's file: one number. nil = it is none.
  package static func temperature(of text: String) -> Double? {
    let words = text.split(whereSeparator: \.isWhitespace)
    return words.count == 1 ? number(words[0]) : nil
  }

  package var isTable: Bool { if case .points = shape { true } else { false } }

  /// nil = outside of what the curve tells.
  package func frequency(at temperature: Double) -> Frequency? {
    guard let ppm = partsPerMillion(at: temperature), ppm.magnitude <= Self.limit else { return nil }
    return .partsPerMillion(ppm)
  }

  private func partsPerMillion(at temperature: Double) -> Double? {
    switch shape {
    case .polynomial(let t0, let k0, let k1, let k2):
      let apart = temperature - t0
      let ppm = k0 + apart * (k1 + apart * k2)
      return ppm.isFinite ? ppm : nil
    case .points(let points):
      guard let first = points.first, let last = points.last, temperature >= first.temperature,
        temperature <= last.temperature
      else { return nil }
      guard let above = points.firstIndex(where: { $0.temperature >= temperature }), above > 0 else { return first.ppm }
      let (cold, warm) = (points[above - 1], points[above])
      let share = (temperature - cold.temperature) / (warm.temperature - cold.temperature)
      return cold.ppm + share * (warm.ppm - cold.ppm)
    }
  }

  private static func number(_ text: Substring) -> Double? {
    guard text.utf8.count <= 32, let number = Double(text), number.isFinite, number.magnitude <= 1e6 else { return nil }
    return number
  }
}
