// SPDX-License-Identifier: Apache-2.0

/// Cuts a stream of bytes into lines. Keeps at most `limit` bytes of a line that is not complete; a longer one is an error,
/// after which nothing more is taken.
package struct LineFramer {
  private let limit: Int
  private var partial: [UInt8] = []
  private var lines: [[UInt8]] = []
  private var next = 0
  package private(set) var isBroken = false

  package init(limit: Int) { self.limit = limit }

  package mutating func append(_ bytes: some Sequence<UInt8>) {
    guard !isBroken else { return }
    for byte in bytes {
      if byte == UInt8(ascii: "\n") {
        lines.append(partial)
        partial = []
      } else if partial.count >= limit - 1 {
        isBroken = true
        partial = []
        return
      } else {
        partial.append(byte)
      }
    }
  }

  /// The next complete line without its line break; nil = none yet. Throws once every complete line before the one that is too
  /// long has been taken.
  package mutating func take() throws(ControlError) -> [UInt8]? {
    if next < lines.count {
      let line = lines[next]
      next += 1
      if next == lines.count {
        lines = []
        next = 0
      }
      return line
    }
    if isBroken { throw .tooLong(limit: limit) }
    return nil
  }
}
