// SPDX-License-Identifier: Apache-2.0

import Addresses

/// The words of a line with something in it.
struct KeyWords {
  let line: KeyLine
  /// At least one.
  let words: [Range<Int>]

  /// In bytes, from 1.
  func column(_ word: Int) -> Int {
    (word < words.count ? words[word].lowerBound : line.range.upperBound) - line.range.lowerBound + 1
  }

  func text(_ word: Int, _ bytes: Span<UInt8>, limit: Int = 64) -> String? {
    word < words.count ? KeyLine.text(bytes, words[word], limit: limit) : nil
  }

  /// The number at its beginning, wherever that is one.
  func id(_ bytes: Span<UInt8>) -> UInt32? {
    guard let text = text(0, bytes, limit: 10), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return UInt32(text)
  }

  func problem(
    _ word: Int, _ bytes: Span<UInt8>, _ problem: String, advice: String, losesKey: Bool = true
  ) -> KeyFileProblem {
    KeyFileProblem(
      line: line.number, column: column(word), id: id(bytes), losesKey: losesKey, problem, advice: advice)
  }

  func key(
    _ bytes: Span<UInt8>, _ format: KeyFileFormat, _ warnings: inout [KeyFileProblem]
  ) throws(KeyFileProblem) -> SymmetricKey {
    guard line.range.count <= KeyFile.lineLimit else {
      throw problem(
        0, bytes, "the line has more than \(KeyFile.lineLimit) bytes",
        advice: "one key stands on one line; is a line break missing?")
    }
    let key =
      switch format {
      case .chrony: try chronyKey(bytes, &warnings)
      case .tompion: try tompionKey(bytes)
      case .ntp, .auto: try ntpKey(bytes, &warnings)
      }
    if key.secret.count < Self.shortKey, key.algorithm.keyLength == nil {
      warnings.append(
        problem(
          format == .chrony && words.count == 2 ? 1 : 2, bytes, "the key is shorter than 80 bits, and can be guessed",
          advice: "tompion keys generate makes a good one", losesKey: false))
    }
    return key
  }

  /// 80 bits, where chrony begins to warn.
  private static let shortKey = 10

  func number(_ bytes: Span<UInt8>, upTo limit: UInt32) throws(KeyFileProblem) -> UInt32 {
    guard let id = id(bytes), id > 0, id <= limit else {
      throw problem(
        0, bytes, "the line does not begin with a key's number", advice: "that is a whole number from 1 to \(limit)")
    }
    return id
  }

  /// "192.0.2.0/24,2001:db8::1", from that place in the word on.
  func addresses(_ word: Int, from start: Int, _ bytes: Span<UInt8>) -> [AddressPrefix]? {
    var prefixes: [AddressPrefix] = []
    var first = start
    for end in start...words[word].upperBound
    where end == words[word].upperBound || bytes[end] == UInt8(ascii: ",") {
      guard let text = KeyLine.text(bytes, first..<end, limit: 64), let prefix = AddressPrefix(text) else { return nil }
      prefixes.append(prefix)
      first = end + 1
    }
    return prefixes
  }
}
