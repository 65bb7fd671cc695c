// SPDX-License-Identifier: Apache-2.0

extension SettingSchema {
  /// What is wrong with a provider's values, in their order: keys that the schema does not have (with a suggestion), types,
  /// ranges, choices, required keys that are missing, and a minimum above its maximum (min_poll and max_poll).
  package static func validate(
    provider: String, values: [SettingValue], empty: [EmptyValue] = [], schema: [SettingSchema], file: String = "",
    place: TextPlace = TextPlace(),
    sourcePlaces: [TextPlace] = [], sourceNumbers: [Int] = []
  ) -> [Diagnostic] {
    var wrong: [Diagnostic] = []
    // Pairs of which both are written were reported when the file was read.
    let both = crossed(values, [], file)
    for value in values {
      guard let entry = schema.first(where: { $0.path == generic(value.path) }) else {
        let objection = unknown(value, schema, provider, file)
        // A list that should be none is told once, not for each element.
        if wrong.last?.key != objection.key || wrong.last?.problem != objection.problem { wrong.append(objection) }
        continue
      }
      if let (problem, advice) = entry.objection(to: value) {
        wrong.append(diagnostic(value, file, problem, advice))
      }
    }
    var named = values
    for nothing in empty {
      guard let objection = objection(toEmpty: nothing, schema, provider, file) else { continue }
      wrong.append(objection)
      named.append(nothing.asValue)
    }
    wrong += missing(provider, named, schema, file, place, sourcePlaces)
    wrong += missingInEmptySources(provider, named, schema, file, sourcePlaces, sourceNumbers)
    wrong += crossed(values, schema, file).filter { !both.contains($0) }
    return wrong
  }

  /// A path with its indices taken out: "source[].address".
  static func generic(_ path: String) -> String {
    var out = ""
    var inIndex = false
    for character in path {
      if character == "]" { inIndex = false }
      if !inIndex { out.append(character) }
      if character == "[" { inIndex = true }
    }
    return out
  }

  private static func diagnostic(_ value: SettingValue, _ file: String, _ problem: String, _ advice: String)
    -> Diagnostic
  {
    Diagnostic(
      file: file, line: value.line, column: value.column, key: value.key, value: value.written, problem: problem,
      advice: advice)
  }

  static func unknown(_ value: SettingValue, _ schema: [SettingSchema], _ provider: String, _ file: String)
    -> Diagnostic
  {
    let path = generic(value.path)
    // "listen" for "listen[]": the key is known, but as a list, or the other way round.
    if let entry = schema.first(where: { $0.path == path + "[]" }) {
      let example = entry.kind == .string ? "[\(value.written)]" : "[…]"
      return diagnostic(value, file, "it is not a list", "write \(example)")
    }
    if path.hasSuffix("[]"), let entry = schema.first(where: { $0.path == path.dropLast(2) }) {
      var list = diagnostic(value, file, "it is a list", "write \(entry.expected)")
      list.key = String(list.key.prefix(upTo: list.key.lastIndex(of: "[") ?? list.key.endIndex))
      list.value = "[…]"
      return list
    }
    let candidates = schema.map(\.path)
    let isSource = path.hasPrefix("source[]")
    let peers = candidates.filter { $0.hasPrefix("source[]") == isSource }
    var advice: String
    let shown = { (path: String) in isSource && path.hasPrefix("source[].") ? String(path.dropFirst(9)) : path }
    if let near = Suggestion.nearest(to: shown(path), among: peers.map(shown)) {
      advice = "did you mean \(near)?"
    } else if peers.isEmpty {
      advice = isSource ? "this provider takes no [[source]]" : "this provider has no keys of its own"
    } else {
      advice = "known are " + peers.map(shown).joined(separator: ", ")
    }
    return diagnostic(value, file, "provider \"\(provider)\" has no such key", advice)
  }

  /// What is wrong with a value of this key, and what would be right.
  private func objection(to value: SettingValue) -> (problem: String, advice: String)? {
    let number: Double?
    switch (kind, value.value) {
    case (.string, .string(let text)):
      if choices.isEmpty || choices.contains(text) { return nil }
      return ("there is no such choice", "write \(expected)" + TableReader.hint(text, among: choices))
    case (.boolean, .boolean): return nil
    case (.integer, .integer(let integer)), (.real, .integer(let integer)): number = Double(integer)
    case (.real, .real(let real)): number = real
    case (_, .string): return ("it is a string", "write \(expected)")
    case (_, .integer): return ("it is an integer", "write \(expected)")
    case (_, .real): return ("it is a real number", "write \(expected)")
    case (_, .boolean): return ("it is a boolean", "write \(expected)")
    }
    guard let number else { return nil }
    if let minimum, number < minimum { return ("it is too small", "write \(expected)") }
    if let maximum, number > maximum { return ("it is too large", "write \(expected)") }
    return nil
  }

  /// What a value of this key looks like.
  package var expected: String {
    let what: String
    switch kind {
    case .string: return choices.isEmpty ? "a string" : TableReader.alternatives(choices)
    case .boolean: return "true or false"
    case .integer: what = "an integer"
    case .real: what = "a number"
    }
    switch (minimum, maximum) {
    case (let low?, let high?): return "\(what) from \(TableReader.plain(low)) to \(TableReader.plain(high))"
    case (let low?, nil): return "\(what) not below \(TableReader.plain(low))"
    case (nil, let high?): return "\(what) not above \(TableReader.plain(high))"
    case (nil, nil): return what
    }
  }

