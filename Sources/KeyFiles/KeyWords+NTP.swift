// SPDX-License-Identifier: Apache-2.0

import Addresses

extension KeyWords {
  /// `id type key [addresses]`, by the rules of ntpd and NTPsec (ntp.keys(5)), where they are odd, too: what ntpd takes in silence is
  /// taken with a warning.
  func ntpKey(_ bytes: Span<UInt8>, _ warnings: inout [KeyFileProblem]) throws(KeyFileProblem) -> SymmetricKey {
    let id = try number(bytes, upTo: 65535)
    guard words.count >= 3 else {
      throw problem(
        words.count, bytes, words.count == 1 ? "type and key are missing" : "the type or the key is missing",
        advice: "a line is number, type and key; \"#\" begins a comment, even within a key")
    }
    let type = text(1, bytes)
    var algorithm = type.flatMap { KeyAlgorithm(ntpType: $0) }
    if algorithm == nil, let first = type?.utf8.first, first == UInt8(ascii: "M") || first == UInt8(ascii: "m") {
      algorithm = .md5
      warnings.append(
        problem(
          1, bytes, "there is no such type; what begins with M is MD5, as for ntpd", advice: "write MD5",
          losesKey: false))
    }
    guard let algorithm else {
      throw problem(
        1, bytes, "there is no such type",
        advice: "write MD5, SHA1, SHA256, SHA384, SHA512, AES128CMAC (NTPsec: AES-128, AES-256) or HMAC-SHA256")
    }
    var secret = try ntpSecret(bytes, &warnings)
    if let length = algorithm.keyLength, secret.count != length {
      warnings.append(
        problem(
          2, bytes,
          secret.count < length
            ? "the key is shorter than \(length) bytes; zeros are appended, as ntpd does"
            : "the key is longer than \(length) bytes; the rest is not used, as with ntpd",
          advice: "write \(length * 2) hexadecimal digits", losesKey: false))
      secret = Array(secret.prefix(length)) + Array(repeating: 0, count: max(0, length - secret.count))
    }
    var prefixes: [AddressPrefix] = []
    if words.count > 3 {
      guard words.count == 4, let list = addresses(3, from: words[3].lowerBound, bytes) else {
        throw problem(
          3, bytes, "what follows the key is no list of addresses",
          advice: "a key has no blank in it; addresses are numeric, with commas between them: 192.0.2.1,2001:db8::/32")
      }
      prefixes = list
    }
    return SymmetricKey(id: id, algorithm: algorithm, secret: secret, addresses: prefixes, line: line.number)
  }

  private func ntpSecret(
    _ bytes: Span<UInt8>, _ warnings: inout [KeyFileProblem]
  ) throws(KeyFileProblem) -> [UInt8] {
    let word = words[2]
    if word.count <= 20 {
      guard SecretText.isText(bytes, word) else {
        throw problem(
          2, bytes, "the key has a control character in it", advice: "write it in more than 20 hexadecimal digits")
      }
      return SecretText.raw(bytes, word)
    }
    let used = word.prefix(64)
    let whole = used.prefix(used.count & ~1)
    guard SecretText.isHexadecimal(bytes, used), let secret = SecretText.hexadecimal(bytes, whole) else {
      throw problem(
        2, bytes, "the key has more than 20 characters, so it is hexadecimal, and a digit in it is none",
        advice: "write at most 20 characters, or only 0 to 9 and a to f; in chrony's files such keys are text")
    }
    if whole.count < word.count {
      warnings.append(
        problem(
          2, bytes,
          word.count > 64
            ? "the key has more than 32 bytes; the rest is not used, as with ntpd"
            : "the key has an odd number of digits; the last is not used, as with ntpd",
          advice: "write 22 to 64 hexadecimal digits, an even number", losesKey: false))
    }
    return secret
  }
}
