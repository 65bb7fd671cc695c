// SPDX-License-Identifier: Apache-2.0

/// When each key proved a packet last, to the minute, for `tompion keys unused`: lines `id seconds`, seconds since 1970 (UTC), kept by
/// the host's store under `name`. It holds nothing secret. [owner's thread]
package struct KeyUse: Equatable, Sendable {
  package static let name = "key-use"
  /// Of a value in the store.
  package static let lengthLimit = 65_536

  package private(set) var seconds: [UInt32: Int64] = [:]
  /// Something is not stored yet.
  package private(set) var isFresh = false

  package init() {}

  /// What comes back is as hostile as any file: a line that is none is passed over.
  package init(_ bytes: [UInt8]) {
    for line in bytes.prefix(Self.lengthLimit).split(separator: UInt8(ascii: "\n")) {
      let words = line.split(separator: UInt8(ascii: " "))
      guard words.count == 2, let id = UInt32(String(decoding: words[0], as: UTF8.self)), id > 0,
        let second = Int64(String(decoding: words[1], as: UTF8.self)), second >= 0
      else { continue }
      seconds[id] = second
    }
  }

  package mutating func used(_ id: UInt32, at second: Int64) {
    seconds[id] = max(second, 0)
    isFresh = true
  }

  /// Forgets keys that are in no file any more.
  package mutating func keep(_ ids: Set<UInt32>) {
    let kept = seconds.filter { ids.contains($0.key) }
    if kept.count != seconds.count { isFresh = true }
    seconds = kept
  }

  /// By number; where there are too many for the store, those used longest ago are left out.
  package mutating func value() -> [UInt8] {
    isFresh = false
    var lines: [(id: UInt32, line: [UInt8])] = []
    var length = 0
    for (id, second) in seconds.sorted(by: { ($0.value, $1.key) > ($1.value, $0.key) }) {
      let line = Array("\(id) \(second)\n".utf8)
      guard length + line.count <= Self.lengthLimit else { break }
      length += line.count
      lines.append((id, line))
    }
    return lines.sorted { $0.id < $1.id }.flatMap(\.line)
  }
}
