// SPDX-License-Identifier: Apache-2.0

import Settings
import TestSupport
import Testing

@testable import Runtime

@Suite struct ConfigurationTemperatureFailuresTests {
  @Test func fileLineAndKey() throws {
    let directory = try TemporaryDirectory()
    try directory.write("temp1_input", "25000\n")
    try directory.write("table.txt", "20000 -1\n30000 1 2\n")
    let text = """
      [clock.temperature]
      sensor = "\(directory.file("temp1_input"))"
      table = "\(directory.file("table.txt"))"

      """
    let wrong = try Configuration(toml: text, file: "t.toml").temperatureFailures.map(\.description)
    #expect(wrong.count == 1 && wrong[0].hasPrefix("t.toml:3:9: clock.temperature.table = "), "\(wrong)")
    #expect(wrong.first?.contains("line 2 is not a temperature and ppm") == true, "\(wrong)")
    try directory.write("table.txt", "20000 -1\n30000 1\n")
    #expect(try Configuration(toml: text, file: "t.toml").temperatureFailures.isEmpty)
    #expect(try Configuration(toml: "", file: "t.toml").temperatureFailures.isEmpty)
  }
}
