// SPDX-License-Identifier: Apache-2.0

/// What the ring keeps of each descriptor that it watches, and how requests are told apart.
extension UringLoop {
  struct Slot: BitwiseCopyable {
    var descriptor: Int32 = -1
    var token: UInt64 = 0
    /// In the user data of each request, so that what comes late is told apart.
    var generation: UInt32 = 0
    /// The ring's table of files has it at the slot's place.
    var isRegistered = false
    /// How long its owner wants waits to spin, ns.
    var busyPoll: Int64 = 0
    /// What is polled for, as for poll(2); POLLERR and POLLHUP always come. Not POLLPRI: a ring tells what the waker said, and data
    /// that arrives says POLLPRI as well.
    var events: Int16 = 0
    /// A poll request is pending.
    var isPolling = false
    /// A socket that the ring receives for.
    var isDatagram = false
    var isReceiving = false
    var stamps = StampPath.none
    /// The stamp command is pending.
    var isStamping = false
    /// The error queue may hold more than stamps.
    var mayHaveErrors = false
    /// What `next` has still to tell.
    var ready: Int16 = 0
    /// An error that receiving brought and nobody has heard of.
    var error: Int32 = 0
    /// Failures in a row without a datagram between.
    var failures: UInt8 = 0
    /// The datagrams that wait, oldest first.
    var datagrams = UringChain()
    var transmitted = UringChain()
    /// When the socket was known to be empty, raw ns; `.min` = never yet.
    var emptyAt: Int64 = .min
  }

  enum StampPath: UInt8, BitwiseCopyable {
    case none, errorQueue, command
  }

  /// Which request a completion is of.
  enum Kind: UInt8 {
    case wake = 1
    case poll, receive, stamps, cancel
  }
}
