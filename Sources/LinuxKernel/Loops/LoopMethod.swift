// SPDX-License-Identifier: Apache-2.0

/// What a loop waits with, as configured.
package enum LoopMethod: String, CaseIterable, Sendable {
  /// io_uring where it is allowed and measures no worse than poll(2).
  case auto
  /// io_uring; poll(2) only where it is refused.
  case uring
  case poll
}

/// What is wished of a loop that receives.
package struct LoopWishes: Sendable {
  package var method = LoopMethod.auto
  package var capacity = 64
  package var timerCapacity = 256
  /// Spin so long before each sleep, ns; 0 = never, nil = while waits are shorter than a sleep costs.
  package var busyPoll: Int64?
  /// The same while a socket of such an interface is watched.
  package var interfaceBusyPoll: [InterfaceBusyPoll] = []
  /// A kernel thread takes the ring's submissions (SQPOLL).
  package var submissionThread = false
  package var profile = KernelProfile.full
  /// The SCHED_FIFO priority that the loop's thread will have; nil = the normal scheduler.
  package var priority: Int?

  package init() {}
}

/// The loop that was chosen, and why: one line for the log.
package struct LoopChoice {
  package let loop: EventLoop
  /// "io_uring: ..." or "poll: ..."
  package let reason: String
  /// What was wished is not what is had: an operator should know.
  package let isRefused: Bool

  package var method: LoopMethod { loop.method }
}
