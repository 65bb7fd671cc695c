// SPDX-License-Identifier: Apache-2.0

import Settings
import Testing

@Suite("Roles' threads in the configuration")
struct RealTimeConfigurationTests {
  private func errors(_ text: String) -> [String] { ConfigurationTests.errors(text) }

  @Test("each role's keys are read, over the common priority")
  func read() throws {
    let text = """
      real_time_priority = 40
      [realtime.capture]
      cpu = 1
      timer_slack_ns = 500
      [realtime.discipline]
      priority = 60
      cpu = [2, 3]
      [realtime.control]
      priority = 1
      [realtime.server]
      priority = 0
      cpu = [0]
      """
    let roles = try Configuration(toml: text, file: "t.toml").realTime
    #expect(roles.capture.priority == 40 && roles.capture.cpus == [1] && roles.capture.timerSlack == 500)
    #expect(roles.discipline.priority == 60 && roles.discipline.cpus == [2, 3])
    #expect(roles.control.priority == 1 && roles.control.cpus.isEmpty)
    #expect(roles.server.priority == 0 && roles.server.cpus == [0])
    let none = try Configuration(toml: "real_time_priority = 0", file: "t.toml").realTime
    #expect(none.capture.priority == 0 && none.discipline.priority == 0)
  }

  @Test(
    "what cannot be is refused with its place and what would be right",
    arguments: [
      (
        "[realtime.capture]\npriority = 1000",
        "t.toml:2:12: realtime.capture.priority = 1000: it is out of range; write an integer from 0 to 99"
      ),
      (
        "[realtime.server]\ncpu = \"one\"",
        "t.toml:2:7: realtime.server.cpu = \"one\": it is a string; write a CPU's number from 0 to 1023, or an array of them: [2, 3]"
      ),
      (
        "[realtime.server]\ncpu = [1, -1]",
        "t.toml:2:11: realtime.server.cpu = -1: it is out of range; write a CPU's number from 0 to 1023, or an array of them: [2, 3]"
      ),
      (
        "[realtime.capture]\ncpu = [1, 1]",
        "t.toml:2:11: realtime.capture.cpu = 1: it is there twice; remove one of the two"
      ),
      (
        "[realtime.capture]\ncpu = []",
        "t.toml:2:7: realtime.capture.cpu = []: no CPU is left to run on; write a CPU's number from 0 to 1023, or an array of them: "
          + "[2, 3], or leave it out for any"
      ),
      (
        "[realtime.captur]\npriority = 1",
        "t.toml:1:11: realtime.captur = {…}: there is no such key in [realtime]; did you mean capture?"
      ),
      (
        "[realtime]\npriority = 1",
        "t.toml:2:1: realtime.priority = 1: there is no such key in [realtime]; it belongs in [realtime.ROLE]"
      ),
      (
        "[realtime.control]\ncpus = 1",
        "t.toml:2:1: realtime.control.cpus = 1: there is no such key in [realtime.control]; did you mean cpu?"
      ),
      (
        "[realtime.capture]\ntimer_slack_ns = -1",
        "t.toml:2:18: realtime.capture.timer_slack_ns = -1: it is out of range; write an integer from 0 to 1000000000"
      ),
    ])
  func refused(text: String, complaint: String) { #expect(errors(text) == [complaint]) }

  @Test("a CPU that the machine does not have is refused where the machine is known")
  func missing() throws {
    let read = try Configuration(
      toml: "[realtime.capture]\ncpu = 99\n[realtime.server]\ncpu = [0, 2]", file: "t.toml")
    #expect(
      read.missingProcessors(of: 2).map(\.description) == [
        "t.toml:2:7: realtime.capture.cpu = 99: this machine has 2 CPUs; write a number from 0 to 1",
        "t.toml:4:7: realtime.server.cpu = 2: this machine has 2 CPUs; write a number from 0 to 1",
      ])
    #expect(read.missingProcessors(of: 100).isEmpty)
    #expect(
      try Configuration(toml: "[realtime.control]\ncpu = 1", file: "t.toml").missingProcessors(of: 1).first?.advice
        == "write 0, or leave it out")
  }

  @Test("a single thread runs as capture does")
  func single() throws {
    let text = "loop = \"single\"\n[realtime.discipline]\npriority = 3\n[realtime.server]\npriority = 2"
    let warnings = try Configuration(toml: text, file: "t.toml").warnings.map(\.description)
    #expect(warnings.filter { $0.contains("realtime") }.count == 1, "\(warnings)")
    #expect(warnings.contains { $0.contains("realtime.discipline") && $0.contains("realtime.capture says") })
  }
}
