// SPDX-License-Identifier: Apache-2.0

/// When each key proved a packet last, as the provider ntp-symmetric keeps it in its store and `tompion keys unused` reads it: a text with
/// a line for each key, "id unix-seconds". It holds nothing secret.
package struct KeyUse: Equatable, Sendable {
  /// The value's name in the store, and so its file's.
  package static let name = "key-use"

  /// Of the text: that of a value in the store.
  package static let lengthLimit = 65_536

  /// Seconds since 1970 (UTC), by key number.
  package private(set) var last: [UInt32: Int64]
  /// Something is not stored yet.
  package private(set) var isFresh = false

  package init(last: [UInt32: Int64] = [:]) { self.last = last }

  /// Takes any bytes: a line that is none is passed over, of two for one key the later moment counts.
  package init(reading bytes: [UInt8]) {
    last = [:]
    for line in bytes.prefix(Self.lengthLimit).split(separator: 0x0a) {
      let words = line.split(separator: 0x20)
      guard words.count == 2, let id = Self.number(words[0]).flatMap({ UInt32(exactly: $0) }), id > 0,
        let time = Self.number(words[1])
      else { continue }
      last[id] = max(last[id] ?? 0, time)
    }
  }

  package mutating func used(_ id: UInt32, at second: Int64) {
    last[id] = max(second, 0)
    isFresh = true
  }

  /// Forgets keys that are in no file any more.
  package mutating func keep(_ ids: Set<UInt32>) {
    let kept = last.filter { ids.contains($0.key) }
    if kept.count != last.count { isFresh = true }
    last = kept
  }

  /// What is to be stored now, by the keys' numbers; where there are too many for the store, those used longest ago are left out.
  package mutating func takeText() -> [UInt8] {
    isFresh = false
    var lines: [(id: UInt32, line: [UInt8])] = []
    var length = 0
    for (id, second) in last.sorted(by: { ($0.value, $1.key) > ($1.value, $0.key) }) {
      let line = Array("\(id) \(second)\n".utf8)
      guard length + line.count <= Self.lengthLimit else { break }
      length += line.count
      lines.append((id, line))
    }
    return lines.sorted { $0.id < $1.id }.flatMap(\.line)
  }

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
