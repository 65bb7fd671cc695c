// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// A thread of its own for a role: plain pthread, no queue and no task behind it.
package final class RoleThread {
  private let thread: clinux_thread_t
  private var joined = false
  /// What was refused at the start.
  package let warnings: [RoleWarning]

  private final class Body {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  /// Starts `body`. Scheduling, CPUs and timer slack are set before it runs; where they are refused it runs without, with a warning.
  package init(
    _ options: RoleThreadOptions, calls: RoleCalls = .kernel, _ body: @escaping @Sendable () -> Void
  ) throws(KernelError) {
    var settings = options.c
    var handle = clinux_thread_t()
    // The thread takes this reference over; on failure it is released below.
    let context = unsafe Unmanaged.passRetained(Body(body))
    let result = unsafe clinux_thread_start(
      &settings,
      { pointer in
        guard let pointer = unsafe pointer else { return }
        // Made by passRetained above, consumed exactly once.
        unsafe Unmanaged<Body>.fromOpaque(pointer).takeRetainedValue().run()
      }, context.toOpaque(), &handle)
    guard result >= 0 else {
      unsafe context.release()
      throw KernelError("start a thread", errno: -result)
    }
    thread = handle
    calls.noted(&settings)
    warnings = Self.warnings(options, settings, calls)
  }

  /// Gives the calling thread what the options say, but for a name and a stack; what was refused. [control, before others start]
  package static func adopt(_ options: RoleThreadOptions, calls: RoleCalls = .kernel) -> [RoleWarning] {
    var settings = options.c
    // Our own struct.
    unsafe clinux_thread_adopt(&settings)
    calls.noted(&settings)
    return warnings(options, settings, calls)
  }

  private static func warnings(
    _ options: RoleThreadOptions, _ settings: clinux_thread_options_t, _ calls: RoleCalls
  ) -> [RoleWarning] {
    var warnings: [RoleWarning] = []
    if settings.fifo_error != 0 {
      let grant = RoleGrant(
        errno: settings.fifo_error, hasCapability: calls.has(.sysNice), limit: calls.priorityLimit())
      warnings.append(.noFIFO(threads: [options.name], priority: options.fifoPriority ?? 0, grant: grant))
    }
    if settings.affinity_error != 0 {
      warnings.append(.noAffinity(threads: [options.name], cpus: options.cpus, errno: settings.affinity_error))
    }
    if settings.slack_error != 0 {
      warnings.append(.noTimerSlack(threads: [options.name], errno: settings.slack_error))
    }
    return warnings
  }

  /// Waits until the body returns. Once; later calls do nothing. [control]
  package func join() {
    guard !joined else { return }
    joined = true
    _ = clinux_thread_join(thread)
  }

  /// Waits until the body returns, at most so long; false = it still runs. [control]
  package func join(withinSeconds seconds: UInt32) -> Bool {
    guard !joined else { return true }
    joined = clinux_thread_join_within(thread, seconds) >= 0
    return joined
  }

  /// Locks all memory, now and later (mlockall); nil = done. [control, once]
  ///
  /// Under a limit it is not tried unless all there will ever be fits in: a mapping that fails later would end the daemon.
  package static func lockMemory(calls: RoleCalls = .kernel) -> RoleWarning? {
    let limit = calls.has(.ipcLock) ? nil : calls.lockLimit()
    if let limit, limit < leastLockLimit { return .noMemoryLock(errno: ENOMEM, limit: limit) }
    let result = calls.lockMemory()
    return result < 0 ? .noMemoryLock(errno: -result, limit: limit) : nil
  }

  /// Three times what the daemon maps (Tests/Peers/realtime.py measures it).
  package static let leastLockLimit: UInt64 = 64 << 20

  /// One heap for all threads, and nothing given back: a page that was touched once faults no more. [control, before others start]
  package static func keepHeap() { clinux_keep_heap() }

  /// The calling thread's SCHED_FIFO priority; 0 = none.
  package static var priority: Int { Int(clinux_thread_priority()) }

  /// How late the calling thread's sleeps may end, ns.
  package static var timerSlack: Int { Int(clinux_thread_slack()) }

  /// Whether the calling thread runs under SCHED_FIFO.
  package static var isFIFO: Bool { clinux_thread_policy() == SCHED_FIFO }

  /// The one CPU the calling thread is kept on; nil = several.
  package static var cpu: Int? {
    let cpu = clinux_thread_cpu()
    return cpu >= 0 ? Int(cpu) : nil
  }

  /// The calling thread's name.
  package static var name: String {
    // 16 bytes with the final zero, as the kernel keeps them.
    unsafe FixedText.read(capacity: 16) { start, _ in unsafe clinux_thread_name(start) }
  }
}
