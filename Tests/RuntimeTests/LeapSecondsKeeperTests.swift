// SPDX-License-Identifier: Apache-2.0

import Engine
import LinuxKernel
import Report
import TestSupport
import Testing
import TimeTypes

@testable import Runtime

@Suite final class LeapSecondsKeeperTests {
  let directory: TemporaryDirectory
  let path: String
  let start = RawInstant(nanoseconds: 5_000_000_000)
  /// The moment of the checks, and a list's times around it.
  let utc = Instant<UTC>(sinceEpoch: .seconds(1_700_000_000))
  let day: Int64 = 86_400
  var events: [EventRecord] = []

  init() throws {
    directory = try TemporaryDirectory()
    path = directory.file("leap-seconds.list")
  }

  /// 1900-01-01 to 1970-01-01 in seconds: 70 years, 17 of them leap years.
  let ntpToUnix: Int64 = (70 * 365 + 17) * 86_400

  /// Writes a list; times in days from the moment of the checks.
  func write(expires: Int64, entries: [(day: Int64, offset: Int)]) throws {
    let base = utc.nanoseconds / 1_000_000_000 + ntpToUnix
    let lines = entries.map { "\(base + $0.day * day) \($0.offset)" }
    try directory.write("leap-seconds.list", "#@ \(base + expires * day)\n" + lines.joined(separator: "\n") + "\n")
  }

  func check(_ keeper: inout LeapSecondsKeeper, after days: Int64 = 0) -> LeapTable? {
    keeper.check(now: start + .seconds(days * day), utc: Instant(sinceEpoch: utc.sinceEpoch + .seconds(days * day))) {
      events.append($0)
    }
  }

  var numbers: [UInt16] { events.map(\.number) }

  @Test func withoutAPathNothingIsDone() {
    var keeper = LeapSecondsKeeper(path: nil)
    #expect(check(&keeper) == nil && events.isEmpty && keeper.warnings.isEmpty)
  }

  @Test func theTableIsHandedOverOnceADay() throws {
    try write(expires: 200, entries: [(-900, 36), (-400, 37), (90, 38)])
    var keeper = LeapSecondsKeeper(path: path)
    let next = utc.nanoseconds + 90 * day * 1_000_000_000
    #expect(check(&keeper) == LeapTable(taiOffset: 37, next: (next, 38)))
    #expect(numbers == [EventKind.leapTableLoaded.rawValue])
    #expect(check(&keeper) == nil && check(&keeper, after: 1) == nil, "nothing new")
    // A changed file is seen at the next day's look, not before.
    try write(expires: 200, entries: [(-400, 37)])
    #expect(check(&keeper, after: 1) == nil)
    #expect(check(&keeper, after: 2) == LeapTable(taiOffset: 37))
    #expect(numbers == [EventKind.leapTableLoaded.rawValue] && keeper.warnings.isEmpty)
  }

  @Test func aTableThatDidNotArriveIsToldAgain() throws {
    try write(expires: 200, entries: [(-400, 37)])
    var keeper = LeapSecondsKeeper(path: path)
    #expect(check(&keeper) == LeapTable(taiOffset: 37))
    keeper.tellAgain()
    #expect(check(&keeper) == LeapTable(taiOffset: 37))
    #expect(check(&keeper) == nil)
  }

  @Test func aMissingFileIsToldOnceAndTakenWhenItComes() throws {
    var keeper = LeapSecondsKeeper(path: path)
    #expect(check(&keeper) == nil && check(&keeper, after: 1) == nil)
    #expect(numbers == [EventKind.leapTableInvalid.rawValue])
    #expect(keeper.warnings.count == 1 && keeper.warnings[0].hasPrefix(path))
    try write(expires: 200, entries: [(-400, 37)])
    #expect(check(&keeper, after: 2) == LeapTable(taiOffset: 37))
    #expect(keeper.warnings.isEmpty)
  }

  @Test func anInvalidFileIsNotUsed() throws {
    try directory.write("leap-seconds.list", "2272060800 ten\n")
    var keeper = LeapSecondsKeeper(path: path)
    #expect(check(&keeper) == nil)
    #expect(numbers == [EventKind.leapTableInvalid.rawValue] && keeper.warnings.count == 1)
    try directory.write("leap-seconds.list", Array(repeating: UInt8(ascii: "#"), count: 65_537))
    #expect(check(&keeper, after: 1) == nil)
    #expect(numbers == Array(repeating: EventKind.leapTableInvalid.rawValue, count: 2), "another reason")
  }

  @Test func anExpiredListIsToldAndNotUsed() throws {
    try write(expires: -1, entries: [(-400, 37)])
    var keeper = LeapSecondsKeeper(path: path)
    #expect(check(&keeper) == nil && check(&keeper, after: 1) == nil)
    #expect(numbers == [EventKind.leapTableExpired.rawValue])
    #expect(keeper.warnings.count == 1 && keeper.warnings[0].contains("expired"))
  }

  @Test func aListThatExpiresSoonIsToldAndUsed() throws {
    try write(expires: 20, entries: [(-400, 37)])
    var keeper = LeapSecondsKeeper(path: path)
    #expect(check(&keeper) == LeapTable(taiOffset: 37))
    #expect(numbers == [EventKind.leapTableExpired.rawValue, EventKind.leapTableLoaded.rawValue])
    #expect(keeper.warnings.count == 1)
    // Its day comes while the daemon runs.
    #expect(check(&keeper, after: 21) == nil)
    #expect(numbers.filter { $0 == EventKind.leapTableExpired.rawValue }.count == 2)
    #expect(keeper.warnings[0].contains("expired"))
  }
}
