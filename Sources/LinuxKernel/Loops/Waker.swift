// SPDX-License-Identifier: Apache-2.0

import CLinux

/// Ends a loop's wait from another thread (eventfd(2)). Any thread may call `wake`; several calls may become one.
package final class Waker: Sendable {
  let descriptor: Int32

  package init() throws(KernelError) {
    descriptor = try KernelError.check(clinux_eventfd(), "make an eventfd")
  }

  deinit {
    // The descriptor's number will be used again, and a signal must not write to a stranger.
    clinux_termination_wakes_no_more(descriptor)
    _ = clinux_close(descriptor)
  }

  /// [any role]
  package func wake() { clinux_eventfd_signal(descriptor) }

  /// SIGTERM and SIGINT wake this loop, too.
  package func wakesOnTermination() { clinux_termination_wakes(descriptor) }

  func clear() { clinux_eventfd_clear(descriptor) }
}
