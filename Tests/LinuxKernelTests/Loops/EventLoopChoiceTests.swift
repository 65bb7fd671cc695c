// SPDX-License-Identifier: Apache-2.0

import CSystemCallFilter
import Glibc
import Testing
import TimeTypes

@testable import LinuxKernel

@Suite struct EventLoopChoiceTests {
  /// What is chosen in a thread to which the kernel refuses io_uring with `error`.
  private func chooseRefused(_ method: LoopMethod, error: Int32) throws -> (choice: LoopChoice, filter: Int32) {
    nonisolated(unsafe) var choice: LoopChoice?
    nonisolated(unsafe) var filter: Int32 = 0
    let thread = try RoleThread(RoleThreadOptions(name: "refused")) {
      filter = system_call_filter_refuse_uring(error)
      var wishes = LoopWishes()
      wishes.method = method
      choice = try? EventLoop.choose(wishes)
    }
    thread.join()
    return (try #require(choice), filter)
  }

  @Test(arguments: [(LoopMethod.auto, EPERM), (.uring, EPERM), (.auto, ENOSYS), (.uring, ENOSYS), (.uring, ENOMEM)])
  func whereItIsRefusedPollTakesOverAndTheReasonIsSaid(method: LoopMethod, error: Int32) throws {
    let (choice, filter) = try chooseRefused(method, error: error)
    guard filter == 0 else {
      try Test.cancel("no seccomp filter here")
    }
    #expect(choice.method == .poll)
    // Only who asked for it is warned.
    #expect(choice.isRefused == (method == .uring))
    #expect(choice.reason.hasPrefix("poll: no io_uring"), "\(choice.reason)")
    #expect(choice.reason.contains(KernelError.text(of: error)), "\(choice.reason)")
    let cause = [EPERM: "forbid", ENOSYS: "hides it", ENOMEM: "memory"][error] ?? "?"
    #expect(choice.reason.contains(cause), "\(choice.reason)")
    // And it works.
    let pair = try Loopback(.ipv4, LoopKind.full)
    try choice.loop.add(pair.server, token: 1)
    #expect(pair.buffer.fill(0, with: [1]))
    #expect(pair.client.send(pair.buffer, count: 1) == 1)
    try choice.loop.wait(until: RawClock.now() + .milliseconds(500))
    #expect(choice.loop.next() == .readable(token: 1))
  }

  @Test func pollIsTakenWhereItIsWished() throws {
    var wishes = LoopWishes()
    wishes.method = .poll
    let choice = try EventLoop.choose(wishes)
    #expect(choice.method == .poll && !choice.isRefused && choice.loop.waker != nil)
  }

  @Test func theMinimalProfileHasPollAlone() throws {
    for method in LoopMethod.allCases {
      var wishes = LoopWishes()
      wishes.method = method
      wishes.profile = .minimal
      let choice = try EventLoop.choose(wishes)
      #expect(choice.method == .poll && choice.loop.waker == nil && choice.loop.profile == .minimal)
    }
  }

  @Test(.enabled(if: LoopKind.available.contains(.uring), "this kernel refuses io_uring"))
  func theRingIsTakenWhereItIsWished() throws {
    var wishes = LoopWishes()
    wishes.method = .uring
    wishes.busyPoll = 1000
    let choice = try EventLoop.choose(wishes)
    #expect(choice.method == .uring && !choice.isRefused && choice.reason.hasPrefix("io_uring: "))
    #expect(choice.loop.busyPoll == 1000)
  }

  /// Which one wins is the machine's to say; that the line names both figures is ours.
  @Test(.enabled(if: LoopKind.available.contains(.uring), "this kernel refuses io_uring"))
  func theTrialSaysWhatItMeasured() throws {
    let choice = try EventLoop.choose(LoopWishes())
    #expect(choice.reason.hasPrefix(choice.method == .uring ? "io_uring: " : "poll: "))
    #expect(choice.reason.contains("µs against poll's") || choice.reason.contains("could not be measured"))
    print("chosen here: \(choice.reason)")
  }

  @Test(.enabled(if: LoopKind.available.contains(.uring), "this kernel refuses io_uring"))
  func whatRecoveredIsToldInWords() {
    var before = UringCounters()
    before.exhausted = 3
    var after = before
    #expect(after.rise(since: before).isEmpty)
    after.exhausted = 5
    after.stampsLost = 1
    #expect(
      after.rise(since: before)
        == "2 waits for a free receive buffer (packets waited in their sockets), "
        + "1 TX stamps without room (their packets get none)")
  }
}
