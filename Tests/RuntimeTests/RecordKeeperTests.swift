// SPDX-License-Identifier: Apache-2.0

import Engine
import Foundation
import Recording
import Report
import TestSupport
import Testing
import TimeTypes

@testable import Runtime

@Suite struct RecordKeeperTests {
  private let directory: TemporaryDirectory
  private let recorder = EventRecorder(capacity: 1000)

  init() throws { directory = try TemporaryDirectory() }

  private func keeper(limit: Int64 = 1 << 20, path: String? = nil, isMinimal: Bool = false) -> RecordKeeper {
    RecordKeeper(
      path: path ?? directory.file("record"), limit: limit, isMinimal: isMinimal, recorder: recorder,
      head: RecordHead(program: "test", clock: .system, capacity: 64, parameters: EngineParameters()))
  }

  private func feed(_ numbers: ClosedRange<Int64>) {
    for number in numbers { recorder.record(.resync(force: false, now: RawInstant(nanoseconds: number)), Actions()) }
  }

  /// Raw times of the file's events, gaps as negative numbers, and how it ended.
  private func read(_ name: String = "record") throws -> (entries: [Int64], end: RecordEnd?) {
    var reader = try RecordReader(Array(try Data(contentsOf: URL(fileURLWithPath: directory.file(name)))))
    var entries: [Int64] = []
    var end: RecordEnd?
    while let entry = try reader.next() {
      switch entry {
      case .event(let recorded): entries.append(recorded.event.now.nanoseconds)
      case .gap(let count): entries.append(-Int64(count))
      case .end(let reason): end = reason
      }
    }
    return (entries, end)
  }

  private func size(_ name: String = "record") throws -> Int64 {
    Int64(try Data(contentsOf: URL(fileURLWithPath: directory.file(name))).count)
  }

  @Test func whatTheEngineTookIsInTheFile() throws {
    let keeper = keeper()
    var kinds: [String] = []
    keeper.open { kinds.append($0.slug) }
    feed(1...10)
    keeper.turn(isTime: false) { kinds.append($0.slug) }
    #expect(try read().entries.isEmpty, "small things wait for their second")
    keeper.turn(isTime: true) { kinds.append($0.slug) }
    #expect(try read().entries == Array(1...10) && read().end == nil)
    feed(11...12)
    keeper.close { kinds.append($0.slug) }
    #expect(try read().entries == Array(1...12) && read().end == .stopped)
    #expect(kinds == ["record-started"] && keeper.warnings.isEmpty)
  }

  /// At the limit it ends, is said once, and counts on; the file is whole.
  @Test func theLimitIsSaidAndCounted() throws {
    let keeper = keeper(limit: 65_536)
    var news: [EventRecord] = []
    keeper.open { _ in }
    for batch in Int64(0)..<8 {
      feed(batch * 500 + 1...batch * 500 + 500)
      keeper.turn(isTime: true) { news.append($0) }
    }
    let (entries, end) = try read()
    #expect(end == .limit && entries == Array(1...Int64(entries.count)))
    #expect(try (65_536 - 1024...65_536).contains(size()))
    #expect(news.map(\.slug) == ["record-ended"])
    #expect(news.first?.text.contains("ended at its limit of 65536 bytes, after \(entries.count) events") == true)
    #expect(keeper.warnings.first?.contains("; \(4000 - entries.count) events since are not in it") == true)
    keeper.close { news.append($0) }
    #expect(try news.count == 1 && read().end == .limit)
  }

  @Test func gapsAreInTheFileAndInEachStatus() throws {
    let keeper = keeper()
    var kinds: [String] = []
    keeper.open { _ in }
    feed(1...1003)
    keeper.turn(isTime: true) { kinds.append($0.slug) }
    feed(1004...1004)
    keeper.turn(isTime: true) { kinds.append($0.slug) }
    feed(1005...2010)
    keeper.close { kinds.append($0.slug) }
    #expect(try read().entries == Array(1...1000) + [-3, 1004] + Array(1005...2004) + [-6])
    #expect(kinds == ["record-gap"])
    #expect(
      keeper.warnings == ["9 events are missing in the record \(directory.file("record")): it was written too slowly"])
  }

  /// A user's bad day survives the restart that follows it.
  @Test func theOldRecordIsKept() throws {
    for number in Int64(1)...3 {
      let keeper = keeper()
      keeper.open { _ in }
      feed(number...number)
      keeper.close { _ in }
    }
    #expect(try read().entries == [3] && read("record.old").entries == [2])
    #expect(directory.names == ["record", "record.old"])
    let minimal = keeper(isMinimal: true)
    minimal.open { _ in }
    minimal.close { _ in }
    #expect(try read().entries.isEmpty && read("record.old").entries == [2])
  }

  /// No directory, a directory in its place, a link: said once, and the daemon goes on.
  @Test(arguments: ["nowhere/record", "folder", "link"])
  func whatCannotBeWrittenIsAWarning(name: String) throws {
    try FileManager.default.createDirectory(atPath: directory.file("folder"), withIntermediateDirectories: false)
    try FileManager.default.createSymbolicLink(
      atPath: directory.file("link"), withDestinationPath: directory.file("elsewhere"))
    let keeper = keeper(path: directory.file(name))
    var kinds: [String] = []
    keeper.open { kinds.append($0.slug) }
    feed(1...5)
    keeper.turn(isTime: true) { kinds.append($0.slug) }
    keeper.close { kinds.append($0.slug) }
    #expect(kinds == ["record-ended"])
    #expect(keeper.warnings.first?.contains("cannot be written") == true)
    #expect(keeper.warnings.first?.hasSuffix("; 5 events since are not in it") == true)
    #expect(directory.names == ["folder", "link"])
  }
}
