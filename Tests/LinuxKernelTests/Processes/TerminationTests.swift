// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import LinuxKernel

@Suite(.serialized) struct TerminationTests {
  @Test func aSignalOnlySetsTheFlagAndWakes() throws {
    try Termination.watch()
    let loop = try PollLoop()
    loop.waker?.wakesOnTermination()
    #expect(!Termination.requested)
    // Test threads are workers of a queue that blocks signals.
    var mask = sigset_t(), before = sigset_t()
    sigemptyset(&mask)
    sigaddset(&mask, SIGTERM)
    pthread_sigmask(SIG_UNBLOCK, &mask, &before)
    raise(SIGTERM)
    pthread_sigmask(SIG_SETMASK, &before, nil)
    #expect(Termination.requested)
    try loop.wait()
    #expect(loop.next() == .woken)
    Termination.reset()
    #expect(!Termination.requested)
    signal(SIGTERM, SIG_DFL)
    signal(SIGINT, SIG_DFL)
  }
}
