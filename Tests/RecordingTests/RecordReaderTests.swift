// SPDX-License-Identifier: Apache-2.0

import Engine
import TestSupport
import Testing
import TimeTypes

@testable import Recording

@Suite struct RecordReaderTests {
  private func entries(_ bytes: [UInt8]) throws(RecordError) -> [RecordReader.Entry] {
    var reader = try RecordReader(bytes)
    var entries: [RecordReader.Entry] = []
    while let entry = try reader.next() { entries.append(entry) }
    return entries
  }

  private func error(of bytes: [UInt8]) -> RecordError? {
    do throws(RecordError) {
      _ = try entries(bytes)
      return nil
    } catch { return error }
  }

  /// Where the first entry of a file begins.
  private func firstEntry(_ bytes: [UInt8]) throws -> Int { try RecordReader(bytes).offset }

  @Test(arguments: [UInt64(1), 2, 3, 4])
  func everyFieldOfEveryEventComesBack(seed: UInt64) throws {
    let (bytes, events) = ModelEvents.file(seed: seed, end: .limit)
    let entries = try entries(bytes)
    #expect(entries.count == events.count + 1)
    for (number, (entry, event)) in zip(entries, events).enumerated() {
      guard case .event(let recorded) = entry else {
        Issue.record("no event at \(number)")
        continue
      }
      #expect(recorded.actions == UInt64(number + 1))
      #expect(String(reflecting: recorded.event) == String(reflecting: event))
    }
    guard case .end(.limit)? = entries.last else {
      Issue.record("no end")
      return
    }
  }

  @Test func gapsComeBack() throws {
    var encoder = RecordEncoder()
    encoder.add(RecordHead(program: "test", clock: .system, capacity: 1, parameters: EngineParameters()))
    encoder.addGap(of: 77)
    guard case .gap(77)? = try entries(encoder.take()).first else {
      Issue.record("no gap")
      return
    }
  }

  @Test func aForeignFileIsCalledSo() {
    #expect(error(of: []) == .foreign)
    #expect(error(of: Array("hello, world: some text".utf8)) == .foreign)
    #expect(error(of: Array("TOMPREC?".utf8)) == .foreign)
  }

  /// Version 1 had one byte of options: what stands in the other one was not there.
  @Test func aFileOfTheFirstVersionIsRead() throws {
    var (bytes, events) = ModelEvents.file()
    let head = 16 + Int(bytes[12]) + Int(bytes[13]) << 8
    var old = Array(bytes[..<head])
    old[8] = 1
    var at = head
    while at < bytes.count {
      let end = at + 4 + Int(bytes[at + 2]) + Int(bytes[at + 3]) << 8
      var entry = Array(bytes[at..<end])
      if entry[0] == RecordFormat.Kind.sourceAdded.rawValue || entry[0] == RecordFormat.Kind.sourceChanged.rawValue {
        entry.remove(at: 4 + 4 + 1)
        entry[2] -= 1
      }
      old += entry
      at = end
    }
    for index in events.indices {
      guard case .sourceAdded(let source, var options, let now) = events[index] else { continue }
      (options.ownClock, options.orphan, options.senior, options.manual) = (false, false, false, false)
      events[index] = .sourceAdded(source, options, now: now)
    }
    var reader = try RecordReader(old)
    var read: [Event] = []
    while let entry = try reader.next() { if case .event(let recorded) = entry { read.append(recorded.event) } }
    #expect(read.count == events.count)
    for (a, b) in zip(read, events) {
      if case .sourceChanged = a { continue }
      #expect("\(a)" == "\(b)")
    }
  }

  @Test func aNewerFileIsCalledSo() {
    var (bytes, _) = ModelEvents.file()
    let newer = RecordFormat.version + 1
    bytes[8] = UInt8(newer)
    #expect(error(of: bytes) == .newer(version: newer))
    #expect(error(of: bytes)?.description.contains("use a newer release") == true)
  }

