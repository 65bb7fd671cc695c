// SPDX-License-Identifier: Apache-2.0

import CLinux

/// Ends a loop's wait from another thread (eventfd(2)). Any thread may call `wake`; several calls may become one.
package final class Waker: Sendable {
  /// To be watched for reading, and cleared then.
  package let descriptor: FileDescriptor

  package init() throws(KernelError) {
    descriptor = FileDescriptor(owning: try KernelError.check(clinux_eventfd(), "make an eventfd"))
  }

  /// An eventfd that another process made.
  package init(owning descriptor: FileDescriptor) { self.descriptor = descriptor }

  deinit {
    // The descriptor's number will be used again, and a signal must not write to a stranger.
    clinux_termination_wakes_no_more(descriptor.rawValue)
  }

  /// [any role]
  package func wake() { clinux_eventfd_signal(descriptor.rawValue) }

  /// SIGTERM and SIGINT wake this loop, too.
  package func wakesOnTermination() { clinux_termination_wakes(descriptor.rawValue) }

  package func clear() { clinux_eventfd_clear(descriptor.rawValue) }
}
