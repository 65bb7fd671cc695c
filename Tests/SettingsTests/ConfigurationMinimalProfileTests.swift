// SPDX-License-Identifier: Apache-2.0

import Settings
import Testing

@Suite("What the minimal profile has no system calls for")
struct ConfigurationMinimalProfileTests {
  private static let head = "profile = \"minimal\"\n"

  private func errors(_ text: String) -> [String] { ConfigurationTests.errors(text) }

  @Test("it implies its loop and has no control socket")
  func implied() throws {
    let read = try Configuration(toml: Self.head + "[[source]]\naddress = \"192.0.2.1\"\n", file: "t.toml")
    #expect(read.loop == .single)
    #expect(read.controlSocket == nil)
  }

  @Test("each wrong key is named where it stands")
  func keys() {
    let text = """
      profile = "minimal"
      loop = "threads"
      io = "uring"
      busy_poll_us = 10
      sqpoll = true
      [control]
      socket = "/run/x"
      [provider.ntp-client]
      placement = "process"
      [[source]]
      address = "ntp.example.net"
      [[source]]
      address = "2001:db8::1"
      """
    let errors = errors(text)
    #expect(errors.map { $0.split(separator: ":")[1] } == ["2", "3", "4", "5", "7", "9", "11"], "\(errors)")
    #expect(errors.last?.contains("cannot resolve names") == true)
  }

  @Test(
    "providers and files of the kernel's are for the full profile",
    arguments: [
      ("[provider.local]\n", "clock.local_stratum"), ("[provider.manual]\n", "no control socket"),
      ("[[source]]\nprovider = \"gnss\"\nsock = \"/run/s\"\nfeed_shm = 4\n", "no shared memory"),
      ("[[source]]\nprovider = \"pps\"\ndevice = \"/dev/pps0\"\n", "opens no device"),
      ("[[source]]\nprovider = \"phc\"\ndevice = \"/dev/ptp0\"\n", "opens no device"),
      ("[provider.rtc]\n", "nothing but its own files"),
      (
        "[provider.battery]\nmodule = \"/usr/lib/tompion/libtompion-rtc.so\"\nplacement = \"in-process\"\n",
        "nothing but its own files"
      ),
      ("[clock.temperature]\nsensor = \"/sys/t\"\ntable = \"/etc/t\"\n", "reads no sensor"),
      ("[clock.rtc]\ntrim = true\n", "clock.rtc.trim: profile \"minimal\" opens no device"),
    ])
  func ofTheFullProfile(text: String, says: String) {
    let found = errors(Self.head + text)
    #expect(found.count == 1, "\(found)")
    #expect(found.first?.contains("profile \"minimal\"") == true && found.first?.contains("profile = \"full\"") == true)
    #expect(found.first?.contains(says) == true, "\(found)")
    #expect(["2", "3"].contains(found.first?.split(separator: ":")[1]), "\(found)")
    #expect(errors(text).isEmpty)
  }

  @Test("a provider that is off needs nothing", arguments: ["gnss", "pps", "phc", "rtc", "manual", "local"])
  func off(name: String) {
    #expect(errors(Self.head + "[provider.\(name)]\nenabled = false\n").isEmpty)
  }

  @Test(
    "what would change nothing is borne",
    arguments: [
      "loop = \"single\"\nio = \"poll\"\nbusy_poll_us = 0\nsqpoll = false\n", "[control]\nsocket = \"none\"\n",
      "[[interface]]\nname = \"a\"\nhardware_timestamps = \"off\"\nbusy_poll_us = 0\n",
      "[provider.ntp-client]\nplacement = \"in-process\"\n", "[clock.rtc]\ntrim = false\n",
    ])
  func harmless(text: String) {
    let found = errors(Self.head + text)
    #expect(found.isEmpty, "\(found)")
  }

  @Test("interfaces have the kernel's stamps, and poll(2) alone")
  func interfaces() {
    let table = "[[interface]]\nname = \"a\"\n"
    let stamps = errors(Self.head + table)
    #expect(stamps.count == 1 && stamps[0].contains("profile \"minimal\" has the kernel's stamps only"), "\(stamps)")
    let busy = errors(Self.head + table + "hardware_timestamps = \"off\"\nbusy_poll_us = 5\n")
    #expect(busy.count == 1 && busy[0].contains("profile \"minimal\" only sleeps in poll(2)"), "\(busy)")
  }

  @Test("its one thread is left as it is")
  func threads() {
    let found = errors(Self.head + "[realtime.capture]\npriority = 1")
    #expect(found.count == 1 && found[0].contains("realtime.capture") && found[0].contains("leave it out"), "\(found)")
  }
}
