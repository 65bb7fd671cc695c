// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@testable import Settings

@Suite("clock.temperature")
struct TemperatureConfigurationTests {
  private static let sensor = "sensor = \"/sys/class/hwmon/hwmon0/temp1_input\"\n"
  private static func text(_ keys: String) -> String { "[clock.temperature]\n" + keys }

  @Test("off where it is not written, and both shapes")
  func shapes() throws {
    #expect(try Configuration(toml: "", file: "t.toml").clock.temperature == nil)
    let table = try Configuration(toml: Self.text(Self.sensor + "table = \"/etc/t.txt\"\ninterval = 5"), file: "t.toml")
    #expect(table.clock.temperature?.curve == .table("/etc/t.txt") && table.clock.temperature?.interval == .seconds(5))
    let text = Self.text(Self.sensor + "coefficients = { t0 = 25000, k1 = 0.000183 }")
    let polynomial = try Configuration(toml: text, file: "t.toml")
    let curve = TemperatureCurve(.polynomial(t0: 25_000, k0: 0, k1: 0.000183, k2: 0))
    #expect(polynomial.clock.temperature?.curve == .coefficients(curve))
    #expect(polynomial.clock.temperature?.interval == .seconds(30))
    #expect(polynomial.clock.temperature?.sensor == "/sys/class/hwmon/hwmon0/temp1_input")
  }

  private static let mistakes: [(keys: String, says: String)] = [
    ("table = \"/t\"", "clock.temperature.sensor"), ("SENSOR", "clock.temperature.table"),
    ("SENSOR table = \"t\"", "clock.temperature.table"),
    ("SENSOR table = \"/t\"\ncoefficients = { k1 = 1 }", "there is a table as well"),
    ("SENSOR table = \"/t\"\ninterval = 0", "clock.temperature.interval"),
    ("SENSOR coefficients = { k3 = 1 }", "k3"), ("SENSOR coefficients = { k1 = 11 }", "coefficients.k1"),
    ("SENSOR coefficients = {}", "says nothing of the frequency"),
    ("SENSOR coefficients = { t0 = 25 }", "says nothing of the frequency"),
    ("SENSOR coefficients = 3", "clock.temperature.coefficients"), ("SENSOR table = \"/t\"\nsensors = 1", "sensors"),
    ("sensor = \"hwmon0\"\ntable = \"/t\"", "clock.temperature.sensor"),
  ]

  @Test("what is wrong is named", arguments: mistakes.indices)
  func wrong(number: Int) {
    let (keys, says) = Self.mistakes[number]
    let written: String = keys.hasPrefix("SENSOR") ? Self.sensor + keys.dropFirst(6) : keys
    let errors = ConfigurationTests.errors(Self.text(written))
    #expect(errors.count == 1 && errors.first?.contains(says) == true, "\(errors)")
  }

  @Test("not beside the PI servo")
  func servo() {
    let errors = ConfigurationTests.errors("[clock]\nservo = \"pi\"\n" + Self.text(Self.sensor + "table = \"/t\""))
    #expect(errors.count == 1 && errors.first?.contains("PI servo") == true, "\(errors)")
  }
}
