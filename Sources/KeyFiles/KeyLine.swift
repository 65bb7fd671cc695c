// SPDX-License-Identifier: Apache-2.0

/// A line of a key file by its place in the bytes, so that no secret is copied on the way.
struct KeyLine {
  /// From 1.
  let number: Int
  /// Without its line break.
  let range: Range<Int>

  /// Lines end with LF or CR LF; an empty last one is none.
  static func lines(of bytes: Span<UInt8>) -> [KeyLine] {
    var lines: [KeyLine] = []
    var start = 0
    while start < bytes.count {
      var end = start
      while end < bytes.count, bytes[end] != 0x0a { end += 1 }
      let isCR = end > start && bytes[end - 1] == 0x0d
      lines.append(KeyLine(number: lines.count + 1, range: start..<(isCR ? end - 1 : end)))
      start = end + 1
    }
    return lines
  }

  /// Trailing blanks aside; for lines that hold no secret.
  func text(_ bytes: Span<UInt8>, limit: Int) -> String? {
    var end = range.upperBound
    while end > range.lowerBound, Self.isBlank(bytes[end - 1]) { end -= 1 }
    return Self.text(bytes, range.lowerBound..<end, limit: limit)
  }

  /// nil = nothing but a comment.
  func words(_ bytes: Span<UInt8>, _ format: KeyFileFormat) -> KeyWords? {
    var words: [Range<Int>] = []
    var index = range.lowerBound
    scan: while index < range.upperBound {
      if Self.isBlank(bytes[index]) {
        index += 1
        continue
      }
      if words.isEmpty, format == .chrony, "!;#%".utf8.contains(bytes[index]) { return nil }
      let start = index
      while index < range.upperBound, !Self.isBlank(bytes[index]) {
        // ntpd's ends a word anywhere, ours begins one; within a word of chrony's it is a character like others.
        if bytes[index] == UInt8(ascii: "#"), format == .ntp || format == .tompion && index == start {
          if index > start { words.append(start..<index) }
          break scan
        }
        index += 1
      }
      words.append(start..<index)
      // More than any format has; the rest of the line is of no interest.
      if words.count > 16 { break }
    }
    return words.isEmpty ? nil : KeyWords(line: self, words: words)
  }

  static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }

  /// Printable ASCII of at most that length; nil = it is something else.
  static func text(_ bytes: Span<UInt8>, _ range: Range<Int>, limit: Int) -> String? {
    guard range.count <= limit else { return nil }
    var scalars = String.UnicodeScalarView()
    for index in range {
      guard (0x20...0x7e).contains(bytes[index]) else { return nil }
      scalars.append(Unicode.Scalar(bytes[index]))
    }
    return String(scalars)
  }
}
