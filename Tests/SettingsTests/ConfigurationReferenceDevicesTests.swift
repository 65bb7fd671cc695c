// SPDX-License-Identifier: Apache-2.0

import Settings
import Testing

@Suite("Devices that are sources")
struct ConfigurationReferenceDevicesTests {
  private static let steered = "[[hardware_clock]]\ndevice = \"/dev/ptp0\"\nfollows = \"system\"\n"
  private static func source(_ provider: String, _ keys: String) -> String {
    "[[source]]\nprovider = \"\(provider)\"\n\(keys)\n"
  }

  @Test(
    "a PTP clock that follows the system clock is no source of it",
    arguments: [
      source("phc", "device = \"/dev/ptp0\""), source("phc", "device = \"/dev/./ptp0\""),
      source("pps", "enable_on = \"/dev//ptp0\"\ndevice = \"/dev/pps0\""),
      "[provider.mine]\nmodule = \"/opt/libtompion-phc.so\"\n" + source("mine", "device = \"/dev/ptp0\""),
    ])
  func bothWays(source: String) {
    let errors = ConfigurationTests.errors(Self.steered + source)
    #expect(errors.count == 1, "\(errors)")
    let expected = "hardware_clock[0] in line 1 makes that clock follow the system clock"
    #expect(errors.first?.contains(expected) == true && errors.first?.contains("source[0].") == true, "\(errors)")
  }

  @Test(
    "what does not follow each other is right",
    arguments: [
      steered + source("phc", "device = \"/dev/ptp1\""),
      steered + source("gnss", "device = \"/dev/ptp0\""),
      // It only stamps pulses that come from elsewhere.
      steered + source("pps", "device = \"/dev/ptp0\""),
      "[[hardware_clock]]\ndevice = \"/dev/ptp0\"\n" + source("phc", "device = \"/dev/ptp0\""),
      source("phc", "device = \"/dev/ptp0\"") + source("pps", "device = \"/dev/ptp0\""),
    ])
  func oneWay(text: String) {
    #expect(ConfigurationTests.errors(text).isEmpty)
  }

  @Test("one device is one source, however it is spelt", arguments: ["phc", "pps"])
  func twice(provider: String) {
    let text = Self.source(provider, "device = \"/dev/ptp0\"") + Self.source(provider, "device = \"/dev/./ptp0\"")
    let errors = ConfigurationTests.errors(text)
    #expect(errors.count == 1)
    #expect(
      errors.first?.hasPrefix(
        "t.toml:6:10: source[1].device = \"/dev/./ptp0\": it is the device of source[0].device in line 3, too") == true,
      "\(errors)")
  }

  @Test("shared memory is not for a process of its own", arguments: ["shm = 2", "sock = \"/run/s\"\nfeed_shm = 4"])
  func sharedMemory(keys: String) {
    let text = Self.source("gnss", keys)
    let errors = ConfigurationTests.errors(text + "[provider.gnss]\nplacement = \"process\"\n")
    #expect(errors.count == 1 && errors.first?.contains("in-process") == true, "\(errors)")
    #expect(errors.first?.hasPrefix("t.toml:\(keys.contains("sock") ? 4 : 3):") == true, "\(errors)")
    #expect(ConfigurationTests.errors(text).isEmpty)
    let disabled = "[provider.gnss]\nplacement = \"process\"\nenabled = false\n"
    #expect(ConfigurationTests.errors(text + disabled).allSatisfy { !$0.contains("shared memory") })
  }
}
