// SPDX-License-Identifier: Apache-2.0

/// How large an `UringLoop` is and what it may use. Numbers of entries are rounded up to powers of two.
package struct UringLoopOptions: Sendable, Equatable {
  /// Requests that can be handed over at once.
  package var submissions = 128
  /// Completions that find room; what is more waits in the kernel and is counted.
  package var completions = 1024
  /// Receive buffers, shared by all sockets of the loop; with none left, packets wait in their sockets.
  package var buffers = 128
  /// Bytes of each for a datagram.
  package var payload = 2048
  /// TX stamps that wait to be fetched.
  package var stamps = 256
  /// A kernel thread takes submissions: saves system calls, costs a core while it is awake.
  package var submissionThread = false
  /// After so many ms without work that thread sleeps.
  package var submissionThreadIdle: UInt32 = 1
  /// Take TX stamps by the ring's command where the kernel has it, and not by the error queue.
  package var stampCommand = true
  /// Register descriptors with the ring where the kernel takes them, so that requests need not look them up.
  package var registersFiles = true

  package init() {}
}

/// What an `UringLoop` had to recover from. Nothing of it is silent: the daemon tells when a number rises.
package struct UringCounters: Sendable, BitwiseCopyable, Equatable {
  /// Times a socket found no buffer: its packets waited in the socket and receiving was begun again.
  package var exhausted: UInt64 = 0
  /// Waits after which completions were still in the kernel because the queue was full.
  package var overflows: UInt64 = 0
  /// Completions that the kernel could not keep. The ring was made anew each time.
  package var dropped: UInt64 = 0
  /// Rings made anew.
  package var rebuilt: UInt64 = 0
  /// Datagrams that were in a ring that had to be made anew.
  package var discarded: UInt64 = 0
  /// Receptions that ended for another reason than a missing buffer or an error of the network, and were begun again.
  package var restarted: UInt64 = 0
  /// Sockets that the ring could not receive for, and that went back to recvmmsg(2).
  package var demoted: UInt64 = 0
  /// Buffers whose content contradicted itself.
  package var malformed: UInt64 = 0
  /// TX stamps that found no place; their packets are reported as overdue.
  package var stampsLost: UInt64 = 0
  /// Descriptors that found no place in the ring's table of files (once for a table that was refused): their requests look them up.
  package var unregistered: UInt64 = 0

  package init() {}
}
