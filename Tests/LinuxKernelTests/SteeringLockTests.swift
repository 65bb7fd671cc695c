// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import LinuxKernel

@Suite struct SteeringLockTests {
  @Test func oneHoldsItAndTheOtherHearsWho() throws {
    let directory = try TemporaryDirectory()
    var first: SteeringLock.Outcome? = try SteeringLock.take(in: directory.path)
    guard case .taken = first else {
      Issue.record("the first could not take it")
      return
    }
    guard case .held(let pid) = try SteeringLock.take(in: directory.path) else {
      Issue.record("two hold it")
      return
    }
    #expect(pid == getpid())
    first = nil
    guard case .taken = try SteeringLock.take(in: directory.path) else {
      Issue.record("it was not given back")
      return
    }
  }
}