  /// Cut anywhere, it is a truncated file whose error names the entry that was cut, and every entry before it is there; a cut
  /// between two entries is no error, but has no end.
  @Test func aCutFileIsCalledSoWhereverItIsCut() throws {
    let (bytes, _) = ModelEvents.file()
    var starts: [Int] = []
    var reader = try RecordReader(bytes)
    starts.append(reader.offset)
    while try reader.next() != nil { starts.append(reader.offset) }
    for length in 1..<bytes.count {
      let cut = Array(bytes[..<length])
      if starts.contains(length) {
        #expect(error(of: cut) == nil, "cut at \(length)")
      } else {
        let begin = starts.last { $0 < length } ?? 0
        #expect(error(of: cut) == .truncated(offset: begin), "cut at \(length)")
      }
    }
  }

  @Test func aLongHeadIsNotBelieved() {
    var (bytes, _) = ModelEvents.file()
    bytes.replaceSubrange(12..<16, with: [0xFF, 0xFF, 0xFF, 0x7F])
    #expect(error(of: bytes) == .headTooLong(length: 0x7FFF_FFFF))
  }

  @Test func wrongEntriesAreNamedWithTheirByte() throws {
    let (bytes, _) = ModelEvents.file()
    let start = try firstEntry(bytes)
    var unknown = bytes
    unknown[start] = 200
    #expect(error(of: unknown) == .unknownKind(200, offset: start))
    var flagged = bytes
    flagged[start + 1] = 1
    #expect(error(of: flagged) == .value(field: "flag", offset: start))
    var short = bytes
    short[start + 2] -= 1
    #expect(error(of: short) == .length(Int(bytes[start + 2]) - 1, offset: start))
    var long = bytes
    long[start + 2] += 1
    #expect(error(of: long) == .length(Int(bytes[start + 2]) + 1, offset: start))
    #expect(error(of: bytes + [1, 0, 0, 0]) == .trailing(offset: bytes.count))
  }

  /// A frequency that is no number, an option, a reason or a leap indicator that does not exist.
  @Test func impossibleValuesAreRefused() throws {
    func file(_ event: Event) -> [UInt8] {
      var encoder = RecordEncoder()
      encoder.add(RecordHead(program: "test", clock: .system, capacity: 1, parameters: EngineParameters()))
      encoder.add(RecordedEvent(event, actions: 0))
      return encoder.take()
    }
    var model = ModelEvents(seed: 5)
    let events = model.all()
    /// The field of so many bytes that ends so many before the entry's end.
    func spoil(_ event: Event, fromEnd: Int, with bytes: [UInt8]) -> RecordError? {
      var spoiled = file(event)
      spoiled.replaceSubrange(spoiled.count - fromEnd..<spoiled.count - fromEnd + bytes.count, with: bytes)
      return error(of: spoiled)
    }
    let start = try firstEntry(file(events[1]))
    let nan = [UInt8](repeating: 0xFF, count: 8)
    #expect(spoil(events[1], fromEnd: 16, with: nan) == .value(field: "frequency", offset: start))
    #expect(spoil(events[8], fromEnd: 17, with: [2]) == .value(field: "truth value", offset: start))
    #expect(spoil(events[12], fromEnd: 24, with: nan) == .value(field: "reason", offset: start))
    #expect(spoil(events[0], fromEnd: 17, with: [4]) == .value(field: "kind of TX stamp", offset: start))
    #expect(spoil(events[0], fromEnd: 22, with: [4]) == .value(field: "leap indicator", offset: start))
  }

  /// Whatever a file holds, reading it ends, with entries or an error.
  @Test func hostileFilesDoNoHarm() {
    var random = SeededGenerator(seed: 7)
    let (good, _) = ModelEvents.file()
    var refused = 0
    for _ in 0..<3000 {
      var bytes = good
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch UInt8.random(in: 0...3, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.remove(at: place)
        case 2: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
        default: bytes.removeLast(Int.random(in: 1...bytes.count / 2, using: &random))
        }
      }
      if error(of: bytes) != nil { refused += 1 }
    }
    #expect(refused > 1000)
    for length in 0..<200 {
      _ = error(of: random.bytes(length))
      _ = error(of: Array(RecordFormat.magic) + [1, 0, 0, 0] + random.bytes(length))
    }
  }
}
