// SPDX-License-Identifier: Apache-2.0

import Settings
import Testing

@Suite("Hardware clocks in the configuration")
struct HardwareClockConfigurationTests {
  @Test("every key is read")
  func everything() throws {
    let text = """
      [clock]
      follows = "gnss"
      servo = "pi"
      [clock.pi]
      proportional_const = 0.25
      step_threshold = 0.5
      [[hardware_clock]]
      device = "/dev/ptp0"
      name = "gnss"
      timescale = "utc"
      poll = -2
      [[hardware_clock]]
      device = "eth1"
      follows = "system"
      servo = "pi"
      steer = false
      only_synchronized = false
      step_threshold = 0.001
      first_step_threshold = 0
      max_frequency_ppb = 1000
      pi = { integral_scale = 0.2, integral_exponent = 0.5, integral_norm_max = 0.1, integral_const = 0.01, proportional_scale = 1, proportional_exponent = -0.2, proportional_norm_max = 0.5 }
      [[hardware_clock]]
      device = "aux7"
      follows = "system"
      """
    let configuration = try Configuration(toml: text, file: "t.toml")
    #expect(configuration.clock.follows == "gnss")
    #expect(configuration.clock.servo == .pi)
    #expect(configuration.clock.pi.proportional == 0.25)
    #expect(configuration.clock.pi.stepThreshold == 0.5)
    #expect(configuration.followed?.device == "/dev/ptp0")
    let clocks = configuration.hardwareClocks
    #expect(clocks.map(\.name) == ["gnss", "eth1", "aux7"])
    #expect(clocks.map(\.kind) == [.path("/dev/ptp0"), .interface("eth1"), .auxiliary(7)])
    #expect(clocks[0].timescale == .utc && clocks[0].follows == .none && clocks[0].poll == -2)
    #expect(clocks[1].follows == .system && clocks[1].servo == .pi && !clocks[1].steer && !clocks[1].onlySynchronized)
    var pi = PIConfiguration()
    pi.stepThreshold = 0.001
    pi.firstStepThreshold = 0
    pi.maximumFrequency = 1000
    pi.integral = 0.01
    pi.integralScale = 0.2
    pi.integralExponent = 0.5
    pi.integralNormMax = 0.1
    pi.proportionalScale = 1
    pi.proportionalExponent = -0.2
    pi.proportionalNormMax = 0.5
    #expect(clocks[1].pi == pi)
    #expect(clocks[2].timescale == .tai && clocks[2].onlySynchronized && clocks[2].steer && clocks[2].servo == .engine)
  }

  @Test(
    "one owner and one reference",
    arguments: [
      (
        "[[hardware_clock]]\ndevice = \"/dev/ptp0\"\n[[hardware_clock]]\ndevice = \"/dev/ptp0\"\nname = \"b\"",
        "3:1: hardware_clock[1].device = \"/dev/ptp0\": it is the clock of line 1, and a clock has one entry; remove one of the two"
      ),
      (
        "[[hardware_clock]]\ndevice = \"/dev/ptp0\"\nname = \"a\"\n[[hardware_clock]]\ndevice = \"/dev/ptp1\"\nname = \"a\"",
        "hardware_clock[1].name = \"a\": the clock of line 1 has the same name"
      ),
      (
        "[clock]\nfollows = \"/dev/ptp0\"\n[[hardware_clock]]\ndevice = \"/dev/ptp0\"\nfollows = \"system\"",
        "2:11: clock.follows = \"/dev/ptp0\": that clock follows the system clock itself, and two clocks cannot follow each other"
      ),
      (
        "[clock]\nfollows = \"/dev/ptp1\"\n[[hardware_clock]]\ndevice = \"/dev/ptp0\"",
        "there is no [[hardware_clock]] of that name or device; add one with device = \"/dev/ptp1\"; did you mean \"/dev/ptp0\"?"
      ),
      (
        "[clock]\nfollows = \"/dev/ptp0\"\n[[hardware_clock]]\ndevice = \"/dev/ptp0\"\n[[source]]\naddress = \"a\"",
        "there is a [[source]], too, and a clock has one reference"
      ),
      (
        "[clock]\nkind = \"virtual\"\n[[hardware_clock]]\ndevice = \"/dev/ptp0\"\nfollows = \"system\"",
        "the clock of this daemon is a virtual one, which nobody else should follow"
      ),
      ("[clock]\nfollows = \"aux1\"\n[[hardware_clock]]\ndevice = \"aux1\"", "an auxiliary clock is no reference"),
      ("profile = \"minimal\"\n[[hardware_clock]]\ndevice = \"/dev/ptp0\"", "profile \"minimal\" opens no device"),
      ("[[hardware_clock]]\nname = \"x\"", "hardware_clock[0].device: it is missing; write device = \"/dev/ptp0\""),
      ("[[hardware_clock]]\ndevice = \"/dev/ptp0\"\nservo = \"PI\"", "write \"engine\" or \"pi\""),
      ("[[hardware_clock]]\ndevice = \"/dev/ptp0\"\npoll = 7", "write an integer from -4 to 6"),
      ("[hardware_clock]\ndevice = \"/dev/ptp0\"", "write a table for each clock: [[hardware_clock]]"),
    ])
  func errors(text: String, expected: String) {
    let errors = ConfigurationTests.errors(text)
    #expect(errors.contains { $0.contains(expected) }, "\(errors)")
  }

  @Test("behind a hardware clock the PI servo is the default")
  func servo() throws {
    let follows = "[clock]\nfollows = \"/dev/ptp0\"\n"
    let clock = "[[hardware_clock]]\ndevice = \"/dev/ptp0\""
    #expect(try Configuration(toml: follows + clock, file: "t.toml").clock.servo == .pi)
    #expect(try Configuration(toml: follows + "servo = \"engine\"\n" + clock, file: "t.toml").clock.servo == .engine)
    #expect(try Configuration(toml: clock, file: "t.toml").clock.servo == .engine)
  }

  @Test("gains beside the engine's own servo are warned of")
  func unusedGains() throws {
    let text = """
      [clock]
      servo = "SERVO"
      pi = { integral_const = 0.1 }
      [[hardware_clock]]
      device = "/dev/ptp0"
      [[hardware_clock]]
      device = "/dev/ptp1"
      servo = "SERVO"
      step_threshold = 1
      pi = { integral_const = 0.1 }
      """
    func warnings(_ servo: String) throws -> [String] {
      let text = text.split(separator: "SERVO", omittingEmptySubsequences: false).joined(separator: servo)
      return try Configuration(toml: text, file: "t.toml").warnings.map(\.description)
    }
    #expect(try warnings("pi").isEmpty)
    let found = try warnings("engine")
    #expect(found.count == 2)
    #expect(found.first?.contains("t.toml:3:") == true && found.first?.contains("clock.pi: servo is") == true)
    #expect(found.last?.contains("t.toml:10:") == true && found.last?.contains("hardware_clock[1].pi: ") == true)
  }

  /// A hardware clock alone is something to do.
  @Test("without sources there is no warning where a clock is named")
  func noWarning() throws {
    let text = "[clock]\nfollows = \"/dev/ptp0\"\n[[hardware_clock]]\ndevice = \"/dev/ptp0\""
    #expect(try Configuration(toml: text, file: "t.toml").warnings.isEmpty)
  }
}
