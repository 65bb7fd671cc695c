// SPDX-License-Identifier: Apache-2.0

/// A piece of a kept value on its way between child and host: values are longer than a message.
struct StoredPart: Equatable {
  var name: String
  var bytes: [UInt8]
  var isSecret: Bool
  var isLast: Bool

  static let longest = 8192

  /// A value in pieces; one without bytes (forget it) is one piece.
  static func parts(name: String, bytes: [UInt8], isSecret: Bool) -> [StoredPart] {
    var parts: [StoredPart] = []
    var start = 0
    repeat {
      let end = min(start + longest, bytes.count)
      parts.append(
        StoredPart(name: name, bytes: Array(bytes[start..<end]), isSecret: isSecret, isLast: end == bytes.count))
      start = end
    } while start < bytes.count
    return parts
  }

  func write(to out: inout FrameWriter) {
    out.put((isSecret ? 1 : 0) | (isLast ? 2 : 0) as UInt32)
    out.put(name)
    out.put(bytes: bytes)
  }

  static func read(_ input: inout FrameReader) -> StoredPart? {
    guard let flags = input.word(), flags < 4, let name = input.text(), let bytes = input.bytes(limit: longest) else {
      return nil
    }
    return StoredPart(name: name, bytes: bytes, isSecret: flags & 1 != 0, isLast: flags & 2 != 0)
  }
}

/// Puts pieces together, one value at a time.
struct StoredParts {
  private var name = ""
  private var bytes: [UInt8] = []

  /// The whole value with its last piece; nil = more is to come, or it is longer than a value may be.
  mutating func take(_ part: StoredPart) -> (name: String, bytes: [UInt8], isSecret: Bool)? {
    if part.name != name {
      name = part.name
      bytes = []
    }
    guard bytes.count + part.bytes.count <= ProviderStore.valueLimit else { return nil }
    bytes += part.bytes
    guard part.isLast else { return nil }
    defer {
      name = ""
      bytes = []
    }
    return (part.name, bytes, part.isSecret)
  }
}
