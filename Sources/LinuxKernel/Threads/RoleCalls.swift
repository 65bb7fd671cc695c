// SPDX-License-Identifier: Apache-2.0

package import CLinux

/// What giving a role its thread learns from the kernel; tests put one that refuses in its place.
package struct RoleCalls: Sendable {
  /// What was refused is in the options by now.
  package var noted: @Sendable (inout clinux_thread_options_t) -> Void
  /// mlockall(2): 0, or -errno.
  package var lockMemory: @Sendable () -> Int32
  /// Bytes that may be locked without CAP_IPC_LOCK, as far as it could be raised; nil = no limit.
  package var lockLimit: @Sendable () -> UInt64?
  /// RLIMIT_RTPRIO.
  package var priorityLimit: @Sendable () -> UInt64?
  package var has: @Sendable (Capability) -> Bool

  package static let kernel = RoleCalls(
    noted: { _ in }, lockMemory: { clinux_lock_memory() }, lockLimit: { limit(clinux_memory_lock_limit()) },
    priorityLimit: { limit(clinux_priority_limit()) }, has: { $0.isEffective })

  private static func limit(_ value: UInt64) -> UInt64? { value == .max ? nil : value }
}
