// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

/// A line of text from a provider: a log line or a numbered event.
package struct ProviderMessage: Sendable, Equatable {
  package enum Kind: Sendable, Equatable {
    /// TOMPION_LOG_ERROR to TOMPION_LOG_DEBUG.
    case log(level: UInt32)
    case event(number: UInt32, source: SourceID?)
  }

  package var kind: Kind
  package var text: String

  package init(kind: Kind, text: String) {
    self.kind = kind
    self.text = text
  }
}

/// Messages on their way to [control]; any thread may write and none waits.
package final class MessageQueue: Sendable {
  private let cells: CellQueue
  private static let header = 16

  init(capacity: Int = 64) {
    cells = CellQueue(capacity: capacity, cellBytes: Self.header + CText.lineLimit)
  }

  func pushLog(level: UInt32, _ text: UnsafePointer<CChar>) -> Bool { unsafe push(1, level, 0, text) }

  func pushEvent(number: UInt32, source: UInt32, _ text: UnsafePointer<CChar>) -> Bool {
    unsafe push(2, number, source, text)
  }

  private func push(_ kind: UInt32, _ first: UInt32, _ second: UInt32, _ text: UnsafePointer<CChar>) -> Bool {
    let count = unsafe CText.length(text, limit: CText.lineLimit)
    // Sound: a cell has room for the header and lineLimit bytes, and `count` was bounded by it.
    return unsafe cells.push { cell in
      unsafe cell.storeBytes(of: kind, as: UInt32.self)
      unsafe cell.storeBytes(of: first, toByteOffset: 4, as: UInt32.self)
      unsafe cell.storeBytes(of: second, toByteOffset: 8, as: UInt32.self)
      unsafe cell.storeBytes(of: UInt32(count), toByteOffset: 12, as: UInt32.self)
      unsafe (cell + Self.header).copyMemory(from: text, byteCount: count)
    }
  }

  /// The oldest message; nil = none. One reader: [control].
  package func next() -> ProviderMessage? {
    // Sound: reads what `push` wrote; the count was bounded there.
    unsafe cells.pop { cell in
      let first = unsafe cell.load(fromByteOffset: 4, as: UInt32.self)
      let source = unsafe cell.load(fromByteOffset: 8, as: UInt32.self)
      let count = unsafe Int(cell.load(fromByteOffset: 12, as: UInt32.self))
      let text = unsafe CText.printable(UnsafeRawBufferPointer(start: cell + Self.header, count: count))
      if unsafe cell.load(as: UInt32.self) == 1 { return ProviderMessage(kind: .log(level: first), text: text) }
      return ProviderMessage(
        kind: .event(number: first, source: source == 0 ? nil : SourceID(rawValue: source)), text: text)
    }
  }
}
