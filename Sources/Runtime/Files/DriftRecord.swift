// SPDX-License-Identifier: Apache-2.0

import TimeTypes

/// The frequency of the last run, as the drift file keeps it: one line of version, one of value. Whatever else stands there is not
/// believed: a drift file is input like any other.
///
/// `tompion drift 1` / `frequency_ppb = -12034.117`: the reference's frequency against CLOCK_MONOTONIC_RAW.
struct DriftRecord: Equatable {
  var frequency: Frequency

  /// No oscillator of a computer is off by more than that.
  static let limit = Frequency.partsPerMillion(2000)

  init(frequency: Frequency) { self.frequency = frequency }

  /// Nil for anything but a file that this type wrote.
  init?(text: String) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: true)
    guard lines.count == 2, lines[0] == "tompion drift 1" else { return nil }
    let fields = lines[1].split(separator: " ")
    guard fields.count == 3, fields[0] == "frequency_ppb", fields[1] == "=",
      // Double would read hexadecimal, and a number that a NUL ends.
      fields[2].utf8.allSatisfy({ Array("+-.e0123456789".utf8).contains($0) }), let value = Double(fields[2])
    else { return nil }
    guard value.isFinite, abs(value) <= Self.limit.partsPerBillion else { return nil }
    frequency = .partsPerBillion(value)
  }

  var text: String { "tompion drift 1\nfrequency_ppb = \(frequency.partsPerBillion)\n" }
}
