// SPDX-License-Identifier: Apache-2.0

import Cryptography

/// The machine password in a member's secrets.tdb of Samba, and the one before: `SECRETS/MACHINE_PASSWORD/DOMAIN` and `.PREV/DOMAIN`, as UTF-8
/// with a NUL behind.
package enum SambaSecrets {
  private static let current = Array("SECRETS/MACHINE_PASSWORD/".utf8)
  private static let previous = Array("SECRETS/MACHINE_PASSWORD.PREV/".utf8)
  /// Longer than any that Samba makes (255 characters, four bytes each).
  private static let passwordLimit = 2048

  /// `workgroup`: the domain's short name; empty: the file's only one.
  package static func holder(_ bytes: Span<UInt8>, workgroup: String) -> Result<KeyHolder, SecretProblem> {
    var passwords: [String: Range<Int>] = [:]
    var earlier: [String: Range<Int>] = [:]
    do throws(SecretProblem) {
      let database = try TrivialDatabase(bytes)
      try database.forEach(in: bytes) { key, data in
        if let name = name(bytes, key, behind: current) { passwords[name] = data }
        if let name = name(bytes, key, behind: previous) { earlier[name] = data }
      }
    } catch {
      return .failure(error)
    }
    let names = passwords.keys.sorted()
    let listed = names.prefix(8).joined(separator: ", ")
    let domain: String
    if workgroup.isEmpty {
      guard let only = names.first else {
        return .failure(
          SecretProblem("it holds no machine password: join the domain first (`net ads join`), or use a keytab"))
      }
      guard names.count == 1 else {
        return .failure(
          SecretProblem("it holds the passwords of several domains (\(listed)): say which one by `workgroup`"))
      }
      domain = only
    } else {
      domain = workgroup.uppercased()
    }
    guard let password = passwords[domain] else {
      return .failure(
        SecretProblem(
          "it holds no machine password of \(SecretProblem.quoted(domain.utf8))"
            + (names.isEmpty ? "" : ", only of \(listed)")))
    }
    let hash: NTHash
    switch ntHash(bytes, password) {
    case .success(let found): hash = found
    case .failure(let problem): return .failure(problem)
    }
    var holder = KeyHolder(account: "", current: hash)
    if let range = earlier[domain] {
      switch ntHash(bytes, range) {
      case .success(let found): holder.previous = found
      case .failure(let problem): return .failure(problem)
      }
    }
    return .success(holder)
  }

  /// What stands behind that beginning in a key; a NUL at the end is none of it.
  private static func name(_ bytes: Span<UInt8>, _ key: Range<Int>, behind prefix: [UInt8]) -> String? {
    guard key.count > prefix.count, key.count <= prefix.count + KeyHolder.nameLimit,
      prefix.indices.allSatisfy({ bytes[key.lowerBound + $0] == prefix[$0] })
    else { return nil }
    var rest = key.dropFirst(prefix.count)
    if let last = rest.last, bytes[last] == 0 { rest = rest.dropLast() }
    guard !rest.isEmpty else { return nil }
    return SecretProblem.shown(rest.map { bytes[$0] }).uppercased()
  }

  private static func ntHash(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Result<NTHash, SecretProblem> {
    guard let first = range.first else { return .failure(SecretProblem("an empty machine password")) }
    var text = range.map { bytes[$0] }
    defer { text.wipe() }
    if let end = text.firstIndex(of: 0) { text.removeSubrange(end...) }
    guard !text.isEmpty else { return .failure(SecretProblem(.offset(first), "an empty machine password")) }
    guard text.count <= passwordLimit else {
      return .failure(SecretProblem(.offset(first), "a machine password of more than \(passwordLimit) bytes"))
    }
    guard var units = utf16(text) else {
      return .failure(SecretProblem(.offset(first), "a machine password that is no UTF-8"))
    }
    let hash = NTHash(password: units)
    for index in units.indices { units[index] = 0 }
    return .success(hash)
  }

  /// nil = it is not UTF-8.
  private static func utf16(_ text: [UInt8]) -> [UInt16]? {
    var units: [UInt16] = []
    units.reserveCapacity(text.count)
    var isValid = true
    var decoder = UTF8()
    var iterator = text.makeIterator()
    while isValid {
      switch decoder.decode(&iterator) {
      case .scalarValue(let scalar): units.append(contentsOf: String(scalar).utf16)
      case .emptyInput: return units
      case .error: isValid = false
      }
    }
    return nil
  }
}
