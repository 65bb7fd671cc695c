// SPDX-License-Identifier: Apache-2.0

/// A Kerberos keytab of MIT's format 0x0502 (MIT krb5, "Keytab file format"): which keys each principal has. Of all keys MS-SNTP can use
/// one kind, arcfour-hmac (etype 23), which is the NT hash byte for byte (RFC 4757, section 2).
package enum KeyTab {
  /// arcfour-hmac (RFC 4757).
  static let arcfour: UInt16 = 23
  private static let version: UInt16 = 0x0502
  private static let oldVersion: UInt16 = 0x0501
  /// More entries than any host has.
  static let entryLimit = 4096

  private struct Entry {
    /// Components and realm as they are, joined.
    var principal: String
    /// The one component of "HOST$@REALM"; nil = the principal has several, or is no account.
    var account: String?
    var kvno: UInt32
    var time: UInt32
    var type: UInt16
    var key: Range<Int>
  }

  /// The account's current key, and the one before if it is still there. An empty `account`: the file's only one.
  package static func holder(_ bytes: Span<UInt8>, account: String) -> Result<KeyHolder, SecretProblem> {
    let entries: [Entry]
    switch read(bytes) {
    case .success(let found): entries = found
    case .failure(let problem): return .failure(problem)
    }
    let names = Set(entries.compactMap(\.account).filter { $0.hasSuffix("$") })
    let listed = names.sorted().prefix(8).joined(separator: ", ")
    var wanted = account
    if wanted.isEmpty {
      guard let only = names.first else {
        return .failure(
          SecretProblem(
            "it has no machine account (a principal \"HOST$@REALM\"), only \(described(entries)): make one by "
              + "`net ads keytab create` or `adcli update`"))
      }
      guard names.count == 1 else {
        return .failure(SecretProblem("it has several machine accounts (\(listed)): say which one by `account`"))
      }
      wanted = only
    }
    let own = entries.filter { entry in entry.account.map { KeyHolder.isSame($0, wanted) } ?? false }
    guard let first = own.first, let name = first.account else {
      return .failure(
        SecretProblem(
          "it has no keys of \(SecretProblem.quoted(wanted.utf8))"
            + (names.isEmpty ? ", only of \(described(entries))" : ", only of \(listed)")))
    }
    let keys = own.filter { $0.type == arcfour }.sorted { ($0.kvno, $0.time) > ($1.kvno, $1.time) }
    guard let newest = keys.first else {
      let types = Set(own.map(\.type)).sorted().map(typeName).joined(separator: ", ")
      return .failure(
        SecretProblem(
          "\(name) has keys of \(types) and none of arcfour-hmac (etype 23): MS-SNTP signs with the NT hash, which is that key. Add it to "
            + "the keytab, or use secrets_tdb or hash_file"))
    }
    guard let current = hash(bytes, newest) else { return .failure(wrongLength(newest)) }
    let older = keys.first { $0.kvno != newest.kvno }
    var holder = KeyHolder(account: name, current: current)
    if let older {
      guard let previous = hash(bytes, older) else { return .failure(wrongLength(older)) }
      holder.previous = previous
    }
    return .success(holder)
  }

  private static func wrongLength(_ entry: Entry) -> SecretProblem {
    SecretProblem(
      .offset(entry.key.lowerBound), "an arcfour-hmac key of \(entry.key.count) bytes; it has \(NTHash.length)")
  }

  private static func hash(_ bytes: Span<UInt8>, _ entry: Entry) -> NTHash? {
    guard entry.key.count == NTHash.length else { return nil }
    return NTHash(bytes, entry.key)
  }

  private static func described(_ entries: [Entry]) -> String {
    let names = Set(entries.map(\.principal)).sorted()
    guard !names.isEmpty else { return "nothing at all" }
    let more = names.count > 4 ? " and \(names.count - 4) more" : ""
    return names.prefix(4).joined(separator: ", ") + more
  }

  /// RFC 3961's registry (IANA, Kerberos Parameters).
  private static func typeName(_ type: UInt16) -> String {
    switch type {
    case 1, 2, 3: "des (etype \(type))"
    case 16: "des3-cbc-sha1"
    case 17: "aes128-cts-hmac-sha1-96"
    case 18: "aes256-cts-hmac-sha1-96"
    case 19: "aes128-cts-hmac-sha256-128"
    case 20: "aes256-cts-hmac-sha384-192"
    case arcfour: "arcfour-hmac"
    default: "etype \(type)"
    }
  }

  // MARK: the format

  private static func read(_ bytes: Span<UInt8>) -> Result<[Entry], SecretProblem> {
    var cursor = FileCursor(bytes)
    guard let found = cursor.uint16(bytes) else {
      return .failure(SecretProblem("it is empty; a keytab begins with 05 02"))
    }
    guard found == version else {
      return .failure(
        SecretProblem(
          .offset(0),
          found == oldVersion
            ? "a keytab of the old format 0x0501, whose byte order depends on the machine; write it anew by ktutil"
            : "no keytab: it begins with 05 02"))
    }
    var entries: [Entry] = []
    while cursor.left > 0 {
      let start = cursor.offset
      guard let size = cursor.uint32(bytes) else {
        return .failure(SecretProblem(.offset(start), "the file ends within the length of an entry"))
      }
      let length = Int(Int32(bitPattern: size))
      // A negative length is a hole of that size; zero ends the file.
      if length == 0 { break }
      guard let part = cursor.part(abs(length)) else {
        return .failure(
          SecretProblem(
            .offset(start), "an entry of \(abs(length)) bytes, and \(cursor.left) are left: the file is cut off"))
      }
      guard length > 0 else { continue }
      guard entries.count < entryLimit else {
        return .failure(SecretProblem(.offset(start), "more than \(entryLimit) entries"))
      }
      guard let entry = entry(bytes, part) else {
        return .failure(SecretProblem(.offset(start), "an entry whose parts do not fit into its \(length) bytes"))
      }
      entries.append(entry)
    }
    return .success(entries)
  }

  private static func entry(_ bytes: Span<UInt8>, _ part: Range<Int>) -> Entry? {
    var cursor = FileCursor(bytes, part)
    guard let count = cursor.uint16(bytes), let realmLength = cursor.uint16(bytes),
      let realm = cursor.part(Int(realmLength))
    else { return nil }
    var components: [Range<Int>] = []
    for _ in 0..<count {
      guard let length = cursor.uint16(bytes), let component = cursor.part(Int(length)) else { return nil }
      components.append(component)
    }
    guard cursor.uint32(bytes) != nil, let time = cursor.uint32(bytes), let short = cursor.uint8(bytes),
      let type = cursor.uint16(bytes),
      let keyLength = cursor.uint16(bytes), let key = cursor.part(Int(keyLength))
    else { return nil }
    // Where there is room for a number of 32 bits, and it is not zero, it counts.
    let long = cursor.uint32(bytes) ?? 0
    func text(_ range: Range<Int>) -> String {
      SecretProblem.shown(range.prefix(KeyHolder.nameLimit).map { bytes[$0] })
    }
    let names = components.map(text)
    return Entry(
      principal: names.joined(separator: "/") + "@" + text(realm), account: names.count == 1 ? names[0] : nil,
      kvno: long != 0 ? long : UInt32(short), time: time, type: type, key: key)
  }
}
