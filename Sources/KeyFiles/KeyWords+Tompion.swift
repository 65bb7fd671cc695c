// SPDX-License-Identifier: Apache-2.0

extension KeyWords {
  /// `id algorithm hex:… [expires=DATE] [addresses=LIST]`. A word that is not known loses the key: what was meant to restrict it must not
  /// be passed over.
  func tompionKey(_ bytes: Span<UInt8>) throws(KeyFileProblem) -> SymmetricKey {
    let id = try number(bytes, upTo: .max)
    guard words.count >= 3 else {
      throw problem(
        words.count, bytes, "the algorithm or the key is missing", advice: "a line is number, algorithm and hex:KEY")
    }
    guard let algorithm = text(1, bytes).flatMap({ KeyAlgorithm(name: $0) }) else {
      throw problem(
        1, bytes, "there is no such algorithm",
        advice: "write \(KeyAlgorithm.allCases.map(\.name).joined(separator: ", "))")
    }
    guard after("hex:", 2, bytes) != nil || after("ascii:", 2, bytes) != nil else {
      throw problem(2, bytes, "the key does not say how it is written", advice: "write hex: or ascii: before it")
    }
    let secret = try prefixedSecret(2, ascii: "ascii:", hexadecimal: "hex:", bytes)
    if let length = algorithm.keyLength, secret.count != length { throw wrongLength(2, length, "hex:", bytes) }
    var key = SymmetricKey(id: id, algorithm: algorithm, secret: secret, line: line.number)
    for word in words.indices.dropFirst(3) {
      if let rest = after("expires=", word, bytes) {
        guard key.expiry == nil, let text = KeyLine.text(bytes, rest, limit: 20), let date = ExpiryDate(text) else {
          throw problem(
            word, bytes, "that is no date, or the second one",
            advice: "write the last day, 2027-06-30, or a moment of UTC, 2027-06-30T12:00:00Z")
        }
        key.expiry = date.end
      } else if let rest = after("addresses=", word, bytes) {
        guard key.addresses.isEmpty, let list = addresses(word, from: rest.lowerBound, bytes) else {
          throw problem(
            word, bytes, "that is no list of addresses, or the second one",
            advice: "addresses are numeric, with commas between them: addresses=192.0.2.0/24,2001:db8::/32")
        }
        key.addresses = list
      } else {
        throw problem(
          word, bytes, "there is nothing of that name",
          advice: "expires= and addresses= may follow the key; \"#\" begins a comment")
      }
    }
    return key
  }
}
