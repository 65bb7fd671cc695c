// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import LinuxKernel

@Suite struct PHCPathTests {
  @Test func linksLeadToTheDevice() throws {
    let root = try TemporaryDirectory()
    try root.write("dev/ptp0", "")
    try root.link("dev/ptp_kvm", to: "ptp0")
    try root.link("dev/char/248:0", to: "../ptp0")
    try root.link("dev/card", to: root.file("dev/ptp_kvm"))
    try root.link("dev/loop", to: "loop")
    try root.link("devices", to: "dev")
    let device = PHCPath.real(root.path) + "/dev/ptp0"
    // As people spell it: a link of the directory, too, and what is one name in several ways.
    let spellings = ["/dev/ptp0", "//dev///ptp0", "/dev/./ptp0", "/dev/char/../ptp0", "/devices/card"]
    for spelling in spellings { #expect(PHCPath.real(root.path + spelling) == device, "\(spelling)") }
    for name in ["ptp0", "ptp_kvm", "char/248:0", "card"] { #expect(PHCPath.real(root.file("dev/\(name)")) == device) }
    #expect(PHCPath.real(root.file("dev/loop")) == root.file("dev/loop"))
    #expect(PHCPath.real("/nonexistent/ptp0") == "/nonexistent/ptp0")
  }

  /// Any character device will do: a clock is none of this machine's.
  @Test func aDeviceHasOneNumberUnderEveryName() throws {
    let root = try TemporaryDirectory()
    try root.link("link", to: "/dev/null")
    let number = try PHCPath.number("/dev/null")
    #expect(try PHCPath.number("/dev//null") == number)
    #expect(try PHCPath.number(root.file("link")) == number)
    #expect(try PHCPath.number("/dev/zero") != number)
    try root.write("file", "")
    #expect(throws: KernelError("open the PTP hardware clock", errno: KernelError.noDevice)) {
      try PHCPath.number(root.file("file"))
    }
    #expect(throws: KernelError("open the PTP hardware clock", errno: KernelError.notFound)) {
      try PHCPath.number(root.file("none"))
    }
  }

  @Test func whoHasItOpenAndWhoMayNotBeLookedInto() throws {
    let root = try TemporaryDirectory()
    for (pid, name) in [(7, "ptp4l"), (8, "phc2sys"), (9, "cat"), (10, "ts2phc"), (11, "tompiond")] {
      try root.write("\(pid)/comm", name + "\n")
    }
    for pid in [7, 9, 11] { try root.link("\(pid)/fd/5", to: "/dev/ptp0") }
    try root.link("8/fd/0", to: "/dev/null")
    let processes = ProcessTable(root: root.path)
    let hidden = [RivalDaemon(name: "ts2phc", pid: 10)]
    #expect(
      PHCPath.look(at: "/dev/ptp0", in: processes, own: 11)
        == PHCPath.Look(holders: [RivalDaemon(name: "ptp4l", pid: 7)], hidden: hidden))
    #expect(PHCPath.look(at: "/dev/ptp1", in: processes, own: 11) == PHCPath.Look(hidden: hidden))
  }
}
