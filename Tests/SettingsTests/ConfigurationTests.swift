// SPDX-License-Identifier: Apache-2.0

import Foundation
import Settings
import Testing
import TimeTypes

@Suite("Configuration")
struct ConfigurationTests {
  /// The errors of a text, as lines.
  static func errors(_ text: String) -> [String] {
    do throws(ConfigurationErrors) {
      _ = try Configuration(toml: text, file: "t.toml")
      return []
    } catch {
      return error.diagnostics.map(\.description)
    }
  }

  @Test("an empty file gives the defaults")
  func defaults() throws {
    var empty = try Configuration(toml: "", file: "t.toml")
    #expect(empty.warnings.count == 1)
    #expect(empty.origin(of: "loop") == .builtIn)
    empty.warnings = []
    empty.file = ""
    #expect(empty == Configuration())
  }

  @Test("every key of the daemon is read")
  func everything() throws {
    let text = """
      state_directory = "/s"
      loop = "single"
      profile = "full"
      user = "none"
      plugin_directory = "/p"
      [clock]
      kind = "virtual"
      steer = false
      initial_offset = -0.25
      initial_frequency_ppm = 40
      max_slew_rate_ppm = 100
      max_pos_phase_correction = "no limit"
      max_neg_phase_correction = 3600.5
      max_allowed_phase_offset = { forward = 2.0, backward = "no limit" }
      never_step_backward = true
      first_sync = "accept"
      min_sources = 3
      auth_select = "prefer"
      local_stratum = 10
      leap_seconds_file = "none"
      smoothness = 0.5
      [control]
      socket = "/c"
      [record]
      file = "/var/lib/tompion/record"
      limit = 1000000
      [log]
      level = "debug"
      """
    let read = try Configuration(toml: text, file: "t.toml")
    #expect(read.stateDirectory == "/s")
    #expect(read.loop == .single)
    #expect(read.profile == .full)
    #expect(read.user == nil)
    #expect(read.pluginDirectory == "/p")
    #expect(read.clock.kind == .virtual)
    #expect(read.clock.authSelect == .prefer && ClockConfiguration().authSelect == .mix)
    #expect(!read.clock.steer)
    #expect(read.clock.initialOffset == .milliseconds(-250))
    #expect(read.clock.initialFrequency == .partsPerMillion(40))
    #expect(read.clock.maximumSlewRate == .partsPerMillion(100))
    #expect(read.clock.smoothness == 0.5)
    #expect(read.clock.maximumPositivePhaseCorrection == nil)
    #expect(read.clock.maximumNegativePhaseCorrection == .milliseconds(3_600_500))
    #expect(read.clock.maximumAllowedPhaseOffsetForward == .seconds(2))
    #expect(read.clock.maximumAllowedPhaseOffsetBackward == nil)
    #expect(read.clock.neverStepBackward)
    #expect(read.clock.firstSync == .accept)
    #expect(read.clock.minimumSources == 3)
    #expect(read.clock.localStratum == 10)
    #expect(read.clock.leapSecondsFile == nil)
    #expect(read.controlSocket == "/c")
    #expect(read.logLevel == .debug)
    #expect(read.recordFile == "/var/lib/tompion/record" && read.recordLimit == 1_000_000)
    #expect(read.origin(of: "clock.initial_offset") == .written(line: 9, column: 18))
    #expect(read.origin(of: "clock.max_allowed_phase_offset.forward") == .written(line: 14, column: 40))
  }

  @Test("one number bounds steps both ways")
  func bothWays() throws {
    let read = try Configuration(toml: "[clock]\nmax_allowed_phase_offset = 0.5\n", file: "t.toml")
    #expect(read.clock.maximumAllowedPhaseOffsetForward == .milliseconds(500))
    #expect(read.clock.maximumAllowedPhaseOffsetBackward == .milliseconds(500))
  }

