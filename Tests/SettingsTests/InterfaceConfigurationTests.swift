// SPDX-License-Identifier: Apache-2.0

import Settings
import Testing

@Suite("[[interface]]")
struct InterfaceConfigurationTests {
  private static func errors(_ text: String) -> [String] {
    do throws(ConfigurationErrors) {
      _ = try Configuration(toml: text, file: "f.toml")
      return []
    } catch {
      return error.diagnostics.map(\.description)
    }
  }

  @Test("every key, and the defaults")
  func keys() throws {
    let text = """
      [[interface]]
      name = "eth0"
      hardware_timestamps = "required"
      rx_filter = "ptp"
      rx_latency_ns = 250
      tx_latency_ns = -40
      busy_poll_us = 50
      [[interface]]
      name = "*"
      """
    let read = try Configuration(toml: text, file: "f.toml").interfaces
    #expect(read.map(\.name) == ["eth0", "*"])
    #expect(read[0].hardwareStamps == .required && read[0].receiveFilter == .ptp)
    #expect(read[0].receiveLatency == 250 && read[0].transmitLatency == -40 && read[0].line == 1)
    #expect(read[0].busyPoll == 50 && read[1].busyPoll == nil)
    #expect(read[1].hardwareStamps == .auto && read[1].receiveFilter == .auto)
    #expect(read[1].receiveLatency == 0 && read[1].transmitLatency == 0)
    #expect(try Configuration(toml: "", file: "f.toml").interfaces.isEmpty)
  }

  @Test(
    "what is wrong is said",
    arguments: [
      ("[[interface]]\nrx_filter = \"all\"\n", "interface[0].name: it is missing"),
      ("[[interface]]\nname = \"a\"\n[[interface]]\nname = \"a\"\n", "another [[interface]] has that name"),
      ("[[interface]]\nname = \"a\"\nhardware_timestamps = \"on\"\n", "there is no such choice"),
      ("[[interface]]\nname = \"a\"\nrx_latency_ns = 1000001\n", "it is out of range"),
      ("[[interface]]\nname = \"a\"\nbusy_poll_us = 1000001\n", "write an integer from 0 to 1000000"),
      ("[[interface]]\nname = \"a\"\nrx_latency = 5\n", "did you mean rx_latency_ns?"),
      ("[[interface]]\nname = \"an-interface-of-16\"\n", "has at most 15"),
      (
        "[[interface]]\nname = \"/\"\n",
        "2:8: interface[0].name = \"/\": no network interface's name has \"/\" in it; write the"
      ),
      ("[[interface]]\nname = \"eth%d\"\n", "no network interface's name has \"%\" in it"),
      ("[interface]\nname = \"a\"\n", "write a table for each interface: [[interface]]"),
      ("rx_filter = \"all\"\n", "it belongs in [[interface]]"),
    ])
  func wrong(text: String, problem: String) {
    let errors = Self.errors(text)
    #expect(errors.contains { $0.contains(problem) }, "\(errors)")
  }
}
