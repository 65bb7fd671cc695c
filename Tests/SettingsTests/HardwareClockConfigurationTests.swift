// SPDX-License-Identifier: Apache-2.0

import Discipline
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
    var pi = PISettings()
    pi.stepThreshold = 0.001
    pi.firstStepThreshold = 0
    pi.maximumFrequency = 1000 * 1e-9
    pi.integral = 0.01
    pi.integralScale = 0.2
    pi.integralExponent = 0.5
    pi.integralNormMax = 0.1
    pi.proportionalScale = 1
    pi.proportionalExponent = -0.2
    pi.proportionalNormMax = 0.5
    #expect(clocks[1].pi == pi)
    #expect(clocks[2].timescale == .tai && clocks[2].onlySynchronized && clocks[2].steer && clocks[2].servo == .pi)
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
      (
        "[[hardware_clock]]\nname = \"x\"\ndevice = \"aux8\"",
        "t.toml:3:10: hardware_clock[0].device = \"aux8\": Linux has the auxiliary clocks aux0 to aux7; write a device"
      ),
      ("[[hardware_clock]]\ndevice = \"aux07\"", "Linux has the auxiliary clocks aux0 to aux7"),
      ("[[hardware_clock]]\ndevice = \"/\"", "2:10: hardware_clock[0].device = \"/\": that is a directory, no device"),
      ("[[hardware_clock]]\ndevice = \"/dev/\"", "that is a directory"),
      ("[[hardware_clock]]\ndevice = \"%\"", "device = \"%\": no network interface's name has \"%\" in it"),
      (
        "[[hardware_clock]]\ndevice = \"dev/ptp0\"",
        "no network interface's name has \"/\" in it; write a device (/dev/ptp0)"
      ),
      ("[[hardware_clock]]\ndevice = \"..\"", "no network interface can have that name"),
      ("[[hardware_clock]]\ndevice = \"eth0 eth1\"", "has a space in it"),
      ("[[hardware_clock]]\ndevice = \"interface-of-mine\"", "longer than 15 bytes"),
      (
        "[[hardware_clock]]\ndevice = \"eth0\"\nname = \"sources\"",
        "3:8: hardware_clock[0].name = \"sources\": \"sources\" means the system clock's own sources; write another name"
      ),
      ("[[hardware_clock]]\ndevice = \"system\"", "\"system\" means the system clock's own entry; write another name"),
      ("[hardware_clock]\ndevice = \"/dev/ptp0\"", "write a table for each clock: [[hardware_clock]]"),
    ])
  func errors(text: String, expected: String) {
    let errors = ConfigurationTests.errors(text)
    #expect(errors.contains { $0.contains(expected) }, "\(errors)")
  }

  /// One line of complaint for them all, and none for as many as there may be.
  @Test("no host has so many clocks", arguments: [Configuration.hardwareClockLimit, 500])
  func tooMany(count: Int) throws {
    let text = (0..<count).map { "[[hardware_clock]]\ndevice = \"/dev/ptp\($0)\"\n" }.joined()
    let limit = Configuration.hardwareClockLimit
    guard count > limit else {
      #expect(try Configuration(toml: text, file: "t.toml").hardwareClocks.count == limit)
      return
    }
    let errors = ConfigurationTests.errors(text)
    let expected =
      "t.toml:\(2 * limit + 1):1: hardware_clock[\(limit)] = {…}: there are \(count) of them; at most \(limit) clocks"
    #expect(errors.count == 1 && errors.first?.hasPrefix(expected) == true, "\(errors)")
  }

  @Test(
    "names that Linux takes",
    arguments: ["eth0", "enp1s0f0np0", "aux", "auxiliary0", "br-0.100", "wlan*", "/dev/ptp_kvm", "aux7"])
  func possibleDevices(device: String) throws {
    let text = "[[hardware_clock]]\ndevice = \"\(device)\""
    #expect(try Configuration(toml: text, file: "t.toml").hardwareClocks.map(\.device) == [device])
  }

  @Test("behind a hardware clock the PI servo is the default")
  func servo() throws {
    let follows = "[clock]\nfollows = \"/dev/ptp0\"\n"
    let clock = "[[hardware_clock]]\ndevice = \"/dev/ptp0\""
    #expect(try Configuration(toml: follows + clock, file: "t.toml").clock.servo == .pi)
    #expect(try Configuration(toml: follows + "servo = \"engine\"\n" + clock, file: "t.toml").clock.servo == .engine)
    #expect(try Configuration(toml: clock, file: "t.toml").clock.servo == .engine)
  }

  @Test("a hardware clock after the system clock has the PI servo by default")
  func servoOfAHardwareClock() throws {
    let clock = "[[hardware_clock]]\ndevice = \"/dev/ptp0\"\nfollows = \"system\"\n"
    #expect(try Configuration(toml: clock, file: "t.toml").hardwareClocks.map(\.servo) == [.pi])
    #expect(
      try Configuration(toml: clock + "servo = \"engine\"", file: "t.toml").hardwareClocks.map(\.servo) == [.engine])
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
