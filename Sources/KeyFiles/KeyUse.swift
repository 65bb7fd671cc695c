// SPDX-License-Identifier: Apache-2.0

/// When each key last signed or verified something, as the provider ntp-symmetric keeps it in its store ("key-use"): a text with a line
/// for each key, "id unix-seconds".
package struct KeyUse: Equatable, Sendable {
  /// The value's name in the store, and so its file's.
  package static let name = "key-use"

  /// Seconds since 1970, by key number.
  package var last: [UInt32: Int64]

  package init(last: [UInt32: Int64] = [:]) { self.last = last }

  /// Takes any bytes: a line that is none is passed over, of two for one key the later moment counts.
  package init(reading bytes: [UInt8]) {
    last = [:]
    for line in bytes.split(separator: 0x0a) {
      let words = line.split(separator: 0x20)
      guard words.count == 2, let id = Self.number(words[0]).flatMap({ UInt32(exactly: $0) }),
        let time = Self.number(words[1])
      else { continue }
      last[id] = max(last[id] ?? 0, time)
    }
  }

  /// In the order of the keys' numbers.
  package var text: String { last.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)\n" }.joined() }

  /// Those among `keys` of which no use is recorded since `days` before `now` (seconds since 1970), with their last one.
  package func unused(_ keys: [SymmetricKey], days: Int64, now: Int64) -> [(key: SymmetricKey, last: Int64?)] {
    let (span, overflow) = days.multipliedReportingOverflow(by: 86_400)
    let since = overflow ? Int64.min : now.subtractingReportingOverflow(span).partialValue
    return keys.map { ($0, last[$0.id]) }.filter { $0.last.map { $0 < since } ?? true }
  }

  private static func number(_ digits: ArraySlice<UInt8>) -> Int64? {
    guard (1...18).contains(digits.count) else { return nil }
    var value: Int64 = 0
    for digit in digits {
      guard (0x30...0x39).contains(digit) else { return nil }
      value = value * 10 + Int64(digit - 0x30)
    }
    return value
  }
}
