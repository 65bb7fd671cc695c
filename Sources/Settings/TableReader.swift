// SPDX-License-Identifier: Apache-2.0

import TimeTypes

/// Reads the keys of one table: checks type and range of each that is asked for, collects what is wrong, and in the end reports
/// every key that nobody asked for.
struct TableReader {
  let file: String
  /// The table's own name with a dot, "" for the root: "clock.".
  let prefix: String
  let members: [TOMLMember]
  /// The keys asked for so far.
  private(set) var known: [String] = []
  private(set) var diagnostics: [Diagnostic] = []
  private(set) var provenance: [String: Provenance] = [:]

  init(file: String, prefix: String, members: [TOMLMember]) {
    self.file = file
    self.prefix = prefix
    self.members = members
  }

  /// The member of that name, if it was written.
  mutating func member(_ name: String) -> TOMLMember? {
    known.append(name)
    guard let member = members.first(where: { $0.key == name }) else { return nil }
    provenance[prefix + name] = .written(line: member.node.place.line, column: member.node.place.column)
    return member
  }

  mutating func refuse(_ member: TOMLMember, _ problem: String, _ advice: String) {
    refuse(member.node, key: prefix + member.key, problem, advice)
  }

  mutating func refuse(_ node: TOMLNode, key: String, _ problem: String, _ advice: String) {
    diagnostics.append(
      Diagnostic(
        file: file, line: node.place.line, column: node.place.column, key: key, value: node.written, problem: problem,
        advice: advice))
  }

  mutating func refuseMissing(_ name: String, at place: TextPlace, _ advice: String) {
    diagnostics.append(
      Diagnostic(
        file: file, line: place.line, column: place.column, key: prefix + name, problem: "it is missing", advice: advice
      ))
  }

  mutating func boolean(_ name: String, into value: inout Bool) {
    guard let member = member(name) else { return }
    guard case .boolean(let flag) = member.node.content else {
      return refuse(member, "it is \(member.node.kindName)", "write true or false")
    }
    value = flag
  }

  mutating func choice<Choice>(_ name: String, into value: inout Choice)
  where Choice: CaseIterable & RawRepresentable, Choice.RawValue == String {
    guard let member = member(name) else { return }
    let words = Choice.allCases.map(\.rawValue)
    let advice = "write " + Self.alternatives(words)
    guard case .string(let word) = member.node.content else {
      return refuse(member, "it is \(member.node.kindName)", advice)
    }
    guard let choice = Choice(rawValue: word) else {
      return refuse(member, "there is no such choice", advice + Self.hint(word, among: words))
    }
    value = choice
  }

  /// A number in `range` of `unit` ("seconds"; "" = of none that people know); integers count as reals.
  mutating func number(_ name: String, in range: ClosedRange<Double>, unit: String) -> Double? {
    guard let member = member(name) else { return nil }
    return number(member.node, key: prefix + name, in: range, unit: unit, alternative: "")
  }

  /// As `number`, for a node that is not a member of this table.
  mutating func number(
    _ node: TOMLNode, key: String, in range: ClosedRange<Double>, unit: String, alternative: String
  ) -> Double? {
    let advice =
      "write a number\(unit.isEmpty ? "" : " of \(unit)") from \(Self.plain(range.lowerBound)) to \(Self.plain(range.upperBound))\(alternative)"
    let number: Double
    switch node.content {
    case .integer(let integer): number = Double(integer)
    case .real(let real): number = real
    default:
      refuse(node, key: key, "it is \(node.kindName)", advice)
      return nil
    }
    guard range.contains(number) else {
      refuse(node, key: key, "it is out of range", advice)
      return nil
    }
    return number
  }

  mutating func integer<Number: FixedWidthInteger>(
    _ name: String, in range: ClosedRange<Int64>, into value: inout Number
  ) {
    guard let member = member(name) else { return }
    let advice = "write an integer from \(range.lowerBound) to \(range.upperBound)"
    guard case .integer(let number) = member.node.content else {
      return refuse(member, "it is \(member.node.kindName)", advice)
    }
    guard range.contains(number), let narrow = Number(exactly: number) else {
      return refuse(member, "it is out of range", advice)
    }
    value = narrow
  }

  /// The same for what is another thing when left out.
  mutating func integer<Number: FixedWidthInteger>(
    _ name: String, in range: ClosedRange<Int64>, into value: inout Number?
  ) {
    var number = value ?? 0
    integer(name, in: range, into: &number)
    if members.contains(where: { $0.key == name }) { value = number }
  }

