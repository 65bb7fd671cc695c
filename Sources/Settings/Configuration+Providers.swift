// SPDX-License-Identifier: Apache-2.0

extension Configuration {
  /// The provider of a source that names none.
  package static let defaultSourceProvider = "ntp-client"

  /// Reads `[provider.NAME]` and `[[source]]`, and flattens what is not the host's into each provider's values.
  mutating func readProviders(_ root: inout TableReader) {
    if let member = root.table("provider"), case .table(let tables) = member.node.content {
      for table in tables { readProvider(table, &root) }
    }
    guard let member = root.member("source") else { return }
    guard case .array(let elements) = member.node.content else {
      return root.refuse(member, "it is \(member.node.kindName)", "write a table for each source: [[source]]")
    }
    var counts: [String: Int] = [:]
    for (index, element) in elements.enumerated() {
      guard case .table(let members) = element.content else {
        root.refuse(
          element, key: "source[\(index)]", "it is \(element.kindName)", "write a table for each source: [[source]]")
        continue
      }
      var reader = TableReader(file: file, prefix: "source[\(index)].", members: members)
      if members.isEmpty {
        reader.refuse(element, key: "source[\(index)]", "it says nothing", "write at least an address")
      }
      let name = reader.text("provider", limit: 64, what: "a provider's name") ?? Self.defaultSourceProvider
      if let member = members.first(where: { $0.key == "provider" }), !isBareKey(name) {
        reader.refuse(member, "a provider has no such name", "use letters, digits, _ and -")
      }
      let position = providerIndex(name, at: element.place)
      let number = counts[name, default: 0]
      counts[name] = number + 1
      for member in members where member.key != "provider" {
        Self.flatten(
          member.node, path: "source[\(number)].\(member.key)", key: "source[\(index)].\(quotedKey(member.key))",
          member: member,
          into: &providers[position], &reader)
      }
      providers[position].sourcePlaces.append(element.place)
      providers[position].sourceNumbers.append(index)
      if name == Self.defaultSourceProvider, !members.isEmpty, !members.contains(where: { $0.key == "address" }) {
        reader.refuseMissing(
          "address", at: element.place, "write the server's name or address: address = \"ntp.example.net\"")
      }
      if name == Self.defaultSourceProvider, let member = members.first(where: { $0.key == "address" }),
        let kind = member.node.emptyKind
      {
        reader.refuse(member, "it is \(kind)", "write the server's name or address: address = \"ntp.example.net\"")
      }
      root.absorb(reader)
    }
  }

  /// Where the provider of that name is in `providers`; appended if it is new.
  private mutating func providerIndex(_ name: String, at place: TextPlace) -> Int {
    if let index = providers.firstIndex(where: { $0.name == name }) { return index }
    var provider = ProviderConfiguration(name: name)
    provider.line = place.line
    provider.column = place.column
    providers.append(provider)
    return providers.count - 1
  }

  private mutating func readProvider(_ table: TOMLMember, _ root: inout TableReader) {
    let key = "provider.\(quotedKey(table.key))"
    guard case .table(let members) = table.node.content else {
      root.refuse(table.node, key: key, "it is \(table.node.kindName)", "write a table: [\(key)]")
      return
    }
    guard isBareKey(table.key) else {
      root.refuse(table.node, key: key, "a provider has no such name", "use letters, digits, _ and -")
      return
    }
    let place = table.place.line > 0 ? table.place : table.node.place
    let index = providerIndex(table.key, at: place)
    var reader = TableReader(file: file, prefix: "\(key).", members: members)
    if let module = reader.text("module", limit: 4095, what: "a module's name or path") {
      providers[index].module = module
      providers[index].placement = ProviderConfiguration.usualPlacement(of: module)
    }
    reader.choice("placement", into: &providers[index].placement)
    reader.boolean("enabled", into: &providers[index].enabled)
    for member in members where !["module", "placement", "enabled"].contains(member.key) {
      Self.flatten(
        member.node, path: member.key, key: "\(key).\(quotedKey(member.key))", member: member,
        into: &providers[index], &reader)
    }
    root.absorb(reader)
  }

  /// Appends the values in `node`, depth first, and what is empty. The parser bounds the depth.
  private static func flatten(
    _ node: TOMLNode, path: String, key: String, member: TOMLMember, into provider: inout ProviderConfiguration,
    _ reader: inout TableReader
  ) {
    guard isBareKey(member.key) else {
      reader.refuse(node, key: key, "no provider has a key of that name", "use letters, digits, _ and -")
      return
    }
    let value: SettingValue.Value
    switch node.content {
    case .table(let members):
      if members.isEmpty {
        provider.emptyValues.append(EmptyValue(path: path, key: key, isTable: true, place: node.place))
      }
      for inner in members {
        flatten(
          inner.node, path: "\(path).\(inner.key)", key: "\(key).\(quotedKey(inner.key))", member: inner,
          into: &provider, &reader)
      }
      return
    case .array(let elements):
      if elements.isEmpty {
        provider.emptyValues.append(EmptyValue(path: path, key: key, isTable: false, place: node.place))
      }
      for (index, element) in elements.enumerated() {
        flatten(element, path: "\(path)[\(index)]", key: "\(key)[\(index)]", member: member, into: &provider, &reader)
      }
      return
    case .date:
      return reader.refuse(node, key: key, "it is a date", "no key takes one; write a string, a number or a boolean")
    case .string(let text):
      guard !text.unicodeScalars.contains("\0") else {
        return reader.refuse(node, key: key, "it has a NUL character in it", "leave that out")
      }
      value = .string(text)
    case .integer(let number): value = .integer(number)
    case .real(let number):
      guard number.isFinite else { return reader.refuse(node, key: key, "it is no finite number", "write one") }
      value = .real(number)
    case .boolean(let flag): value = .boolean(flag)
    }
    provider.values.append(
      SettingValue(path: path, key: key, value: value, line: node.place.line, column: node.place.column))
  }
}

extension TOMLNode {
  /// "an empty list" or "an empty table"; nil = it is neither.
  fileprivate var emptyKind: String? {
    switch content {
    case .array(let elements) where elements.isEmpty: "an empty list"
    case .table(let members) where members.isEmpty: "an empty table"
    default: nil
    }
  }
}
