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
}
