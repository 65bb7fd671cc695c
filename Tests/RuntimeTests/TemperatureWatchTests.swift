// SPDX-License-Identifier: Apache-2.0

import Report
import Settings
import TestSupport
import Testing
import TimeTypes

@testable import Runtime

@Suite final class TemperatureWatchTests {
  let directory: TemporaryDirectory
  var events: [EventRecord] = []
  var seconds: Int64 = 0
  let settings: TemperatureConfiguration

  init() throws {
    directory = try TemporaryDirectory()
    settings = TemperatureConfiguration(
      sensor: directory.file("temp1_input"), curve: .table(directory.file("table.txt")))
    try directory.write("temp1_input", "25000\n")
    try directory.write("table.txt", "20000 -1\n30000 1\n")
  }

  /// The next look.
  private func news(_ watch: inout TemperatureWatch) -> TemperatureWatch.News? {
    seconds += 30
    return watch.turn(now: RawInstant(nanoseconds: seconds * 1_000_000_000)) { events.append($0) }
  }

  private func ppm(_ watch: inout TemperatureWatch) -> Double? { news(&watch)?.frequency?.partsPerMillion }

  private func take() -> [UInt16] {
    defer { events = [] }
    return events.map(\.number)
  }

  @Test func withoutATableOfItNothingIsRead() {
    var watch = TemperatureWatch(nil)
    #expect(ppm(&watch) == nil && events.isEmpty)
  }

  /// Before anything runs.
  @Test func whatACheckSays() throws {
    #expect(TemperatureWatch.complaints(of: settings).isEmpty)
    func expect(_ key: String, _ says: String, _ settings: TemperatureConfiguration) throws {
      let all = TemperatureWatch.complaints(of: settings)
      let found = try #require(all.first, "\(key)")
      #expect(found.key == key && found.problem.contains(says) && !found.advice.isEmpty, "\(found)")
    }
    var missing = settings
    missing.sensor = directory.file("temp9_input")
    try expect("sensor", "cannot be read", missing)
    missing.sensor = directory.file("")
    try expect("sensor", "cannot be read", missing)
    missing.curve = .table(directory.file("none.txt"))
    try expect("table", "cannot be used", missing)
    #expect(TemperatureWatch.complaints(of: missing).map(\.key) == ["table", "sensor"])
    try directory.write("table.txt", "20000 -1\n19000 1\n")
    try expect("table", "line 2", settings)
    try directory.write("table.txt", "20 -1\n30 1\n")
    try expect("table", "outside", settings)
    try directory.write("temp1_input", "warm")
    try directory.write("table.txt", "20000 -1\n30000 1\n")
    try expect("sensor", "one number", settings)
  }

  @Test func theSensorIsReadAtItsInterval() throws {
    var watch = TemperatureWatch(settings)
    let first = ppm(&watch)
    #expect(first == 0)
    try directory.write("temp1_input", "27500\n")
    let early = watch.turn(now: RawInstant(nanoseconds: (seconds + 29) * 1_000_000_000)) { _ in }
    #expect(early == nil)
    let warm = ppm(&watch)
    #expect(warm == 0.5)
    let same = ppm(&watch)
    #expect(same == nil, "nothing new")
    watch.tellAgain()
    let again = ppm(&watch)
    #expect(again == 0.5 && events.isEmpty)
  }

  @Test func whatCannotBeUsedIsSaidOnceAndTriedAgain() throws {
    var watch = TemperatureWatch(settings)
    let first = ppm(&watch)
    #expect(first == 0)
    for (text, says) in [("warm", "one number"), ("", "one number"), ("19000", "outside"), ("31000.5", "outside")] {
      try directory.write("temp1_input", text)
      let found = [news(&watch), news(&watch)]
      #expect(found == [.lost, nil])
      #expect(events.first?.text.contains(says) == true && take() == [538], "\(text)")
      try directory.write("temp1_input", "26000")
      let again = try #require(ppm(&watch))
      #expect(take() == [539] && (again - 0.2).magnitude < 1e-9)
    }
    var missing = settings
    missing.sensor = directory.file("temp9_input")
    watch = TemperatureWatch(missing)
    let gone = news(&watch)
    #expect(gone == .lost && events.first?.text.contains("cannot be read") == true)
  }

  @Test func aTableThatIsBrokenIsReadAgain() throws {
    try directory.write("table.txt", "20000 -1\n")
    var watch = TemperatureWatch(settings)
    let broken = news(&watch)
    #expect(broken == .lost && events.first?.text.contains("two lines") == true && take() == [538])
    try directory.write("table.txt", "20000 -1\n30000 1\n")
    let mended = ppm(&watch)
    #expect(mended == 0 && take() == [539])
  }
}
