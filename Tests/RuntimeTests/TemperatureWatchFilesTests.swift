// SPDX-License-Identifier: Apache-2.0

import EngineFeed
import Report
import Settings
import TestSupport
import Testing
import TimeTypes

@testable import Runtime

@Suite struct TemperatureWatchFilesTests {
  /// The daemon's own sensor and table; what the watch makes of them is EngineFeedTests' matter.
  @Test func theFilesAreThisHosts() throws {
    let directory = try TemporaryDirectory()
    try directory.write("temp1_input", "27500\n")
    try directory.write("table.txt", "20000 -1\n30000 1\n")
    var settings = TemperatureConfiguration(
      sensor: directory.file("temp1_input"), curve: .table(directory.file("table.txt")))
    var events: [EventRecord] = []
    func news(_ settings: TemperatureConfiguration) -> TemperatureWatch.News? {
      var watch = TemperatureWatch(settings)
      return watch.turn(now: RawInstant(nanoseconds: 0)) { events.append($0) }
    }
    #expect(news(settings) == .frequency(.partsPerMillion(0.5)) && events.isEmpty)
    try directory.write("table.txt", String(repeating: "#", count: TemperatureWatch.tableLimit + 1))
    #expect(news(settings) == .lost && events.first?.text.contains("table.txt cannot be used") == true)
    settings.sensor = directory.file("temp9_input")
    settings.curve = .coefficients(TemperatureCurve(.polynomial(t0: 0, k0: 0, k1: 0, k2: 0)))
    #expect(news(settings) == .lost && events.last?.text.contains("temp9_input cannot be read") == true)
  }

  /// Before anything runs.
  @Test func whatACheckSays() throws {
    let directory = try TemporaryDirectory()
    try directory.write("temp1_input", "27500\n")
    try directory.write("table.txt", "20000 -1\n30000 1\n")
    let settings = TemperatureConfiguration(
      sensor: directory.file("temp1_input"), curve: .table(directory.file("table.txt")))
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
}
