// SPDX-License-Identifier: Apache-2.0

import ClockPort
import Engine
import TimeTypes

/// Takes a record apart, entry by entry. Files may come from anybody: every field is checked, and an error names its byte.
package struct RecordReader: Sendable {
  /// What one entry says.
  package enum Entry: Sendable {
    case event(RecordedEvent)
    /// So many events are missing.
    case gap(UInt64)
    case end(RecordEnd)
  }

  package let head: RecordHead
  private let bytes: [UInt8]
  private let version: UInt32
  /// Where the next entry begins.
  package private(set) var offset: Int
  private var hasEnded = false

  package init(_ bytes: [UInt8]) throws(RecordError) {
    let magic = RecordFormat.magic
    guard bytes.prefix(magic.count).elementsEqual(magic.prefix(bytes.count)), !bytes.isEmpty else { throw .foreign }
    var fields = ByteFields(bytes, from: magic.count, to: bytes.count, entry: 0)
    let version: UInt32 = try fields.integer()
    guard version <= RecordFormat.version else { throw .newer(version: version) }
    guard version > 0 else { throw .value(field: "version", offset: 8) }
    let length: UInt32 = try fields.integer()
    guard length <= UInt32(RecordFormat.longestHead) else { throw .headTooLong(length: length) }
    let end = fields.position + Int(length)
    guard end <= bytes.count else { throw .truncated(offset: 0) }
    self.version = version
    head = try RecordHead(text: Array(bytes[fields.position..<end]))
    self.bytes = bytes
    offset = end
  }

  /// The next entry; nil = the file is over.
  package mutating func next() throws(RecordError) -> Entry? {
    guard offset < bytes.count else { return nil }
    guard !hasEnded else { throw .trailing(offset: offset) }
    guard bytes.count - offset >= 4 else { throw .truncated(offset: offset) }
    let length = Int(bytes[offset + 2]) | Int(bytes[offset + 3]) << 8
    guard let kind = RecordFormat.Kind(rawValue: bytes[offset]) else {
      throw .unknownKind(bytes[offset], offset: offset)
    }
    guard bytes[offset + 1] == 0 else { throw .value(field: "flag", offset: offset) }
    guard bytes.count - offset - 4 >= length else { throw .truncated(offset: offset) }
    var fields = ByteFields(bytes, from: offset + 4, to: offset + 4 + length, entry: offset)
    let entry = try entry(kind, &fields)
    guard fields.isAtEnd else { throw .length(length, offset: offset) }
    offset += 4 + length
    if case .end = entry { hasEnded = true }
    return entry
  }

  private func entry(_ kind: RecordFormat.Kind, _ fields: inout ByteFields) throws(RecordError) -> Entry {
    switch kind {
    case .gap: return .gap(try fields.integer())
    case .end:
      guard let reason = RecordEnd(rawValue: try fields.integer()) else { throw fields.wrong("reason") }
      return .end(reason)
    default:
      let event = try event(kind, &fields)
      return .event(RecordedEvent(event, actions: try fields.integer()))
    }
  }

  private func event(_ kind: RecordFormat.Kind, _ fields: inout ByteFields) throws(RecordError) -> Event {
    switch kind {
    case .sample: return .sample(try fields.sample(), now: try fields.raw())
    case .tick: return .tick(try fields.reading())
    case .sourceAdded:
      return .sourceAdded(try fields.source(), try fields.options(isWide: version >= 2), now: try fields.raw())
    case .sourceChanged:
      return .sourceChanged(
        try fields.source(), try fields.options(isWide: version >= 2), reach: try fields.integer(),
        now: try fields.raw())
    case .sourceRemoved: return .sourceRemoved(try fields.source(), now: try fields.raw())
    case .sourceLocked:
      return .sourceLocked(try fields.source(), to: try fields.source(), now: try fields.raw())
    case .applied: return .applied(try fields.reading(), stepped: try fields.interval())
    case .refused:
      guard let error = ClockError(code: try fields.integer()) else { throw fields.wrong("reason") }
      return .refused(error, now: try fields.raw())
    case .clockMoved: return .clockMoved(try fields.reading(), by: try fields.interval())
    case .clockFrequencyChanged: return .clockFrequencyChanged(try fields.reading())
    case .compensated:
      let isKnown = try fields.flag()
      let ratio = Double(bitPattern: try fields.integer())
      guard ratio.isFinite else { throw fields.wrong("frequency") }
      return .compensated(isKnown ? Frequency(ratio: ratio) : nil, now: try fields.raw())
    case .resync: return .resync(force: try fields.flag(), now: try fields.raw())
    case .leapTable:
      var table = LeapTable(taiOffset: try fields.integer())
      let hasNext = try fields.flag()
      let next = (nanoseconds: try fields.integer() as Int64, taiOffset: try fields.integer() as Int16)
      if hasNext { table.next = next }
      return .leapTable(table, now: try fields.raw())
    case .gap, .end: throw fields.wrong("kind")
    }
  }
}
