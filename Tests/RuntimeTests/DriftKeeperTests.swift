// SPDX-License-Identifier: Apache-2.0

import LinuxKernel
import Report
import TestSupport
import Testing
import TimeTypes

@testable import Runtime

@Suite struct DriftKeeperTests {
  let start = RawInstant(nanoseconds: 5_000_000_000)

  @Test(arguments: [false, true])
  func theNextStartFindsWhatWasSaved(isMinimal: Bool) throws {
    let directory = try TemporaryDirectory()
    var events: [EventRecord] = []
    var keeper = DriftKeeper(directory: directory.path, isMinimal: isMinimal)
    #expect(keeper.load().frequency == nil && keeper.load().news == nil, "there is no file, and nothing to tell")
    // In the minimal profile the file has to be there: its directory is not prepared.
    if isMinimal { try directory.write("drift", "") }
    #expect(keeper.load().frequency == nil)
    for frequency in [Frequency.partsPerBillion(-12_345), .partsPerBillion(7)] {
      keeper.save(frequency, now: start) { events.append($0) }
      let found = try #require(DriftKeeper(directory: directory.path, isMinimal: isMinimal).load().frequency)
      #expect(abs(found.partsPerBillion - frequency.partsPerBillion) < 1e-6)
    }
    #expect(events.isEmpty)
    #expect(directory.names == ["drift"], "nothing is left beside it")
  }

  @Test func aFileThatCannotBeBelievedCountsAsNone() throws {
    let directory = try TemporaryDirectory()
    let keeper = DriftKeeper(directory: directory.path, isMinimal: false)
    let valid = DriftRecord(frequency: .partsPerMillion(3)).text
    try directory.write("drift", valid)
    #expect(keeper.load().frequency != nil && keeper.load().news?.number == EventKind.driftLoaded.rawValue)
    for bytes in [
      Array(valid.utf8.dropFirst()), [0xFF, 0xFE, 0x00], Array(valid.utf8) + Array(repeating: 10, count: 8192),
    ] {
      try directory.write("drift", bytes)
      #expect(keeper.load().frequency == nil && keeper.load().news?.number == EventKind.driftIgnored.rawValue)
    }
  }

  @Test func itIsDueAnHourAfterTheFirstLookAndAfterEachSave() throws {
    let directory = try TemporaryDirectory()
    var keeper = DriftKeeper(directory: directory.path, isMinimal: false)
    let hour = DriftKeeper.interval
    // The looks of an hour, one by one: the macro cannot call what changes the keeper.
    func due(_ times: [TimeInterval]) -> [Bool] {
      var found: [Bool] = []
      for time in times { found.append(keeper.isDue(start + time)) }
      return found
    }
    #expect(due([.zero, hour - .milliseconds(1), hour]) == [false, false, true])
    keeper.save(.partsPerMillion(1), now: start + hour) { _ in }
    #expect(due([hour, hour + hour]) == [false, true])
  }

  @Test func anUnchangedFrequencyIsNotWrittenAgain() throws {
    let directory = try TemporaryDirectory()
    var keeper = DriftKeeper(directory: directory.path, isMinimal: false)
    keeper.save(.partsPerMillion(1), now: start) { _ in }
    SmallFile.remove(directory.file("drift"))
    keeper.save(.partsPerMillion(1), now: start) { _ in }
    #expect(directory.names.isEmpty)
    keeper.save(.partsPerMillion(2), now: start) { _ in }
    #expect(directory.names == ["drift"])
  }

  @Test func aFailureIsToldOnceUntilItWorksAgain() throws {
    let directory = try TemporaryDirectory()
    let state = directory.file("state")
    var keeper = DriftKeeper(directory: state, isMinimal: false)
    var events: [EventRecord] = []
    func save(_ parts: Double) { keeper.save(.partsPerMillion(parts), now: start) { events.append($0) } }
    save(1)
    save(2)
    #expect(events.map(\.number) == [EventKind.driftNotSaved.rawValue])
    #expect(events.first?.text.contains(KernelError.text(of: 2)) == true, "says why: ENOENT")
    try SmallFile.makeDirectory(state)
    save(3)
    save(4)
    save(3)
    #expect(
      events.map(\.number) == [EventKind.driftNotSaved, .stateKept].map(\.rawValue), "and once that it works again")
    #expect(keeper.load().frequency == .partsPerMillion(3))
  }
}