  /// A string that is not empty and has no control characters; at most `limit` bytes.
  mutating func text(_ name: String, limit: Int, what: String) -> String? {
    guard let member = member(name) else { return nil }
    guard case .string(let text) = member.node.content else {
      refuse(member, "it is \(member.node.kindName)", "write \(what) as a string")
      return nil
    }
    guard !text.isEmpty, text.unicodeScalars.allSatisfy(\.isPrintable) else {
      refuse(member, text.isEmpty ? "it is empty" : "it has control characters in it", "write \(what)")
      return nil
    }
    guard text.utf8.count <= limit else {
      refuse(member, "it has \(text.utf8.count) bytes", "\(what) has at most \(limit)")
      return nil
    }
    return text
  }

  /// An absolute path.
  mutating func path(_ name: String, limit: Int = 4095, none: Bool = false) -> String? {
    let what = none ? "an absolute path or \"none\"" : "an absolute path"
    guard let text = text(name, limit: limit, what: what) else { return nil }
    if text.hasPrefix("/") || (none && text == "none") { return text }
    if let member = members.first(where: { $0.key == name }) {
      refuse(member, "it depends on where the daemon is started", "write \(what)")
    }
    return nil
  }

  /// A table, or nil if it is absent or no table.
  mutating func table(_ name: String) -> TOMLMember? {
    guard let member = member(name) else { return nil }
    guard case .table = member.node.content else {
      refuse(member, "it is \(member.node.kindName)", "write a table: [\(prefix)\(name)]")
      return nil
    }
    return member
  }

  /// Takes over what another reader, for a table inside this one, found.
  mutating func absorb(_ other: TableReader) {
    diagnostics += other.diagnostics
    provenance.merge(other.provenance) { _, new in new }
  }

  /// Reports the keys that nobody asked for. `elsewhere` maps a key that belongs to another table to that table's name.
  mutating func refuseUnknown(elsewhere: [String: String] = [:]) {
    for member in members where !known.contains(member.key) {
      let name = prefix.isEmpty ? "at the top level" : "in [\(Diagnostic.shown(String(prefix.dropLast())))]"
      var advice = ""
      if let table = elsewhere[member.key] {
        advice = "it belongs in [\(table)]"
      } else if let near = Suggestion.nearest(to: member.key, among: known) {
        advice = "did you mean \(near)?"
      } else if let near = Suggestion.nearest(to: member.key, among: elsewhere.keys.sorted()),
        let table = elsewhere[near]
      {
        advice = "did you mean \(near) in [\(table)]?"
      } else {
        advice = "known are " + known.joined(separator: ", ")
      }
      let place = member.place.line > 0 ? member.place : member.node.place
      diagnostics.append(
        Diagnostic(
          file: file, line: place.line, column: place.column, key: prefix + quotedKey(member.key),
          value: member.node.written,
          problem: "there is no such key \(name)", advice: advice))
    }
  }

  /// `"a"`, `"a" or "b"`, `"a", "b" or "c"`.
  static func alternatives(_ words: [String]) -> String {
    let quotedWords = words.map { "\"\($0)\"" }
    guard let last = quotedWords.last, quotedWords.count > 1 else { return quotedWords.first ?? "" }
    return quotedWords.dropLast().joined(separator: ", ") + " or " + last
  }

  static func hint(_ word: String, among words: [String]) -> String {
    Suggestion.nearest(to: word, among: words).map { "; did you mean \"\($0)\"?" } ?? ""
  }

  /// A number without a needless ".0".
  static func plain(_ number: Double) -> String {
    if let whole = Int64(exactly: number) { return String(whole) }
    // Swift writes 1e-06; people write 0.000001.
    let text = "\(number)"
    guard number > 0, text.hasPrefix("1e-"), let zeros = Int(text.dropFirst(3)), zeros < 20 else { return text }
    return "0." + String(repeating: "0", count: zeros - 1) + "1"
  }
}

/// A key as it would be written: bare where TOML lets it, else in quotes.
func quotedKey(_ key: String) -> String { isBareKey(key) ? key : quoted(key) }

/// Letters, digits, underscores and hyphens only.
func isBareKey(_ key: String) -> Bool {
  !key.isEmpty
    && key.utf8.allSatisfy { byte in
      (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 45 || byte == 95
    }
}
