// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@testable import ProviderHost

/// What a hostile child may say of its schema.
@Suite struct ReportedSchemaTests {
  let descriptor = ProviderDescriptor(
    capabilities: 1, id: "org.example.x", name: "x", vendor: "v", version: "1", summary: "s")
  let entry = ProviderSchemaEntry(
    path: "source[].min_poll", kind: .integer, description: "log2 s", defaultText: "6", range: 0...17,
    choices: ["a", "b"], required: true)

  @Test func framesSurviveTheWay() throws {
    for report in [
      .descriptor(descriptor), .schema(entry), .opened(version: 2, entries: 7),
      .schema(ProviderSchemaEntry(path: "a", kind: .string, description: "")),
    ] as [ChildFrame.Report] {
      let bytes = ChildFrame.encode(report)
      #expect("\(try #require(ChildFrame.report(bytes)))" == "\(report)")
      for length in 0..<bytes.count { #expect(ChildFrame.report(Array(bytes.prefix(length))) == nil) }
      #expect(ChildFrame.report(bytes + [0]) == nil)
    }
  }

  /// An entry's frame with a field changed.
  func frame(_ change: (inout ProviderSchemaEntry) -> Void) -> [UInt8] {
    var changed = entry
    change(&changed)
    return ChildFrame.encode(.schema(changed))
  }

  @Test func impossibleEntriesAreNoFrames() {
    #expect(ChildFrame.report(frame { $0.path = "" }) == nil)
    #expect(ChildFrame.report(frame { $0.path = "a b" }) == nil)
    #expect(ChildFrame.report(frame { $0.path = "\u{1b}[2J" }) == nil)
    // Kind 9, then a "required" that is neither no nor yes, then NaN as a bound: by hand, for no encoder writes them.
    var bytes = frame { _ in }
    bytes[4] = 9
    #expect(ChildFrame.report(bytes) == nil)
    bytes = frame { _ in }
    bytes[8] = 2
    #expect(ChildFrame.report(bytes) == nil)
    bytes = frame { _ in }
    bytes.replaceSubrange(16..<24, with: [255, 255, 255, 255, 255, 255, 255, 255])
    #expect(ChildFrame.report(bytes) == nil)
    // Texts that are longer than the child's own limits.
    var writer = FrameWriter()
    writer.put(13 as UInt32, 1, 0, 0)
    writer.put(0 as UInt64)
    writer.put(0 as UInt64)
    writer.put("path")
    writer.put(String(repeating: "x", count: SchemaLimit.text + 3))
    writer.put("")
    writer.put(0 as UInt32)
    #expect(ChildFrame.report(writer.bytes) == nil)
    // The encoder cuts, so that an honest provider of long texts is understood.
    let long = frame { $0.description = String(repeating: "é", count: 4000) }
    #expect(long.count < ChildFrame.longest && ChildFrame.report(long) != nil)
    // Control characters never reach a terminal.
    guard case .schema(let shown)? = ChildFrame.report(frame { $0.description = "a\u{1b}[2J\n" }) else {
      Issue.record("no schema")
      return
    }
    #expect(shown.description == "a\\x1b[2J\\x0a")
  }

  @Test func entriesAreBoundedInNumberAndSize() {
    let told = Told()
    #expect(told.take(descriptor))
    #expect(!told.take(descriptor), "told twice")
    for number in 0..<SchemaLimit.entries {
      #expect(told.take(ProviderSchemaEntry(path: "k\(number)", kind: .integer, description: "")))
    }
    #expect(!told.take(ProviderSchemaEntry(path: "more", kind: .integer, description: "")))
    let fat = Told()
    var taken = 0
    let text = String(repeating: "x", count: SchemaLimit.text)
    while taken < SchemaLimit.entries,
      fat.take(ProviderSchemaEntry(path: "k\(taken)", kind: .string, description: text, defaultText: text))
    {
      taken += 1
    }
    #expect(taken < SchemaLimit.entries && taken * 2 * SchemaLimit.text <= SchemaLimit.bytes)
  }

  @Test func theEndComesOnceAndInItsPlace() {
    let told = Told()
    #expect(!told.complete(entries: 0), "without a descriptor")
    #expect(told.take(descriptor))
    #expect(told.take(entry))
    #expect(!told.take(entry), "a path twice")
    #expect(!told.complete(entries: 2), "one is missing")
    #expect(told.complete(entries: 1))
    #expect(!told.complete(entries: 1))
    #expect(!told.take(entry) && !told.take(descriptor))
  }

  @Test func hostileReportsAreCountedAndTeachNothing() {
    let outbox = ProviderOutbox(number: 3)
    let process = ProviderProcess(
      module: "/x", provider: "x", outbox: outbox, stampSource: nil, clockPage: nil, executable: "/nonexistent")
    let now = RawInstant(nanoseconds: 1)
    // The end first, another release, a schema without a descriptor, and one entry of two.
    process.receive(ChildFrame.encode(.opened(version: ChildFrame.version, entries: 0)), now: now)
    process.receive(ChildFrame.encode(.descriptor(descriptor)), now: now)
    process.receive(ChildFrame.encode(.opened(version: ChildFrame.version + 1, entries: 0)), now: now)
    #expect(process.lastError.contains("another release"))
    process.receive(ChildFrame.encode(.schema(entry)), now: now)
    process.receive(ChildFrame.encode(.opened(version: ChildFrame.version, entries: 2)), now: now)
    #expect(outbox.counters[.badFrame] == 3)
    #expect(process.schema == nil && process.descriptor == nil && process.phase == .idle)
    process.receive(ChildFrame.encode(.opened(version: ChildFrame.version, entries: 1)), now: now)
    #expect(process.schema == [entry] && process.descriptor == descriptor)
    // Once told, it stays.
    process.receive(ChildFrame.encode(.schema(ProviderSchemaEntry(path: "z", kind: .real, description: ""))), now: now)
    #expect(process.schema == [entry])
    #expect(outbox.counters[.badFrame] == 4)
  }
}

/// The schema in a box: an expectation does not take a call that changes a value.
private final class Told {
  private var schema = ReportedSchema()

  func take(_ descriptor: ProviderDescriptor) -> Bool { schema.take(descriptor) }
  func take(_ entry: ProviderSchemaEntry) -> Bool { schema.take(entry) }
  func complete(entries: UInt32) -> Bool { schema.complete(entries: entries) }
}
