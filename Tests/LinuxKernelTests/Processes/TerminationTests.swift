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
    restore()
  }

  /// As they are for whoever starts tests.
  private func restore() {
    for number in [SIGTERM, SIGINT, SIGHUP] { signal(number, SIG_DFL) }
  }

  private func send(_ number: Int32) {
    // Test threads are workers of a queue that blocks signals.
    var mask = sigset_t(), before = sigset_t()
    sigemptyset(&mask)
    sigaddset(&mask, number)
    pthread_sigmask(SIG_UNBLOCK, &mask, &before)
    raise(number)
    pthread_sigmask(SIG_SETMASK, &before, nil)
  }

  /// A daemon without a terminal goes on, and has a wish to fulfil; one in a terminal ends with it.
  @Test func aHangupIsAWishOrAnEnd() throws {
    try Termination.watch()
    let loop = try PollLoop()
    loop.waker?.wakesOnTermination()
    #expect(!Termination.takeHangup())
    send(SIGHUP)
    #expect(!Termination.requested)
    try loop.wait()
    #expect(loop.next() == .woken)
    #expect(Termination.takeHangup() && !Termination.takeHangup(), "once")
    try Termination.watch(hangupEnds: true)
    send(SIGHUP)
    #expect(Termination.requested && !Termination.takeHangup())
    Termination.reset()
    restore()
    // nohup(1) has it ignored before the daemon starts: it stays so.
    signal(SIGHUP, SIG_IGN)
    try Termination.watch()
    send(SIGHUP)
    #expect(!Termination.takeHangup() && !Termination.requested)
    Termination.reset()
    restore()
  }
}
