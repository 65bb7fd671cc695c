// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A privilege that was refused: the work goes on without it, and a person is told what that costs and how to get it.
package enum RoleWarning: Sendable, Equatable, CustomStringConvertible {
  case noFIFO(threads: [String], priority: Int, grant: RoleGrant)
  case noAffinity(threads: [String], cpus: [Int], errno: Int32)
  case noTimerSlack(threads: [String], errno: Int32)
  /// `limit`: bytes that may be locked, nil = as many as one wants.
  case noMemoryLock(errno: Int32, limit: UInt64?)

  package var description: String {
    switch self {
    case .noFIFO(let threads, let priority, let grant):
      "no real-time priority for \(Self.listed(threads)) (SCHED_FIFO \(priority): \(KernelError.text(of: grant.errno))); "
        + "under load stamps taken by the process may be late. " + grant.fix(priority: priority)
    case .noAffinity(let threads, let cpus, let errno):
      "\(Self.listed(threads)) not kept on CPU \(cpus.map(String.init).joined(separator: ", ")) "
        + "(\(KernelError.text(of: errno))); "
        + (errno == EPERM
          ? "let the seccomp filter (of a container or the unit) pass sched_setaffinity(2), or leave `cpu` out"
          : "choose among those that are online and allowed here, \(Processors.allowedText), or leave `cpu` out")
    case .noTimerSlack(let threads, let errno):
      "no timer slack of its own for \(Self.listed(threads)) (\(KernelError.text(of: errno))); timers may be 50 µs late. "
        + "Let the seccomp filter (of a container or the unit) pass prctl(PR_SET_TIMERSLACK), or leave `timer_slack_ns` out"
    case .noMemoryLock(let errno, let limit):
      "memory is not locked (mlockall: \(KernelError.text(of: errno))"
        + (limit.map { ", the limit is \($0 >> 10) KiB" } ?? "") + "); page faults may delay the clock. "
        + "Give it CAP_IPC_LOCK, or LimitMEMLOCK=infinity in the unit, or write lock_memory = false"
    }
  }

  /// "thread capture", "threads capture and discipline".
  private static func listed(_ threads: [String]) -> String {
    guard let last = threads.last, threads.count > 1 else { return "thread \(threads.first ?? "")" }
    return "threads \(threads.dropLast().joined(separator: ", ")) and \(last)"
  }

  /// One for each privilege: what was refused to several threads for the same reason is said once.
  package static func merged(_ warnings: [RoleWarning]) -> [RoleWarning] {
    var merged: [RoleWarning] = []
    for warning in warnings {
      guard let index = merged.firstIndex(where: { $0.joining(warning) != nil }),
        let joined = merged[index].joining(warning)
      else {
        merged.append(warning)
        continue
      }
      merged[index] = joined
    }
    return merged
  }

  /// Both as one; nil = they are different things.
  private func joining(_ other: RoleWarning) -> RoleWarning? {
    switch (self, other) {
    case (.noFIFO(let a, let first, let grant), .noFIFO(let b, let second, let same)) where grant == same:
      .noFIFO(threads: a + b, priority: max(first, second), grant: grant)
    case (.noAffinity(let a, let cpus, let errno), .noAffinity(let b, let others, let other))
    where cpus == others && errno == other:
      .noAffinity(threads: a + b, cpus: cpus, errno: errno)
    case (.noTimerSlack(let a, let errno), .noTimerSlack(let b, let other)) where errno == other:
      .noTimerSlack(threads: a + b, errno: errno)
    default: nil
    }
  }
}

/// Why SCHED_FIFO was refused: what the kernel said, and what the process has.
package struct RoleGrant: Sendable, Equatable {
  package var errno: Int32
  package var hasCapability: Bool
  /// RLIMIT_RTPRIO; nil = none.
  package var limit: UInt64?

  package init(errno: Int32, hasCapability: Bool, limit: UInt64?) {
    self.errno = errno
    self.hasCapability = hasCapability
    self.limit = limit
  }

  func fix(priority: Int) -> String {
    if hasCapability {
      return
        "It has CAP_SYS_NICE: a seccomp filter (RestrictRealtime= of the unit, a container's) or a control group without "
        + "cpu.rt_runtime_us forbids it; lift that, or write real_time_priority = 0"
    }
    if let limit, limit > 0, limit < UInt64(max(priority, 0)) {
      return "Its limit is \(limit): write real_time_priority = \(limit), or set LimitRTPRIO=\(priority) in the unit, "
        + "or give it CAP_SYS_NICE"
    }
    return "Give it CAP_SYS_NICE, or set LimitRTPRIO=\(priority) in the unit, or write real_time_priority = 0"
  }
}
