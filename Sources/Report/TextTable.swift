// SPDX-License-Identifier: Apache-2.0

/// Rows of cells, aligned. Cells are escaped here, so that text from outside cannot act on a terminal.
package struct TextTable {
  package enum Alignment {
    case left, right
  }

  private struct Cell {
    var text: String
    var colour: TextStyle.Colour?
  }

  private let headings: [String]
  private let alignments: [Alignment]
  private var rows: [[Cell]] = []

  package init(_ columns: [(heading: String, alignment: Alignment)]) {
    headings = columns.map(\.heading)
    alignments = columns.map(\.alignment)
  }

  /// A row; missing cells are empty, surplus ones are dropped.
  package mutating func add(_ cells: [String], colour: TextStyle.Colour? = nil, colouring column: Int = 0) {
    var row: [Cell] = []
    for index in headings.indices {
      let text = index < cells.count ? printable(cells[index], limit: 120) : ""
      row.append(Cell(text: text, colour: index == column ? colour : nil))
    }
    rows.append(row)
  }

  /// The lines, each with its line break; no blanks at their ends.
  package func text(_ style: TextStyle) -> String {
    var widths = headings.map(\.count)
    for row in rows {
      for (index, cell) in row.enumerated() { widths[index] = max(widths[index], cell.text.count) }
    }
    var out = line(headings.map { Cell(text: $0, colour: .bold) }, widths, style)
    for row in rows { out += line(row, widths, style) }
    return out
  }

  private func line(_ cells: [Cell], _ widths: [Int], _ style: TextStyle) -> String {
    var out = ""
    for (index, cell) in cells.enumerated() {
      let gap = String(repeating: " ", count: widths[index] - cell.text.count)
      let painted = style.paint(cell.text, cell.colour)
      let isLast = cells[(index + 1)...].allSatisfy(\.text.isEmpty)
      out += alignments[index] == .right ? gap + painted : painted + (isLast ? "" : gap)
      if isLast { break }
      out += "  "
    }
    return out + "\n"
  }
}
