// SPDX-License-Identifier: Apache-2.0

import Report
import Settings
import Testing
import TimeTypes

@testable import EngineFeed

@Suite final class TemperatureWatchTests {
  /// What is there, by its path.
  var files = ["temp1_input": "25000\n", "table.txt": "20000 -1\n30000 1\n"]
  var events: [EventRecord] = []
  var seconds: Int64 = 0
  let settings = TemperatureConfiguration(sensor: "temp1_input", curve: .table("table.txt"))

  private struct Missing: Error, CustomStringConvertible { let description = "it is not there" }

  private func read(_ wanted: TemperatureWatch.Wanted) throws(Missing) -> [UInt8] {
    let path =
      switch wanted {
      case .sensor(let path), .table(let path): path
      }
    guard let text = files[path] else { throw Missing() }
    return Array(text.utf8)
  }

  /// The next look.
  private func news(_ watch: inout TemperatureWatch) -> TemperatureWatch.News? {
    seconds += 30
    return turn(&watch, at: seconds)
  }

  private func turn(_ watch: inout TemperatureWatch, at seconds: Int64) -> TemperatureWatch.News? {
    watch.turn(now: RawInstant(nanoseconds: seconds * 1_000_000_000), read: read) { events.append($0) }
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

  @Test func theSensorIsReadAtItsInterval() {
    var watch = TemperatureWatch(settings)
    let first = ppm(&watch)
    #expect(first == 0)
    files["temp1_input"] = "27500\n"
    let early = turn(&watch, at: seconds + 29)
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
      files["temp1_input"] = text
      let found = [news(&watch), news(&watch)]
      #expect(found == [.lost, nil])
      #expect(events.first?.text.contains(says) == true && take() == [538], "\(text)")
      files["temp1_input"] = "26000"
      let again = try #require(ppm(&watch))
      #expect(take() == [539] && (again - 0.2).magnitude < 1e-9)
    }
    var missing = settings
    missing.sensor = "temp9_input"
    watch = TemperatureWatch(missing)
    let gone = news(&watch)
    #expect(gone == .lost && events.first?.text.contains("cannot be read: it is not there") == true)
  }

  /// Five times an hour at most; what stays lost is told when its turn comes.
  @Test func aSensorThatComesAndGoesDoesNotFillTheLog() {
    var watch = TemperatureWatch(settings)
    for _ in 0..<59 {
      for text in ["warm", "26000"] {
        files["temp1_input"] = text
        _ = news(&watch)
      }
    }
    #expect(events.count == 10 && events[8].text.contains("5 times an hour"), "\(events.count)")
    #expect(!events[6].text.contains("an hour"))
    events = []
    files["temp1_input"] = "warm"
    for _ in 0..<2 { _ = news(&watch) }
    #expect(take().isEmpty)
    for _ in 0..<2 { _ = news(&watch) }
    #expect(take() == [538])
  }

  @Test func aTableThatIsBrokenIsReadAgain() {
    files["table.txt"] = "20000 -1\n"
    var watch = TemperatureWatch(settings)
    let broken = news(&watch)
    #expect(broken == .lost && events.first?.text.contains("two lines") == true && take() == [538])
    files["table.txt"] = "20000 -1\n30000 1\n"
    let mended = ppm(&watch)
    #expect(mended == 0 && take() == [539])
  }
}
