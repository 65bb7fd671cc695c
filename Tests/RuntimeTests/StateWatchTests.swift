// SPDX-License-Identifier: Apache-2.0

import Foundation
import Report
import TestSupport
import Testing
import TimeTypes

@testable import Runtime

@Suite struct StateWatchTests {
  @Test func aDirectoryThatGoesAndComesBackIsToldOfOnceEachWay() throws {
    let scratch = try TemporaryDirectory()
    let directory = StateDirectory(path: scratch.path + "/state")
    directory.prepare(owner: nil)
    var events: [EventRecord] = []
    var watch = StateWatch(directory, user: nil)
    var now = RawInstant(nanoseconds: 5_000_000_000)
    func look(_ times: Int = 3) {
      for _ in 0..<times {
        watch.check(now: now) { events.append($0) }
        now = now + StateWatch.interval
      }
    }
    look()
    #expect(events.isEmpty && watch.warnings.isEmpty)
    try FileManager.default.removeItem(atPath: directory.path)
    // Not before its time.
    watch.check(now: now - .milliseconds(1)) { events.append($0) }
    #expect(events.isEmpty)
    look()
    #expect(events.map(\.number) == [EventKind.stateDirectory.rawValue])
    #expect(watch.warnings.count == 1 && watch.warnings.first == events.first?.text)
    directory.prepare(owner: nil)
    look()
    #expect(events.map(\.number) == [EventKind.stateDirectory, .stateKept].map(\.rawValue))
    #expect(events.last?.text.contains(directory.path) == true && watch.warnings.isEmpty)
  }

  @Test func aDriftFileThatCannotBeWrittenIsTriedSoonAgain() throws {
    let scratch = try TemporaryDirectory()
    let path = scratch.path + "/gone"
    var events: [EventRecord] = []
    var keeper = DriftKeeper(directory: path, isMinimal: false)
    let start = RawInstant(nanoseconds: 5_000_000_000)
    for number in 1...3 { keeper.save(.partsPerMillion(Double(number)), now: start) { events.append($0) } }
    #expect(events.map(\.number) == [EventKind.driftNotSaved.rawValue])
    let (early, due) = (
      keeper.isDue(start + DriftKeeper.retry - .milliseconds(1)), keeper.isDue(start + DriftKeeper.retry)
    )
    #expect(!early && due)
    StateDirectory(path: path).prepare(owner: nil)
    for number in 1...3 { keeper.save(.partsPerMillion(Double(number)), now: start) { events.append($0) } }
    #expect(events.map(\.number) == [EventKind.driftNotSaved, .stateKept].map(\.rawValue))
  }
}
