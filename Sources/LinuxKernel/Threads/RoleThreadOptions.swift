// SPDX-License-Identifier: Apache-2.0

import CLinux

/// How a role's thread is to run.
package struct RoleThreadOptions: Sendable, Equatable {
  /// Shown by ps and top; the kernel keeps 15 bytes.
  package var name: String
  /// Small on purpose: locked memory counts the whole stack.
  package var stackBytes = 256 * 1024
  /// So much of the stack is touched before the body runs, so that no page fault of it comes later.
  package var prefaultBytes = 0
  /// SCHED_FIFO priority 1...99; nil = the normal scheduler.
  package var fifoPriority: Int?
  /// The CPUs it may run on, 0...1023; empty = any.
  package var cpus: [Int] = []
  /// How late the kernel may let its sleeps end where it is not SCHED_FIFO, ns (PR_SET_TIMERSLACK); nil = the system's default.
  package var timerSlack: UInt32?

  package init(name: String, fifoPriority: Int? = nil, cpus: [Int] = []) {
    self.name = name
    self.fifoPriority = fifoPriority
    self.cpus = cpus
  }

  /// As the fence takes it.
  var c: clinux_thread_options_t {
    var settings = clinux_thread_options_t()
    let stack = max(stackBytes, 64 * 1024)
    settings.stack_bytes = UInt64(stack)
    // What the thread has used before, and the guard page, are not to be reached.
    settings.prefault_bytes = UInt64(min(max(prefaultBytes, 0), stack - 32 * 1024))
    settings.fifo_priority = Int32(clamping: fifoPriority ?? 0)
    settings.timer_slack_ns = UInt64(timerSlack ?? 0)
    // 15 bytes at most and the rest zero: the array in the struct always ends with one.
    unsafe withUnsafeMutableBytes(of: &settings.name) { bytes in
      for (index, byte) in name.utf8.prefix(15).enumerated() { unsafe bytes[index] = byte }
    }
    // Each index is below the number of bits.
    unsafe withUnsafeMutableBytes(of: &settings.cpus) { bytes in
      let words = unsafe bytes.bindMemory(to: UInt64.self)
      for cpu in cpus where cpu >= 0 && cpu < Int(CLINUX_CPUS) { unsafe words[cpu / 64] |= 1 << UInt64(cpu % 64) }
    }
    return settings
  }
}
