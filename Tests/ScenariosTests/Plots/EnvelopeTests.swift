// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Scenarios

@Suite struct EnvelopeTests {
  private func envelope(_ values: [Double], columns: Int) -> Envelope {
    Envelope(values, columns: columns) { Double($0) / Double(values.count) }
  }

  /// One second in 100,000 is still seen in 100 columns.
  @Test func noPeakIsLost() throws {
    var values = Array(repeating: 1e-6, count: 100_000)
    values[77_777] = 5e-3
    values[123] = -4e-3
    let run = try #require(envelope(values, columns: 100).runs.first)
    #expect(run.count == 100)
    #expect(run[77].greatest == 5e-3 && run[77].least == 1e-6)
    #expect(run[0].least == -4e-3 && run[0].greatest == 1e-6)
    #expect(run[50].least == 1e-6 && run[50].greatest == 1e-6 && run[50].place == 0.505)
  }

  /// What is not finite makes a gap only where nothing else is in the column.
  @Test func gaps() {
    var values = Array(repeating: 2.0, count: 100)
    for index in 30..<60 { values[index] = .infinity }
    values[61] = .nan
    let runs = envelope(values, columns: 10).runs
    #expect(runs.map(\.count) == [3, 4])
    #expect(runs.allSatisfy { $0.allSatisfy { $0.least == 2 && $0.greatest == 2 } })
    #expect(envelope([.infinity, .nan], columns: 2).runs.isEmpty)
  }

  /// More columns than values: no column is made up.
  @Test func fewValues() { #expect(envelope([1, 2, 3], columns: 100).runs.map(\.count) == [3]) }
}
