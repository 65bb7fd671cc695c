// SPDX-License-Identifier: Apache-2.0

/// What a key file says: its keys, and what is wrong with it.
///
/// Any bytes are taken: what cannot be read is a problem, and a broken line loses only itself. Of two lines with one number the first
/// counts. Pure: no clock is read, so a key whose time is over is among the keys (`SymmetricKey.isExpired`).
package struct KeyFile: Sendable {
  /// How it was read; never `auto`.
  package var format: KeyFileFormat
  /// In the file's order.
  package var keys: [SymmetricKey] = []
  /// In the file's order, at most `problemLimit` and one that says so.
  package var problems: [KeyFileProblem] = []

  /// chrony's limit; nobody writes a longer one, and a line stays a line.
  package static let lineLimit = 2047
  package static let problemLimit = 1000
  /// The first line of our own files.
  package static let header = "# tompion keys 1"

  /// [control]; takes memory in proportion to the file's length.
  package static func read(_ bytes: Span<UInt8>, format: KeyFileFormat = .auto) -> KeyFile {
    var lines = KeyLine.lines(of: bytes)
    let hasMark = hasByteOrderMark(bytes)
    if hasMark, let first = lines.first {
      lines[0] = KeyLine(number: 1, range: byteOrderMark.count..<first.range.upperBound)
    }
    var file = KeyFile(format: format == .auto ? detect(lines, bytes) : format)
    if hasMark { file.problems = [markProblem(lines[0], bytes, file.format)] }
    if file.format == .tompion, let problem = headerProblem(lines, bytes) {
      file.problems.append(problem)
      return file
    }
    var lineOf: [UInt32: Int] = [:]
    var lost = 0
    for line in hasMark ? lines[1...] : lines[...] {
      guard let words = line.words(bytes, file.format) else { continue }
      var warnings: [KeyFileProblem] = []
      do throws(KeyFileProblem) {
        var key = try words.key(bytes, file.format, &warnings)
        if let first = lineOf[key.id] {
          key.wipe()
          throw KeyFileProblem(
            line: line.number, column: words.column(0), id: key.id,
            "line \(first) has a key of that number; this one is not used", advice: "give each key a number of its own")
        }
        lineOf[key.id] = line.number
        file.keys.append(key)
      } catch {
        warnings.append(error)
      }
      let room = max(0, problemLimit - file.problems.count)
      file.problems += warnings.prefix(room)
      lost += max(0, warnings.count - room)
    }
    if lost > 0 {
      file.problems.append(
        KeyFileProblem(
          line: 0, losesKey: false, "\(lost) more problems are not told here",
          advice: "is it a key file at all, and of that format?"))
    }
    return file
  }

  package static func read(_ bytes: [UInt8], format: KeyFileFormat = .auto) -> KeyFile {
    read(bytes.span, format: format)
  }

  /// What some editors put before a text in UTF-8. Nobody else who reads key files takes it for anything but a part of the first word.
  private static let byteOrderMark: [UInt8] = [0xef, 0xbb, 0xbf]

  private static func hasByteOrderMark(_ bytes: Span<UInt8>) -> Bool {
    guard bytes.count >= byteOrderMark.count else { return false }
    for index in byteOrderMark.indices where bytes[index] != byteOrderMark[index] { return false }
    return true
  }

  /// It costs the first line's key, if it has one.
  private static func markProblem(_ first: KeyLine, _ bytes: Span<UInt8>, _ format: KeyFileFormat) -> KeyFileProblem {
    let words = first.words(bytes, format)
    return KeyFileProblem(
      line: 1, column: 1, id: words?.id(bytes), losesKey: words != nil,
      "the file begins with a byte order mark (UTF-8 BOM, bytes EF BB BF)",
      advice: "save it without one: as \"UTF-8\", not \"UTF-8 with BOM\"")
  }

  /// Our own files say their version; another one may mean something else by the same words.
  private static func headerProblem(_ lines: [KeyLine], _ bytes: Span<UInt8>) -> KeyFileProblem? {
    guard let first = lines.first, first.text(bytes, limit: 200) == header else {
      return KeyFileProblem(
        line: 1, column: 1, "the first line does not name a version of the format that this Tompion reads",
        advice: "it is \"\(header)\"; or is it a file of ntpd's or chrony's?")
    }
    return nil
  }
}
