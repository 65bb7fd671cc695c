// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import LinuxKernel

@Suite struct RivalDaemonsTests {
  func process(_ root: TemporaryDirectory, _ pid: Int, comm: String, exe: String?) throws {
    try root.write("\(pid)/comm", comm + "\n")
    if let exe { try root.link("\(pid)/exe", to: exe) }
  }

  @Test func eachIsNamedWithItsPID() throws {
    let root = try TemporaryDirectory()
    try process(root, 1, comm: "systemd", exe: "/usr/lib/systemd/systemd")
    try process(root, 812, comm: "chronyd", exe: "/usr/sbin/chronyd")
    // A name longer than the kernel keeps, whose file we may not look at.
    try process(root, 90, comm: "systemd-timesyn", exe: nil)
    try process(root, 77, comm: "ntpd", exe: "/usr/sbin/ntpd (deleted)")
    try process(root, 500, comm: "tompiond", exe: "/usr/bin/tompiond")
    try process(root, 501, comm: "tompiond", exe: "/usr/bin/tompiond")
    // A thread that gave itself another name.
    try process(root, 502, comm: "discipline", exe: "/usr/sbin/ptp4l")
    // Named like a daemon, but an editor.
    try process(root, 503, comm: "chronyd", exe: "/usr/bin/vim")
    try process(root, 504, comm: "ntpdate-like", exe: "/usr/bin/ntpdate-like")
    try root.write("self/comm", "chronyd\n")
    let found = RivalDaemons.running(in: ProcessTable(root: root.path), except: 500)
    #expect(
      found == [
        RivalDaemon(name: "ntpd", pid: 77), RivalDaemon(name: "systemd-timesyncd", pid: 90),
        RivalDaemon(name: "tompiond", pid: 501), RivalDaemon(name: "ptp4l", pid: 502),
        RivalDaemon(name: "chronyd", pid: 812),
      ])
    let text = try #require(RivalDaemons.refusal(found))
    for rival in found { #expect(text.contains("\(rival.name) (pid \(rival.pid))")) }
    #expect(text.contains("clock.steer = false"))
    #expect(RivalDaemons.refusal([]) == nil)
  }

  @Test func theRealTableHoldsThisProcess() {
    let table = ProcessTable()
    #expect(table.pids().contains(table.ownPID))
    #expect(table.name(table.ownPID) != nil)
    #expect(!table.arguments(table.ownPID).isEmpty)
    #expect(table.executable(table.ownPID)?.hasPrefix("/") == true)
  }

  @Test func anEmptyTableHasNobody() {
    #expect(RivalDaemons.running(in: ProcessTable(root: "/nonexistent")).isEmpty)
  }
}
