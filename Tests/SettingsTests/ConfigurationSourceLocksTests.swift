// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Settings

@Suite("Which source numbers whose pulses")
struct ConfigurationSourceLocksTests {
  private static func pulses(_ lock: String) -> String {
    "[[source]]\nprovider = \"pps\"\ndevice = \"/dev/pps0\"\nlock = \"\(lock)\"\n"
  }
  private static let others =
    "[[source]]\naddress = \"ntp.example.net\"\n[[source]]\nprovider = \"gnss\"\nname = \"roof\"\nshm = 2\n"
    + "[[source]]\nprovider = \"phc\"\ndevice = \"/dev/ptp0\"\n"

  @Test("a name, an address, a device, a unit", arguments: ["ntp.example.net", "roof", "shm:2", "/dev/ptp0"])
  func names(keeper: String) throws {
    let text = Self.others + Self.pulses(keeper)
    #expect(ConfigurationTests.errors(text).isEmpty)
    let configuration = try Configuration(toml: text, file: "t.toml")
    #expect(configuration.sourceLocks == [SourceLock(device: "/dev/pps0", keeper: keeper)])
  }

  @Test("one that is not there is named, and those that are")
  func missing() {
    let errors = ConfigurationTests.errors(Self.others + Self.pulses("cellar"))
    #expect(errors.count == 1)
    let text = errors.first ?? ""
    #expect(text.contains("source[3].lock = \"cellar\": no other [[source]] has that name"), "\(text)")
    #expect(text.contains("\"ntp.example.net\", \"roof\", \"shm:2\", \"/dev/ptp0\""), "\(text)")
  }

  @Test("its own, and nobody at all")
  func own() {
    let own = ConfigurationTests.errors(Self.others + Self.pulses("/dev/pps0"))
    #expect(own.count == 1 && own.first?.contains("cannot say which second") == true, "\(own)")
    let circle = ConfigurationTests.errors(
      Self.pulses("/dev/pps1")
        + Self.pulses("/dev/pps0").replacing("device = \"/dev/pps0\"", with: "device = \"/dev/pps1\""))
    #expect(circle.count == 2 && circle.allSatisfy { $0.contains("cannot say which second") }, "\(circle)")
    // By its module, whatever the provider is called here.
    let another = "[provider.roof]\nmodule = \"tompion-pps\"\n"
    let pulses = ConfigurationTests.errors(
      another + Self.pulses("/dev/pps1")
        + "[[source]]\nprovider = \"roof\"\ndevice = \"/dev/pps1\"\n" + Self.others)
    #expect(pulses.count == 1 && pulses.first?.contains("cannot say which second") == true, "\(pulses)")
    let alone = ConfigurationTests.errors(Self.pulses("x"))
    #expect(alone.contains { $0.contains("add a [[source]] that tells the time") }, "\(alone)")
  }
}
