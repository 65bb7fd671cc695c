// SPDX-License-Identifier: Apache-2.0

/// Which source alone says the second of another's pulses: `lock` of a [[source]].
package struct SourceLock: Sendable, Equatable {
  /// Of the pulses.
  package var device: String
  /// A name, address, device or socket of another [[source]], as that one has it, or "shm:N".
  package var keeper: String

  package init(device: String, keeper: String) {
    self.device = device
    self.keeper = keeper
  }
}

extension Configuration {
  /// Every `lock`, for the daemon to carry out: sources of all providers meet there alone.
  package var sourceLocks: [SourceLock] {
    locks.compactMap { lock in device(of: lock.value).map { SourceLock(device: $0, keeper: lock.keeper) } }
  }

  /// A lock names another source.
  func sourceLockErrors() -> [Diagnostic] {
    locks.compactMap { lock in
      let own = Self.table(lock.value)
      let others = sourceNames.filter { $0.table != own && !$0.arePulses }.map(\.name)
      guard !others.contains(lock.keeper) else { return nil }
      return Diagnostic(
        file: file, line: lock.value.line, column: lock.value.column, key: lock.value.key, value: lock.value.written,
        problem: sourceNames.contains { $0.name == lock.keeper }
          ? "pulses cannot say which second they mark"
          : "no other [[source]] has that name, address or device",
        advice: others.isEmpty
          ? "add a [[source]] that tells the time, and name it here"
          : "name one of " + others.map { "\"\($0)\"" }.joined(separator: ", "))
    }
  }

  private var locks: [(value: SettingValue, keeper: String)] {
    providers.filter(\.enabled).flatMap { $0.values }.compactMap { value in
      guard value.path.hasPrefix("source["), value.path.hasSuffix("].lock"), case .string(let keeper) = value.value,
        !keeper.isEmpty
      else { return nil }
      return (value, keeper)
    }
  }

  /// What sources are called: a name, else where they are.
  private var sourceNames: [(table: Substring, name: String, arePulses: Bool)] {
    providers.filter(\.enabled).flatMap { provider in
      provider.values.compactMap { value in
        guard let table = Self.table(value) else { return nil }
        let key = value.path.split(separator: ".").last ?? ""
        switch value.value {
        case .string(let text) where ["name", "address", "device", "sock"].contains(key):
          return (table, text, provider.isModule("tompion-pps"))
        case .integer(let unit) where key == "shm": return (table, "shm:\(unit)", false)
        default: return nil
        }
      }
    }
  }

  private func device(of lock: SettingValue) -> String? {
    let table = Self.table(lock)
    for value in providers.filter(\.enabled).flatMap({ $0.values }) where Self.table(value) == table {
      if value.path.hasSuffix("].device"), case .string(let device) = value.value { return device }
    }
    return nil
  }

  /// "source[3]", as it stands in the file.
  private static func table(_ value: SettingValue) -> Substring? {
    guard value.key.hasPrefix("source["), let end = value.key.firstIndex(of: "]") else { return nil }
    return value.key[...end]
  }
}
