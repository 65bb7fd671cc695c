// SPDX-License-Identifier: Apache-2.0

/// Text that crosses the boundary: always bounded, always repaired to UTF-8, never with control characters.
enum CText {
  /// The longest log line or event text, bytes without the NUL.
  static let lineLimit = 500

  /// The text in a fixed C array, to its NUL or its end.
  static func string<Tuple>(of tuple: Tuple) -> String {
    // Sound: reads the bytes of a value on this stack, inside its size.
    unsafe withUnsafeBytes(of: tuple) { unsafe printable($0.prefix { $0 != 0 }) }
  }

  /// A C string of at most `limit` bytes, nil for a null pointer.
  static func string(_ text: UnsafePointer<CChar>?, limit: Int = lineLimit) -> String? {
    guard let text = unsafe text else { return nil }
    // Sound: the ABI promises a NUL; reading stops there or at the limit.
    return unsafe printable(UnsafeRawBufferPointer(start: text, count: length(text, limit: limit)))
  }

  /// A path exactly as the provider wrote it; nil = null, empty, longer than the kernel takes, or no UTF-8.
  static func path(_ text: UnsafePointer<CChar>?) -> String? {
    guard let text = unsafe text else { return nil }
    // Sound: the ABI promises a NUL; reading stops there or at the limit.
    let count = unsafe length(text, limit: 4096)
    guard count > 0, count < 4096 else { return nil }
    return unsafe String(validating: UnsafeRawBufferPointer(start: text, count: count), as: UTF8.self)
  }

  /// Hands the bytes before the NUL on, at most `limit`.
  static func withBytes<Result>(
    _ text: UnsafePointer<CChar>, limit: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Result
  ) -> Result {
    let count = unsafe length(text, limit: limit)
    // Sound: so many bytes are there, and CChar and UInt8 are laid out alike.
    return unsafe text.withMemoryRebound(to: UInt8.self, capacity: count) {
      unsafe body(UnsafeBufferPointer(start: $0, count: count))
    }
  }

  /// The bytes before the NUL, at most `limit`.
  static func length(_ text: UnsafePointer<CChar>, limit: Int) -> Int {
    var count = 0
    // Sound: stops at the NUL that the ABI promises, or at the limit.
    while count < limit, unsafe text[count] != 0 { count += 1 }
    return count
  }

  /// UTF-8 with repairs; control characters become \xNN.
  static func printable(_ bytes: some Sequence<UInt8>) -> String {
    var clean: [UInt8] = []
    for byte in bytes {
      if byte < 0x20 || byte == 0x7f {
        clean += "\\x".utf8
        clean.append(hex(byte >> 4))
        clean.append(hex(byte & 15))
      } else {
        clean.append(byte)
      }
    }
    return String(decoding: clean, as: UTF8.self)
  }

  private static func hex(_ digit: UInt8) -> UInt8 { digit < 10 ? 0x30 + digit : 0x57 + digit }
}
