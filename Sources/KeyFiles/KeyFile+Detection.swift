// SPDX-License-Identifier: Apache-2.0

extension KeyFile {
  /// Which format a file has that does not say: our own names itself in its first line ("# tompion keys", of any version); otherwise the
  /// first line that only one of the two others could have decides, and if there is none, both mean the same by it, but for keys of
  /// more than 20 hexadecimal digits, and it is ntpd's.
  static func detect(_ lines: [KeyLine], _ bytes: Span<UInt8>) -> KeyFileFormat {
    if let first = lines.first?.text(bytes, limit: 200), first.hasPrefix("# tompion keys") { return .tompion }
    for line in lines {
      if let format = line.mark(bytes) { return format }
    }
    return .ntp
  }
}

extension KeyLine {
  /// The format that alone has such a line; nil = either has.
  fileprivate func mark(_ bytes: Span<UInt8>) -> KeyFileFormat? {
    guard range.count <= KeyFile.lineLimit else { return nil }
    guard let words = words(bytes, .chrony) else {
      // A comment; "#" is both's.
      guard let first = range.first(where: { !Self.isBlank(bytes[$0]) }), bytes[first] != UInt8(ascii: "#") else {
        return nil
      }
      return .chrony
    }
    guard let id = words.id(bytes) else { return nil }
    let last = words.words.count - 1
    if (1...2).contains(last), words.after("HEX:", last, bytes) != nil || words.after("ASCII:", last, bytes) != nil {
      return .chrony
    }
    if id > 65535 { return .chrony }
    let type = words.text(1, bytes)
    switch words.words.count {
    case 2: return type.map(KeyAlgorithm.isKnownType) == true ? nil : .chrony
    case 3:
      guard let type, let known = KeyAlgorithm(chronyType: type) else {
        return type.flatMap { KeyAlgorithm(ntpType: $0) } == nil ? nil : .ntp
      }
      let key = words.words[2]
      // AES128 and AES256 are chrony's spelling alone.
      if known.keyLength != nil { return .chrony }
      return key.count > 20 && !SecretText.isHexadecimal(bytes, key) ? .chrony : nil
    case 4...: return .ntp
    default: return nil
    }
  }
}
