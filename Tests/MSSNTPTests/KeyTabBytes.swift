// SPDX-License-Identifier: Apache-2.0

/// A keytab as bytes, made up for tests.
struct KeyTabBytes {
  var bytes: [UInt8] = [5, 2]

  private static func number(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * (count - 1 - $0))) }
  }

  private static func counted(_ bytes: [UInt8]) -> [UInt8] { number(bytes.count, 2) + bytes }

  mutating func add(
    _ principal: String, kvno: Int, type: Int, key: [UInt8], time: Int = 1_700_000_000, hasLongNumber: Bool = true
  ) {
    let names = principal.split(separator: "/")
    var entry = Self.number(names.count, 2) + Self.counted(Array("LAB.TEST".utf8))
    for name in names { entry += Self.counted(Array(name.utf8)) }
    entry += Self.number(1, 4) + Self.number(time, 4) + Self.number(kvno, 1) + Self.number(type, 2) + Self.counted(key)
    if hasLongNumber { entry += Self.number(kvno, 4) }
    bytes += Self.number(entry.count, 4) + entry
  }

  mutating func addHole(_ count: Int) { bytes += Self.number(-count, 4) + Array(repeating: 0xee, count: count) }
}
