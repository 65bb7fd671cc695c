// SPDX-License-Identifier: Apache-2.0

import CLinux

/// Whether the calling thread is a `ReceiveWorker`'s: a word of the thread's own, read without a call into the kernel. [any]
enum WorkerThread {
  static var isCurrent: Bool { clinux_thread_is_worker() != 0 }

  /// Marks the calling thread, for as long as it lives.
  static func begin() { clinux_thread_mark_worker() }
}
