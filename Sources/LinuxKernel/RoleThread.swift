// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// How a role's thread is to run.
package struct RoleThreadOptions: Sendable {
  /// Shown by ps and top; the kernel keeps 15 bytes.
  package var name: String
  /// Small on purpose: locked memory counts the whole stack.
  package var stackBytes = 256 * 1024
  /// SCHED_FIFO priority 1...99; nil = the normal scheduler.
  package var fifoPriority: Int?
  /// The CPU it stays on; nil = any.
  package var cpu: Int?

  package init(name: String, fifoPriority: Int? = nil, cpu: Int? = nil) {
    self.name = name
    self.fifoPriority = fifoPriority
    self.cpu = cpu
  }
}

/// A privilege that was refused: the work goes on without it, and a person is told what that costs and how to get it.
package enum RoleWarning: Sendable, Equatable, CustomStringConvertible {
  case noFIFO(thread: String, errno: Int32)
  case noAffinity(thread: String, cpu: Int, errno: Int32)
  case noMemoryLock(errno: Int32)

  package var description: String {
    switch self {
    case .noFIFO(let thread, let errno):
      "thread \(thread) runs without real-time priority (SCHED_FIFO: \(KernelError.text(of: errno))); "
        + "under load stamps taken by the process may be late. Give it CAP_SYS_NICE, or set LimitRTPRIO= in the unit"
    case .noAffinity(let thread, let cpu, let errno):
      "thread \(thread) is not kept on CPU \(cpu) (\(KernelError.text(of: errno))); choose a CPU that is online and allowed"
    case .noMemoryLock(let errno):
      "memory is not locked (mlockall: \(KernelError.text(of: errno))); page faults may delay the clock. "
        + "Give it CAP_IPC_LOCK, or set LimitMEMLOCK=infinity in the unit"
    }
  }
}

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

  /// Starts `body`. Scheduling and CPU are set before it runs; where they are refused it runs without, with a warning.
  package init(_ options: RoleThreadOptions, _ body: @escaping @Sendable () -> Void) throws(KernelError) {
    var settings = clinux_thread_options_t()
    settings.stack_bytes = UInt64(max(options.stackBytes, 64 * 1024))
    settings.fifo_priority = Int32(clamping: options.fifoPriority ?? 0)
    settings.cpu = Int32(clamping: options.cpu ?? -1)
    // 15 bytes at most and the rest zero: the array in the struct always ends with one.
    unsafe withUnsafeMutableBytes(of: &settings.name) { name in
      for (index, byte) in options.name.utf8.prefix(15).enumerated() { unsafe name[index] = byte }
    }
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
    var warnings: [RoleWarning] = []
    if settings.fifo_error != 0 { warnings.append(.noFIFO(thread: options.name, errno: settings.fifo_error)) }
    if settings.affinity_error != 0 {
      warnings.append(.noAffinity(thread: options.name, cpu: options.cpu ?? -1, errno: settings.affinity_error))
    }
    self.warnings = warnings
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
  package static func lockMemory() -> RoleWarning? {
    let result = clinux_lock_memory()
    return result < 0 ? .noMemoryLock(errno: -result) : nil
  }

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
