// SPDX-License-Identifier: Apache-2.0

/// How much a schema entry may say; what is longer is cut by the child and refused by the host.
enum SchemaLimit {
  static let path = 128
  static let text = CText.lineLimit
  static let choices = 64
  static let choice = 64
  static let entries = 1024
  /// All texts of one provider together.
  static let bytes = 256 * 1024
}

extension FrameWriter {
  mutating func put(_ descriptor: ProviderDescriptor) {
    put(descriptor.capabilities)
    for text in [descriptor.id, descriptor.name, descriptor.vendor, descriptor.version, descriptor.summary] {
      put(cut(text, SchemaLimit.text))
    }
  }

  mutating func put(_ entry: ProviderSchemaEntry) {
    put(entry.kind.rawValue, entry.required ? 1 : 0, entry.range == nil ? 0 : 1)
    put((entry.range?.lowerBound ?? 0).bitPattern)
    put((entry.range?.upperBound ?? 0).bitPattern)
    put(cut(entry.path, SchemaLimit.path))
    put(cut(entry.description, SchemaLimit.text))
    put(cut(entry.defaultText, SchemaLimit.text))
    let choices = entry.choices.prefix(SchemaLimit.choices)
    put(UInt32(choices.count))
    for choice in choices { put(cut(choice, SchemaLimit.choice)) }
  }

  private func cut(_ text: String, _ limit: Int) -> String { String(decoding: text.utf8.prefix(limit), as: UTF8.self) }
}

extension FrameReader {
  mutating func descriptor() -> ProviderDescriptor? {
    guard let capabilities = word(), let id = line(), let name = line(), let vendor = line(), let version = line(),
      let summary = line()
    else { return nil }
    return ProviderDescriptor(
      capabilities: capabilities, id: id, name: name, vendor: vendor, version: version, summary: summary)
  }

  /// An entry that makes sense: a path of plain characters, a known kind, bounds in order, everything of bounded length.
  mutating func schemaEntry() -> ProviderSchemaEntry? {
    guard let kind = word().flatMap(ProviderSchemaEntry.Kind.init), let required = word(), required <= 1,
      let isBounded = word(), isBounded <= 1, let low = long().map(Double.init(bitPattern:)),
      let high = long().map(Double.init(bitPattern:)), isBounded == 0 || low <= high,
      let path = text(), Self.isPath(path), let description = line(), let defaultText = line(), let count = word(),
      count <= SchemaLimit.choices
    else { return nil }
    var choices: [String] = []
    for _ in 0..<count {
      guard let choice = line(limit: SchemaLimit.choice) else { return nil }
      choices.append(choice)
    }
    return ProviderSchemaEntry(
      path: path, kind: kind, description: description, defaultText: defaultText,
      range: isBounded == 1 ? low...high : nil, choices: choices, required: required == 1)
  }

  /// A text of one line that a terminal can show; nil if it is too long.
  private mutating func line(limit: Int = SchemaLimit.text) -> String? {
    guard let text = text(), text.utf8.count <= limit + 2 else { return nil }
    return CText.printable(text.utf8)
  }

  private static func isPath(_ text: String) -> Bool {
    (1...SchemaLimit.path).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
          || "_-.[]".utf8.contains(byte)
      }
  }
}
