// SPDX-License-Identifier: Apache-2.0

/// Text that C writes into memory of a fixed size.
enum FixedText {
  /// Lends `body` zeroed memory of `capacity` bytes and reads what it left there, up to the first zero.
  static func read(capacity: Int, _ body: (UnsafeMutablePointer<CChar>, Int) -> Void) -> String {
    var buffer = [CChar](repeating: 0, count: max(capacity, 1) + 1)
    // One byte more than C hears of: the text always ends inside the array.
    return unsafe buffer.withUnsafeMutableBufferPointer { memory in
      guard let start = memory.baseAddress else { return "" }
      unsafe body(start, memory.count - 1)
      return unsafe String(cString: start)
    }
  }
}
