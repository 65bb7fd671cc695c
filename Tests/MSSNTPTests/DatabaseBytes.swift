// SPDX-License-Identifier: Apache-2.0

/// A trivial database as bytes, made up for tests: a few chains, records in turn.
struct DatabaseBytes {
  var bytes: [UInt8]
  private let chains: Int
  private let isSwapped: Bool
  private let start: Int
  /// The last record of each chain, 0 = none.
  private var last: [Int]
  private var count = 0

  init(chains: Int = 7, isSwapped: Bool = false, mutexes: Int = 0) {
    self.chains = chains
    self.isSwapped = isSwapped
    start = 168 + mutexes + 4
    last = Array(repeating: 0, count: chains)
    bytes = Array(repeating: 0, count: start + 4 * chains)
    bytes.replaceSubrange(0..<9, with: Array("TDB file\n".utf8))
    put(0x2601_196d, at: 32)
    put(chains, at: 36)
    if mutexes > 0 {
      put(1, at: 60)
      put(mutexes, at: 64)
    }
  }

  mutating func put(_ value: Int, at offset: Int) {
    for index in 0..<4 {
      let shift = isSwapped ? 24 - 8 * index : 8 * index
      bytes[offset + index] = UInt8(truncatingIfNeeded: value >> shift)
    }
  }

  /// Where the record lies.
  @discardableResult
  mutating func add(_ key: String, _ data: [UInt8], magic: Int = 0x2601_1999) -> Int {
    let offset = bytes.count
    let body = Array(key.utf8) + data
    bytes += Array(repeating: 0, count: 24) + body + [0, 0, 0, 0]
    put(body.count + 4, at: offset + 4)
    put(key.utf8.count, at: offset + 8)
    put(data.count, at: offset + 12)
    put(magic, at: offset + 20)
    let chain = count % chains
    put(offset, at: last[chain] == 0 ? start + 4 * chain : last[chain])
    last[chain] = offset
    count += 1
    return offset
  }
}