  @Test(
    "each error names place, key, value and what would be right",
    arguments: [
      (
        "[clock]\nkindd = \"virtual\"",
        "t.toml:2:1: clock.kindd = \"virtual\": there is no such key in [clock]; did you mean kind?"
      ),
      (
        "[clock]\nkind = \"sundial\"",
        "t.toml:2:8: clock.kind = \"sundial\": there is no such choice; write \"system\" or \"virtual\""
      ),
      (
        "[clock]\nauth_select = \"always\"",
        "t.toml:2:15: clock.auth_select = \"always\": there is no such choice; write \"require\", \"prefer\", \"mix\" or \"ignore\""
      ),
      (
        "[clock]\nmin_sources = \"three\"",
        "t.toml:2:15: clock.min_sources = \"three\": it is a string; write an integer from 1 to 64"
      ),
      (
        "[clock]\nlocal_stratum = 17",
        "t.toml:2:17: clock.local_stratum = 17: it is out of range; write an integer from 0 to 15"
      ),
      (
        "[clock.pi]\nproportional_exponent = 11",
        "t.toml:2:25: clock.pi.proportional_exponent = 11: it is out of range; write a number from -10 to 10"
      ),
      (
        "[clock.pi]\nproportional_const = -1",
        "t.toml:2:22: clock.pi.proportional_const = -1: it is out of range; write a number from 0 to 1000"
      ),
      ("[clock]\nsteer = 1", "t.toml:2:9: clock.steer = 1: it is an integer; write true or false"),
      (
        "[clock]\nmax_pos_phase_correction = \"unlimited\"",
        "t.toml:2:28: clock.max_pos_phase_correction = \"unlimited\": it is a string; write a number of seconds from 0.000001 to "
          + "4294967295, or \"no limit\""
      ),
      ("[clock]\nmax_slew_rate_ppm = inf", "it is out of range; write a number of parts per million from 1 to 100000"),
      ("[clock]\nmax_slew_rate_ppm = nan", "it is out of range"),
      (
        "[clock]\nsmoothness = 0.09",
        "t.toml:2:14: clock.smoothness = 0.09: it is out of range; write a number from 0.1 to 10"
      ),
      ("[clock]\nsmoothness = 10.1", "it is out of range"),
      ("[clock]\nsmoothness = \"more\"", "it is a string"),
      ("smoothness = 1", "it belongs in [clock]"),
      ("steer = true", "t.toml:1:1: steer = true: there is no such key at the top level; it belongs in [clock]"),
      ("max_slew_rate = 3", "did you mean max_slew_rate_ppm in [clock]?"),
      ("clock = 3", "t.toml:1:9: clock = 3: it is an integer; write a table: [clock]"),
      ("state_directory = \"var\"", "it depends on where the daemon is started; write an absolute path"),
      ("user = \"\"", "user = \"\": it is empty; write a user's name or \"none\""),
      (
        "[control]\nsocket = \"/\(String(repeating: "x", count: 200))\"", "an absolute path or \"none\" has at most 107"
      ),
      ("[record]\nfile = \"here\"", "it depends on where the daemon is started; write an absolute path or \"none\""),
      ("[record]\nlimit = 1000", "it is out of range; write an integer from 65536 to 1099511627776"),
      ("limit = 100000", "it belongs in [record]"),
      ("io = \"urnig\"", "did you mean \"uring\"?"),
      ("busy_poll_us = 1000001", "it is out of range; write an integer from 0 to 1000000"),
      ("busy_poll_us = 5000000000", "it is out of range; write an integer from 0 to 1000000"),
      ("sqpoll = 1", "write true or false"),
      ("[log]\nlevel = \"wraning\"", "did you mean \"warning\"?"),
      ("[logs]\nlevel = \"debug\"", "t.toml:1:2: logs = {…}: there is no such key at the top level; did you mean log?"),
      ("[clock.max_allowed_phase_offset]\nforwards = 1", "did you mean forward?"),
    ])
  func single(_ text: String, _ expected: String) {
    let errors = Self.errors(text)
    #expect(errors.count == 1, "\(errors)")
    #expect(errors.first?.contains(expected) == true, "\(errors)")
  }

  @Test("all errors are collected, in the file's order")
  func all() {
    let errors = Self.errors("loop = 1\n[log]\nlevel = 2\n[clock]\nkind = 3\nsteer = 4\n[control]\nsocket = 5\nx = 6\n")
    let lines = errors.map { $0.split(separator: ":")[1] }
    #expect(lines == ["1", "3", "5", "6", "8", "9"])
  }

  @Test("the documented configuration is right, and at the defaults")
  func documented() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let text = try String(contentsOf: root.appendingPathComponent("Docs/tompion.toml"), encoding: .utf8)
    let read = try Configuration(toml: text, file: "tompion.toml")
    #expect(read.warnings.isEmpty)
    #expect(read.providers.map(\.name) == ["ntp-client"])
    var rest = read
    rest.providers = []
    rest.provenance = [:]
    rest.file = ""
    #expect(rest == Configuration())
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    // Each table that is commented out has a line above it that says what it is.
    for (above, line) in zip(lines, lines.dropFirst()) where line.hasPrefix("# [") {
      #expect(above.hasPrefix("# ") && !above.hasPrefix("# ["), "\(line)")
    }
    // What is commented out is right, too.
    let uncommented = lines.map { line in
      let body = line.dropFirst(2)
      let isExample =
        line.hasPrefix("# ") && (body.hasPrefix("[") || body.split(separator: " ").dropFirst().first == "=")
      return isExample ? String(body) : String(line)
    }.joined(separator: "\n").replacing("kind = \"system\"", with: "kind = \"virtual\"")
    let full = try Configuration(toml: uncommented, file: "tompion.toml")
    #expect(full.clock.initialOffset == .milliseconds(250))
    #expect(full.pluginDirectory == "/usr/lib/tompion")
    #expect(full.providers.map(\.name) == ["ntp-server", "local", "manual", "rtc", "ms-sntp", "ntp-client", "gnss"])
  }
}