  private static func missing(
    _ provider: String, _ values: [SettingValue], _ schema: [SettingSchema], _ file: String, _ place: TextPlace,
    _ sourcePlaces: [TextPlace]
  ) -> [Diagnostic] {
    var wrong: [Diagnostic] = []
    let paths = Set(values.map(\.path))
    for entry in schema where entry.required {
      let advice = entry.advice
      guard let bracket = entry.path.lastIndex(of: "]"), entry.path[bracket...].hasPrefix("].") else {
        let name = entry.path.hasSuffix("[]") ? String(entry.path.dropLast(2)) : entry.path
        if !values.contains(where: { generic($0.path) == entry.path }) {
          wrong.append(
            Diagnostic(
              file: file, line: place.line, column: place.column, key: "provider.\(provider).\(name)",
              problem: "it is missing",
              advice: advice))
        }
        continue
      }
      // Each element of the list that has any key at all must have this one.
      let list = String(entry.path[...bracket])
      let leaf = String(entry.path[bracket...].dropFirst())
      var seen: Set<String> = []
      for value in values where !(provider == Configuration.defaultSourceProvider && entry.path == "source[].address") {
        guard let end = value.path.lastIndex(of: "]"), generic(String(value.path[...end])) == list else { continue }
        let element = String(value.path[...end])
        guard seen.insert(element).inserted, !paths.contains(element + leaf) else { continue }
        var at = TextPlace(line: value.line, column: value.column)
        if list == "source[]", let index = Int(element.dropFirst(7).dropLast()), sourcePlaces.indices.contains(index) {
          at = sourcePlaces[index]
        }
        let keyEnd = value.key.lastIndex(of: "]") ?? value.key.startIndex
        wrong.append(
          Diagnostic(
            file: file, line: at.line, column: at.column, key: String(value.key[...keyEnd]) + leaf,
            problem: "it is missing",
            advice: advice))
      }
    }
    return wrong
  }

  /// Sources of which nothing but the provider is written have no value at all, and lack each key that is required. One of the providers that
  /// come with Tompion would pass over such a source in silence; what others make of it is theirs to say.
  private static func missingInEmptySources(
    _ provider: String, _ values: [SettingValue], _ schema: [SettingSchema], _ file: String,
    _ sourcePlaces: [TextPlace], _ sourceNumbers: [Int]
  ) -> [Diagnostic] {
    guard provider != Configuration.defaultSourceProvider else { return [] }
    let written = Set(values.map { $0.path.prefix { $0 != "]" } })
    var wrong: [Diagnostic] = []
    for (index, (place, number)) in zip(sourcePlaces, sourceNumbers).enumerated()
    where !written.contains("source[\(index)") {
      let keys = schema.filter { $0.path.hasPrefix("source[].") }
      if ProviderConfiguration.own.contains("tompion-\(provider)"), !keys.contains(where: \.required) {
        let known = keys.map { $0.path.dropFirst(9) }.filter { !$0.contains("[") }.sorted().joined(separator: ", ")
        wrong.append(
          Diagnostic(
            file: file, line: place.line, column: place.column, key: "source[\(number)]",
            problem: known.isEmpty
              ? "the provider \"\(provider)\" has no sources" : "it names its provider and nothing else",
            advice: known.isEmpty ? "remove it" : "write where its time comes from; the keys are \(known)"))
      }
      for entry in keys where entry.required {
        wrong.append(
          Diagnostic(
            file: file, line: place.line, column: place.column, key: "source[\(number)].\(entry.path.dropFirst(9))",
            problem: "it is missing", advice: entry.advice))
      }
    }
    return wrong
  }

  /// How to write a key that is missing.
  private var advice: String {
    description.isEmpty ? "write \(expected)" : "write \(expected): \(description)"
  }

  /// Pairs of keys named min… and max… in the same table.
  static func crossed(_ values: [SettingValue], _ schema: [SettingSchema], _ file: String) -> [Diagnostic] {
    var wrong: [Diagnostic] = []
    // By path: a search of all for each would make a file of thousands of sources take minutes.
    let byPath = Dictionary(values.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
    for value in values {
      let (table, leaf) = split(value.path)
      let isLow = leaf.hasPrefix("min")
      guard isLow || leaf.hasPrefix("max"), let number = value.number else { continue }
      let partner = table + (isLow ? "max" : "min") + leaf.dropFirst(3)
      let written = byPath[partner]
      // Written both: reported once, at the minimum.
      if !isLow, written != nil { continue }
      let defaultNumber = schema.first { $0.path == generic(partner) }.flatMap { Double($0.defaultText) }
      guard let other = written?.number ?? defaultNumber, isLow ? number > other : number < other else { continue }
      let name = split(partner).leaf
      let whence = written.map { "written in line \($0.line)" } ?? "by default"
      wrong.append(
        diagnostic(
          value, file, "it is \(isLow ? "more" : "less") than \(name), \(TableReader.plain(other)) \(whence)",
          "the minimum must not be above the maximum"))
    }
    return wrong
  }

  private static func split(_ path: String) -> (table: String, leaf: String) {
    guard let dot = path.lastIndex(of: ".") else { return ("", path) }
    return (String(path[...dot]), String(path[path.index(after: dot)...]))
  }
}

extension SettingValue {
  /// The value as a number, if it is one.
  package var number: Double? {
    switch value {
    case .integer(let number): Double(number)
    case .real(let number): number
    case .string, .boolean: nil
    }
  }
}
