// SPDX-License-Identifier: Apache-2.0

extension Diagnostic {
  /// So many are told of one table, all `[[source]]` together being one; nobody reads more.
  package static let tableLimit = 64
  /// So many are told of a file.
  package static let fileLimit = 256

  /// The table that the key is in, without indices: "clock", "source", "provider.ntp-server"; "" = the top level.
  var table: String {
    let path = SettingSchema.generic(key)
    guard let dot = path.lastIndex(of: ".") else { return "" }
    return path[..<dot].hasSuffix("[]") ? String(path[..<dot].dropLast(2)) : String(path[..<dot])
  }

  private static func more(_ count: Int, _ word: String) -> String {
    "and \(count) more \(word)\(count == 1 ? "" : "s")"
  }

  /// The first of each table and of all, in their order, and in place of the others how many there are.
  /// - Parameter word: what they are, one of them.
  package static func bounded(_ all: [Diagnostic], word: String = "error") -> [Diagnostic] {
    guard all.count > tableLimit else { return all }
    let tables = all.map(\.table)
    var totals: [String: Int] = [:]
    for table in tables { totals[table, default: 0] += 1 }
    var seen: [String: Int] = [:]
    /// Each with the number of diagnostics that it stands for.
    var kept: [(diagnostic: Diagnostic, count: Int)] = []
    for (diagnostic, table) in zip(all, tables) {
      let number = seen[table, default: 0]
      seen[table] = number + 1
      if number < tableLimit {
        kept.append((diagnostic, 1))
      } else if number == tableLimit {
        let rest = (totals[table] ?? 0) - tableLimit
        let line = Diagnostic(
          file: diagnostic.file, line: diagnostic.line, column: diagnostic.column, key: table,
          problem: more(rest, word))
        kept.append((line, rest))
      }
    }
    guard kept.count > fileLimit else { return kept.map(\.diagnostic) }
    let rest = kept.dropFirst(fileLimit)
    let line = Diagnostic(file: all[0].file, problem: more(rest.reduce(0) { $0 + $1.count }, word))
    return kept.prefix(fileLimit).map(\.diagnostic) + [line]
  }
}
