// SPDX-License-Identifier: Apache-2.0

import CLinux

/// A process whose memory holds keys.
package enum PrivateMemory {
  /// No core dump has it, and nobody of the same user reads or traces it (prctl(2), PR_SET_DUMPABLE; setrlimit(2), RLIMIT_CORE). For the
  /// process and all that it starts; there is no way back. A refusal changes nothing else. [control]
  package static func keep() throws(KernelError) {
    _ = try KernelError.check(clinux_process_no_core(), "forbid core dumps")
    _ = try KernelError.check(clinux_sandbox_hide(), "keep the process from being read by others")
  }
}
