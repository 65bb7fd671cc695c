// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestSupport
import Testing

@testable import LinuxKernel

@Suite struct LockFileTests {
  @Test func oneHoldsItAndTheOtherHearsWho() throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("lock")
    var first = try LockFile(path)
    #expect(first != nil)
    #expect(try LockFile(path) == nil, "two hold it")
    #expect(LockFile.holder(path) == getpid())
    first = nil
    #expect(try LockFile(path) != nil, "it was not given back")
  }
}
