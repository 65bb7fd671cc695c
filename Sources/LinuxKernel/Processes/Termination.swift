// SPDX-License-Identifier: Apache-2.0

import CLinux

/// SIGTERM, SIGINT and SIGHUP (unless that is ignored: nohup), by handler and flags; SIGPIPE is ignored. Works in both profiles.
package enum Termination {
  /// Installs the handlers. A process that did not end `graceSeconds` after such a signal, because something in it hangs, is ended
  /// by the kernel (alarm(2)); 0: it may take for ever. `hangupEnds`: SIGHUP is such a signal, too, for it means that the terminal has gone;
  /// else it is a wish (`takeHangup`). [control, at start]
  package static func watch(graceSeconds: UInt32 = 0, hangupEnds: Bool = false) throws(KernelError) {
    _ = try KernelError.check(clinux_watch_termination(graceSeconds, hangupEnds ? 1 : 0), "install signal handlers")
  }

  /// Whether SIGHUP came since this was asked last. [control]
  package static func takeHangup() -> Bool { clinux_take_hangup() != 0 }

  /// Whether the process was asked to end. [any role]
  package static var requested: Bool { clinux_termination_requested() != 0 }

  /// Asks this process to end, as SIGTERM would. [any role]
  package static func request() { clinux_request_termination() }

  /// Forgets the request, and whom to wake.
  package static func reset() { clinux_forget_termination() }
}
