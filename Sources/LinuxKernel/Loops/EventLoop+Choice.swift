// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import TimeTypes

extension EventLoop {
  /// Makes the loop that the wishes, the kernel and a short trial on loopback call for. The minimal profile has poll(2) and tries
  /// nothing. Takes some 20 ms for `auto`. [control, at start]
  /// - Throws: only if not even poll(2) can be had.
  package static func choose(_ wishes: LoopWishes) throws(KernelError) -> LoopChoice {
    if wishes.profile == .minimal {
      return LoopChoice(
        loop: try makePoll(wishes), reason: "poll: the minimal profile has nothing else", isRefused: false)
    }
    guard wishes.method != .poll else {
      return LoopChoice(loop: try makePoll(wishes), reason: "poll: io = \"poll\"", isRefused: false)
    }
    let ring: UringLoop
    do throws(KernelError) {
      try LoopTrial.prove(wishes)
      ring = try makeUring(wishes)
    } catch {
      return LoopChoice(
        loop: try makePoll(wishes), reason: "poll: \(refusal(error))", isRefused: wishes.method == .uring)
    }
    let features = describe(ring)
    guard wishes.method == .auto else {
      return LoopChoice(loop: .uring(ring), reason: "io_uring: io = \"uring\"\(features)", isRefused: false)
    }
    guard let trial = LoopTrial.compare(wishes) else {
      return LoopChoice(
        loop: .uring(ring), reason: "io_uring: it works here, and a trial could not be measured\(features)",
        isRefused: false)
    }
    let measured =
      "from send to receipt \(microseconds(trial.uring)) µs against poll's \(microseconds(trial.poll)) µs on loopback "
      + "(medians; slower in \(trial.lost) of \(LoopTrial.rounds) rounds)"
    guard trial.lost < LoopTrial.tooMany else {
      return LoopChoice(loop: try makePoll(wishes), reason: "poll: io_uring took \(measured)", isRefused: false)
    }
    return LoopChoice(loop: .uring(ring), reason: "io_uring: \(measured)\(features)", isRefused: false)
  }

  private static func makePoll(_ wishes: LoopWishes) throws(KernelError) -> EventLoop {
    let loop = try PollLoop(capacity: wishes.capacity, timerCapacity: wishes.timerCapacity, profile: wishes.profile)
    loop.busyPoll = wishes.busyPoll
    loop.interfaceBusyPoll = wishes.interfaceBusyPoll
    return .poll(loop)
  }

  private static func makeUring(_ wishes: LoopWishes) throws(KernelError) -> UringLoop {
    var options = UringLoopOptions()
    options.submissionThread = wishes.submissionThread
    let loop = try UringLoop(capacity: wishes.capacity, timerCapacity: wishes.timerCapacity, options: options)
    loop.busyPoll = wishes.busyPoll
    loop.interfaceBusyPoll = wishes.interfaceBusyPoll
    return loop
  }

  /// With one decimal.
  private static func microseconds(_ nanoseconds: Int64) -> String {
    "\(nanoseconds / 1000).\(abs(nanoseconds / 100 % 10))"
  }

  private static func describe(_ loop: UringLoop) -> String {
    var features: [String] = []
    for (flag, name) in [
      (CLINUX_URING_DEFER, "deferred completions"), (CLINUX_URING_COOPERATIVE, "cooperative completions"),
      (CLINUX_URING_SQPOLL, "a submission thread"), (CLINUX_URING_FILES, "registered files"),
    ] where loop.flags & flag != 0 {
      features.append(name)
    }
    if loop.filesRefusal != 0 { features.append("no registered files (\(KernelError.text(of: loop.filesRefusal)))") }
    return features.isEmpty ? "" : "; \(features.joined(separator: ", "))"
  }

  /// What a refusal means to a person, and what would lift it.
  static func refusal(_ error: KernelError) -> String {
    let reason =
      switch error.errno {
      case ENOSYS: "this kernel has no io_uring, or a seccomp filter (of a container) hides it"
      case EPERM, EACCES: forbidden
      case EINVAL, EOPNOTSUPP: "this kernel's io_uring is too old; 6.0 is needed"
      case ENOMEM: "no memory for an io_uring; raise LimitMEMLOCK="
      default: error.description
      }
    return "no io_uring (\(KernelError.text(of: error.errno))): \(reason)"
  }

  private static var forbidden: String {
    let setting = try? SmallFile.readPseudo("/proc/sys/kernel/io_uring_disabled", limit: 16)
    return switch setting?.first.map({ UInt8($0) &- UInt8(ascii: "0") }) {
    case 2: "kernel.io_uring_disabled = 2 forbids it to all"
    case 1: "kernel.io_uring_disabled = 1 forbids it to who is not in kernel.io_uring_group"
    default: "a seccomp filter (of a container or the unit) forbids it"
    }
  }
}
