// SPDX-License-Identifier: Apache-2.0

/// Curves over time as inline SVG: each is the area between the least and the greatest value of each column of pixels.
package struct TracePlot: Sendable {
  package struct Curve: Sendable {
    /// Its place in the legend, and its class in the page's style sheet.
    package var name: String
    package var style: String
    package var values: [Double]
    /// Drawn at −value as well: a bound.
    package var isMirrored = false

    package init(_ name: String, style: String, values: [Double], isMirrored: Bool = false) {
      self.name = name
      self.style = style
      self.values = values
      self.isMirrored = isMirrored
    }
  }

  /// A line across the plot with a word beside it.
  package struct Mark: Sendable {
    package var name: String
    package var value: Double

    package init(name: String, value: Double) {
      self.name = name
      self.value = value
    }
  }

  package var title: String
  /// "s", or empty for a ratio.
  package var unit: String
  /// Of the curves' values, one of each; growing.
  package var seconds: [Double]
  package var time: PlotScale
  package var value: PlotScale
  package var curves: [Curve]
  package var moments: [Mark] = []
  package var levels: [Mark] = []
  /// Seconds to call attention to, by the class of a strip below the plot.
  package var alarms: [(style: String, name: String, indices: [Int])] = []

  private static let width = 1000
  private static let left = 70.0
  private static let right = 962.0
  private static let top = 26.0
  private static let bottom = 286.0
  private static let columns = 460

  package init(
    title: String, unit: String, seconds: [Double], time: PlotScale, value: PlotScale, curves: [Curve]
  ) {
    self.title = title
    self.unit = unit
    self.seconds = seconds
    self.time = time
    self.value = value
    self.curves = curves
  }

  package var svg: String {
    let height = Int(Self.bottom) + 26 + 12 * alarms.count
    var out = "<svg viewBox=\"0 0 \(Self.width) \(height)\" role=\"img\"><title>\(markup(title))</title>\n"
    out += grid
    for mark in levels { out += level(mark) }
    for curve in curves { out += draw(curve) }
    for mark in moments { out += moment(mark) }
    for (row, alarm) in alarms.enumerated() { out += strip(alarm, row: row) }
    out += legend
    return out + "</svg>\n"
  }

  private func x(_ place: Double) -> String { ResultTable.decimals(Self.left + place * (Self.right - Self.left), 1) }

  private func y(_ value: Double) -> String {
    ResultTable.decimals(Self.bottom - self.value.position(value) * (Self.bottom - Self.top), 1)
  }

  private var grid: String {
    let (left, right) = (x(0), x(1))
    let (top, bottom) = (ResultTable.decimals(Self.top, 1), ResultTable.decimals(Self.bottom, 1))
    var out = "<g class=\"grid\">"
    for tick in value.ticks {
      out += "<path d=\"M\(left) \(y(tick))H\(right)\"/>"
      out += "<text class=\"value\" x=\"\(ResultTable.decimals(Self.left - 5, 1))\" y=\"\(y(tick))\">"
      out += "\(label(tick))</text>"
    }
    for tick in time.ticks {
      let place = x(time.position(tick))
      out += "<path d=\"M\(place) \(top)V\(bottom)\"/><text class=\"time\" x=\"\(place)\""
      out += " y=\"\(ResultTable.decimals(Self.bottom + 14, 1))\">\(grouped(tick)) s</text>"
    }
    return out + "</g>\n"
  }

  /// A tick's value, short: 100 us, not 100.00 us.
  private func label(_ tick: Double) -> String {
    guard tick != 0 else { return "0" }
    let parts = ResultTable.scaled(tick, unit).split(separator: " ")
    guard var number = parts.first, number.contains(".") else { return parts.joined(separator: " ") }
    while number.hasSuffix("0") { number.removeLast() }
    if number.hasSuffix(".") { number.removeLast() }
    return ([number] + parts.dropFirst()).joined(separator: " ")
  }

  private func draw(_ curve: Curve) -> String {
    let envelope = Envelope(curve.values, columns: Self.columns) { time.position(seconds[$0]) }
    var out = ""
    for run in envelope.runs {
      out += area(run, curve.style, sign: 1)
      if curve.isMirrored { out += area(run, curve.style, sign: -1) }
    }
    return out
  }

  /// Forth along the greatest values and back along the least.
  private func area(_ run: [Envelope.Column], _ style: String, sign: Double) -> String {
    var path = ""
    for column in run {
      path += "\(path.isEmpty ? "M" : "L")\(x(column.place)) \(y(sign * column.greatest))"
    }
    for column in run.reversed() { path += "L\(x(column.place)) \(y(sign * column.least))" }
    return "<path class=\"curve \(style)\" d=\"\(path)Z\"/>\n"
  }

  private func level(_ mark: Mark) -> String {
    let place = y(mark.value)
    return "<path class=\"level\" d=\"M\(x(0)) \(place)H\(x(1))\"/>"
      + "<text class=\"mark\" x=\"\(x(1))\" y=\"\(place)\" dy=\"-2\">\(markup(mark.name))</text>\n"
  }

  private func moment(_ mark: Mark) -> String {
    let place = x(time.position(mark.value))
    return
      "<path class=\"level\" d=\"M\(place) \(ResultTable.decimals(Self.top, 1))V\(ResultTable.decimals(Self.bottom, 1))\"/>"
      + "<text class=\"moment\" x=\"\(place)\" y=\"\(ResultTable.decimals(Self.top + 10, 1))\" dx=\"3\">"
      + "\(markup(mark.name))</text>\n"
  }

  /// A tick in each column that holds one of the seconds.
  private func strip(_ alarm: (style: String, name: String, indices: [Int]), row: Int) -> String {
    let top = ResultTable.decimals(Self.bottom + 20 + 12 * Double(row), 1)
    var path = ""
    var last = -1
    for index in alarm.indices where seconds.indices.contains(index) {
      let column = min(Int(time.position(seconds[index]) * Double(Self.columns)), Self.columns - 1)
      guard column != last else { continue }
      last = column
      path += "M\(x((Double(column) + 0.5) / Double(Self.columns))) \(top)v8"
    }
    let name =
      "<text class=\"value\" x=\"\(ResultTable.decimals(Self.left - 5, 1))\" y=\"\(top)\" dy=\"5\">\(markup(alarm.name))</text>"
    return name + "<path class=\"alarm \(alarm.style)\" d=\"\(path.isEmpty ? "M0 0" : path)\"/>\n"
  }

  private var legend: String {
    var out = "<text class=\"title\" x=\"\(x(0))\" y=\"15\">\(markup(title))</text>"
    var place = Self.right
    for curve in curves.reversed() {
      place -= 7 * Double(curve.name.count)
      let shown = ResultTable.decimals(place, 1)
      out += "<text class=\"legend\" x=\"\(shown)\" y=\"15\">\(markup(curve.name))</text>"
      place -= 16
      out +=
        "<rect class=\"curve \(curve.style)\" x=\"\(ResultTable.decimals(place, 1))\" y=\"7\" width=\"11\" height=\"8\"/>"
      place -= 14
    }
    return out + "\n"
  }

  /// Whole seconds in groups of three digits.
  private func grouped(_ value: Double) -> String {
    guard value.magnitude >= 1000 else { return ResultTable.decimals(value, value == value.rounded() ? 0 : 3) }
    var digits = Array(ResultTable.decimals(value, 0))
    var index = digits.count - 3
    while index > 0 {
      digits.insert("\u{2009}", at: index)
      index -= 3
    }
    return String(digits)
  }
}

/// Text inside markup: nothing of it is a tag, and control characters are shown.
package func markup(_ text: String) -> String {
  var out = ""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "&": out += "&amp;"
    case "<": out += "&lt;"
    case ">": out += "&gt;"
    case "\"": out += "&quot;"
    case "'": out += "&#39;"
    default:
      if scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value) {
        out += "\u{FFFD}"
      } else {
        out.unicodeScalars.append(scalar)
      }
    }
  }
  return out
}
