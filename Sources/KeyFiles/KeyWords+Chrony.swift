// SPDX-License-Identifier: Apache-2.0

extension KeyWords {
  /// `id [type] key`, by chrony's rules (chrony.conf(5), "keyfile").
  func chronyKey(_ bytes: Span<UInt8>, _ warnings: inout [KeyFileProblem]) throws(KeyFileProblem) -> SymmetricKey {
    let id = try number(bytes, upTo: .max)
    switch words.count {
    case 1: throw problem(1, bytes, "the key is missing", advice: "a line is number, type and key")
    case 2, 3: break
    default:
      throw problem(
        3, bytes, "something follows the key",
        advice: "a key has no blank in it, and a comment is a line of its own")
    }
    var algorithm = KeyAlgorithm.md5
    if words.count == 3 {
      guard let named = text(1, bytes).flatMap({ KeyAlgorithm(chronyType: $0) }) else {
        throw problem(
          1, bytes, "there is no such type",
          advice: "write MD5, SHA1, SHA256, SHA384, SHA512, AES128 or AES256, in capitals")
      }
      algorithm = named
    } else if text(1, bytes).map(KeyAlgorithm.isKnownType) == true {
      // chrony takes it for an MD5 key that reads "SHA256": what no one wants.
      throw problem(1, bytes, "after the type, the key is missing", advice: "a line is number, type and key")
    } else {
      warnings.append(
        problem(1, bytes, "no type is given, so it is MD5, as for chrony", advice: "write the type", losesKey: false))
    }
    let secret = try prefixedSecret(words.count - 1, ascii: "ASCII:", hexadecimal: "HEX:", bytes)
    if let length = algorithm.keyLength, secret.count != length {
      throw wrongLength(words.count - 1, length, "HEX:", bytes)
    }
    return SymmetricKey(id: id, algorithm: algorithm, secret: secret, line: line.number)
  }

  func wrongLength(_ word: Int, _ length: Int, _ hexadecimal: String, _ bytes: Span<UInt8>) -> KeyFileProblem {
    problem(
      word, bytes, "a key of this type has exactly \(length) bytes",
      advice: "write \(length * 2) hexadecimal digits after \(hexadecimal)")
  }

  /// What follows the one or the other; as it is, where neither is there.
  func prefixedSecret(
    _ word: Int, ascii: String, hexadecimal: String, _ bytes: Span<UInt8>
  ) throws(KeyFileProblem) -> [UInt8] {
    if let digits = after(hexadecimal, word, bytes) {
      guard let secret = SecretText.hexadecimal(bytes, digits), !secret.isEmpty else {
        throw problem(
          word, bytes, "what follows \(hexadecimal) is not hexadecimal, or has an odd number of digits",
          advice: "write an even number of digits, 0 to 9 and a to f")
      }
      return secret
    }
    let text = after(ascii, word, bytes) ?? words[word]
    guard !text.isEmpty, SecretText.isText(bytes, text) else {
      throw problem(
        word, bytes, text.isEmpty ? "the key is empty" : "the key has a control character in it",
        advice: "write it after \(hexadecimal), in digits")
    }
    return SecretText.raw(bytes, text)
  }

  func after(_ prefix: String, _ word: Int, _ bytes: Span<UInt8>) -> Range<Int>? {
    let range = words[word]
    guard range.count >= prefix.utf8.count else { return nil }
    var index = range.lowerBound
    for byte in prefix.utf8 {
      guard bytes[index] == byte else { return nil }
      index += 1
    }
    return index..<range.upperBound
  }
}
