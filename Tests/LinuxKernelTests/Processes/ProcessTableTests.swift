// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import LinuxKernel

@Suite struct ProcessTableTests {
  @Test func threadsAreCountedWhateverTheNameHolds() throws {
    let root = try TemporaryDirectory()
    let rest = " S 1 7 7 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 33 0 100 200"
    try root.write("7/stat", "7 (a) b))" + rest + "\n")
    try root.write("8/stat", "8 (short) S 1\n")
    try root.write("9/stat", "no parenthesis")
    let table = ProcessTable(root: root.path)
    #expect(table.threads(of: 7) == 33)
    #expect(table.threads(of: 8) == 0 && table.threads(of: 9) == 0 && table.threads(of: 10) == 0)
    #expect(ProcessTable().threads(of: ProcessTable().ownPID) >= 1)
  }

  @Test func whoseProcessItIs() throws {
    let root = try TemporaryDirectory()
    try root.write("7/status", "Name:\tUid:\nUid:\t1000\t998\t998\t998\nGid:\t1\t1\t1\t1\n")
    try root.write("8/status", "Name:\tx\nUid:\t1000\n")
    let table = ProcessTable(root: root.path)
    #expect(table.user(7) == 998 && table.user(8) == nil && table.user(9) == nil)
  }

  @Test func capabilitiesInForceAreRead() throws {
    let root = try TemporaryDirectory()
    try root.write("7/status", "Name:\tx\nCapPrm:\t000001ffffffffff\nCapEff:\t0000000002000400\n")
    try root.write("8/status", "Name:\tx\nCapEff:\tnonsense\n")
    try root.write("9/status", "Name:\tx\n")
    let table = ProcessTable(root: root.path)
    #expect(table.holds(.sysTime, 7) == true && table.holds(.netBindService, 7) == true)
    #expect(table.holds(.netAdmin, 7) == false)
    #expect(table.holds(.sysTime, 8) == nil && table.holds(.sysTime, 9) == nil && table.holds(.sysTime, 10) == nil)
    try root.link("7/cwd", to: "/srv/time")
    #expect(table.workingDirectory(7) == "/srv/time" && table.workingDirectory(8) == nil)
    #expect(ProcessTable().holds(.sysTime, ProcessTable().ownPID) == Capability.sysTime.isEffective)
  }
}
