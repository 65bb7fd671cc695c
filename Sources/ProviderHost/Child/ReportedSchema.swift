// SPDX-License-Identifier: Apache-2.0

/// What a child tells of its provider before it is given settings: collected within bounds, complete with `opened`.
struct ReportedSchema {
  private(set) var descriptor: ProviderDescriptor?
  private(set) var entries: [ProviderSchemaEntry] = []
  private(set) var isComplete = false
  private var bytes = 0

  /// False = out of turn: told twice, or after the end.
  mutating func take(_ descriptor: ProviderDescriptor) -> Bool {
    guard !isComplete, self.descriptor == nil else { return false }
    self.descriptor = descriptor
    return true
  }

  /// False = out of turn, a second entry of that path, or more than a provider may say.
  mutating func take(_ entry: ProviderSchemaEntry) -> Bool {
    guard !isComplete, entries.count < SchemaLimit.entries, !entries.contains(where: { $0.path == entry.path }) else {
      return false
    }
    let size = entry.choices.reduce(entry.path.utf8.count + entry.description.utf8.count + entry.defaultText.utf8.count)
    {
      $0 + $1.utf8.count
    }
    guard bytes + size <= SchemaLimit.bytes else { return false }
    bytes += size
    entries.append(entry)
    return true
  }

  /// The end. False = out of turn, without a descriptor, or not with as many entries as arrived.
  mutating func complete(entries count: UInt32) -> Bool {
    guard !isComplete, descriptor != nil, Int(count) == entries.count else { return false }
    isComplete = true
    return true
  }
}
