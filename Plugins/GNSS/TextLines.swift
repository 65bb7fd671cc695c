// SPDX-License-Identifier: Apache-2.0

package import ReferenceWire
package import TimeTypes

/// A stream cut into lines of gpsd's, each with the time of its first byte. Fixed memory; a line that is too long is passed over.
package struct TextLines: Sendable {
  private var buffer: [UInt8]
  private var count = 0
  private var isTooLong = false
  package private(set) var first: Stamp?

  package init() { buffer = [UInt8](repeating: 0, count: GPSDReport.longest) }

  /// Takes one byte; true = it ends a line, which is there for `report` until the next byte.
  package mutating func take(_ byte: UInt8, at stamp: Stamp) -> Bool {
    if byte == 10 {
      let isWhole = count > 0 && !isTooLong
      isTooLong = false
      if !isWhole { count = 0 }
      return isWhole
    }
    if count == 0 { first = stamp }
    guard count < buffer.count else {
      isTooLong = true
      return false
    }
    buffer[count] = byte
    count += 1
    return false
  }

  /// What the line says, nil = it makes no sense; the next line begins.
  package mutating func report() -> GPSDReport? {
    defer { count = 0 }
    return try? GPSDReport(buffer.span.extracting(first: count))
  }

  package mutating func reset() {
    count = 0
    isTooLong = false
  }
}
