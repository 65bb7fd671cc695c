// SPDX-License-Identifier: Apache-2.0

/// A secret as text and back.
package enum SecretText {
  /// nil = a digit is none, or one is missing.
  static func hexadecimal(_ bytes: Span<UInt8>, _ range: Range<Int>) -> [UInt8]? {
    guard range.count.isMultiple(of: 2) else { return nil }
    var secret: [UInt8] = []
    secret.reserveCapacity(range.count / 2)
    var index = range.lowerBound
    while index < range.upperBound {
      guard let upper = digit(bytes[index]), let lower = digit(bytes[index + 1]) else { return nil }
      secret.append(upper << 4 | lower)
      index += 2
    }
    return secret
  }

  static func raw(_ bytes: Span<UInt8>, _ range: Range<Int>) -> [UInt8] {
    var secret: [UInt8] = []
    secret.reserveCapacity(range.count)
    for index in range { secret.append(bytes[index]) }
    return secret
  }

  /// No control character: those are accidents.
  static func isText(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    for index in range where bytes[index] < 0x20 || bytes[index] == 0x7f { return false }
    return true
  }

  static func isHexadecimal(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
    for index in range where digit(bytes[index]) == nil { return false }
    return true
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x41 + 10
    case 0x61...0x66: byte - 0x61 + 10
    default: nil
    }
  }

  /// Two lower-case digits for each byte.
  package static func hexadecimal(_ secret: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    text.reserveCapacity(secret.count * 2)
    for byte in secret { text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
    return String(decoding: text, as: UTF8.self)
  }

  /// As it is; nil = it has a byte that is no visible ASCII character.
  package static func ascii(_ secret: [UInt8]) -> String? {
    secret.allSatisfy { (0x21...0x7e).contains($0) } ? String(decoding: secret, as: UTF8.self) : nil
  }
}
