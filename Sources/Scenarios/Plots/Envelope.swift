// SPDX-License-Identifier: Apache-2.0

/// Many values thinned to a few columns, the least and the greatest of each, so that no peak is lost.
package struct Envelope: Sendable, Equatable {
  /// What lies in one column.
  package struct Column: Sendable, Equatable {
    /// The middle of the column, from 0 to 1.
    package var place: Double
    package var least: Double
    package var greatest: Double
  }

  /// Stretches of columns; between two of them there is at least one column all of whose values are not finite.
  package private(set) var runs: [[Column]] = []

  /// `place` of an index grows with it, from 0 to 1.
  package init(_ values: [Double], columns: Int, place: (Int) -> Double) {
    var run: [Column] = []
    var column = -1
    var least = Double.infinity
    var greatest = -Double.infinity
    func close(_ runs: inout [[Column]]) {
      guard column >= 0 else { return }
      if least <= greatest {
        run.append(Column(place: (Double(column) + 0.5) / Double(columns), least: least, greatest: greatest))
      } else if !run.isEmpty {
        runs.append(run)
        run = []
      }
    }
    for (index, value) in values.enumerated() {
      let own = min(max(Int(place(index) * Double(columns)), 0), columns - 1)
      if own != column {
        close(&runs)
        column = own
        least = .infinity
        greatest = -.infinity
      }
      if value.isFinite {
        least = min(least, value)
        greatest = max(greatest, value)
      }
    }
    close(&runs)
    if !run.isEmpty { runs.append(run) }
  }
}
