// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

/// The loop that a role waits with: io_uring, or poll(2) where that is refused, wanted or measures better. Both tell the same
/// events in the same order. Concrete classes and no existential, so that the hot path is called directly.
package enum EventLoop {
  case poll(PollLoop)
  case uring(UringLoop)

  package var method: LoopMethod {
    switch self {
    case .poll: .poll
    case .uring: .uring
    }
  }

  package var profile: KernelProfile {
    switch self {
    case .poll(let loop): loop.profile
    case .uring(let loop): loop.profile
    }
  }

  /// Wakes the loop from other threads; nil in the minimal profile.
  package var waker: Waker? {
    switch self {
    case .poll(let loop): loop.waker
    case .uring(let loop): loop.waker
    }
  }

  /// Arms a timer; one already armed with that token is moved. False: there is no room.
  package func arm(_ token: UInt64, at deadline: RawInstant) -> Bool {
    switch self {
    case .poll(let loop): loop.timers.arm(token, at: deadline)
    case .uring(let loop): loop.timers.arm(token, at: deadline)
    }
  }

  /// Forgets a timer; unknown tokens are fine.
  package func disarm(_ token: UInt64) {
    switch self {
    case .poll(let loop): loop.timers.disarm(token)
    case .uring(let loop): loop.timers.disarm(token)
    }
  }

  /// Forgets every timer whose token has these bits under the mask.
  package func disarm(matching bits: UInt64, mask: UInt64) {
    switch self {
    case .poll(let loop): loop.timers.disarm(matching: bits, mask: mask)
    case .uring(let loop): loop.timers.disarm(matching: bits, mask: mask)
    }
  }

  /// How long a wait spins before it sleeps, ns; 0 = not at all, nil = as short as its waits are.
  package var busyPoll: Int64? {
    get {
      switch self {
      case .poll(let loop): loop.busyPoll
      case .uring(let loop): loop.busyPoll
      }
    }
    nonmutating set {
      switch self {
      case .poll(let loop): loop.busyPoll = newValue
      case .uring(let loop): loop.busyPoll = newValue
      }
    }
  }

  /// What the sockets of each interface are to ask for, as it was wished.
  package var interfaceBusyPoll: [InterfaceBusyPoll] {
    get {
      switch self {
      case .poll(let loop): loop.interfaceBusyPoll
      case .uring(let loop): loop.interfaceBusyPoll
      }
    }
    nonmutating set {
      switch self {
      case .poll(let loop): loop.interfaceBusyPoll = newValue
      case .uring(let loop): loop.interfaceBusyPoll = newValue
      }
    }
  }

  package var count: Int {
    switch self {
    case .poll(let loop): loop.count
    case .uring(let loop): loop.count
    }
  }

  /// What the ring had to recover from, for any thread; nil = there is no ring.
  package var uringReport: UringReport? {
    guard case .uring(let loop) = self else { return nil }
    return loop.report
  }

  /// Watches a descriptor. ENOSPC: the loop is full; EEXIST: it is watched already.
  package func add(_ descriptor: Int32, token: UInt64, interest: PollLoop.Interest = .read) throws(KernelError) {
    switch self {
    case .poll(let loop): try loop.add(descriptor, token: token, interest: interest)
    case .uring(let loop): try loop.add(descriptor, token: token, interest: interest)
    }
  }

  /// Watches a socket; a ring receives for it from now on, unless much may come `inBatches`: those are cheaper by recvmmsg(2), and the
  /// ring only wakes.
  package func add(_ socket: UDPSocket, token: UInt64, inBatches: Bool = false) throws(KernelError) {
    switch self {
    case .poll(let loop): try loop.add(socket, token: token)
    case .uring(let loop):
      if inBatches {
        try loop.addReadiness(socket, token: token)
      } else {
        try loop.add(socket, token: token)
      }
    }
  }

  /// Changes what a descriptor is watched for. Unknown ones are ignored.
  package func modify(_ descriptor: Int32, interest: PollLoop.Interest) {
    switch self {
    case .poll(let loop): loop.modify(descriptor, interest: interest)
    case .uring(let loop): loop.modify(descriptor, interest: interest)
    }
  }

  /// Stops watching; call before closing. Unknown ones are ignored.
  package func remove(_ descriptor: Int32) {
    switch self {
    case .poll(let loop): loop.remove(descriptor)
    case .uring(let loop): loop.remove(descriptor)
    }
  }

  package func remove(_ socket: UDPSocket) {
    switch self {
    case .poll(let loop): loop.remove(socket)
    case .uring(let loop): loop.remove(socket)
    }
  }

  /// Waits until something is ready, a timer is due, a wake-up or `deadline` comes, or a signal; at most one second.
  /// Then take the events with `next()` until nil.
  package func wait(until deadline: RawInstant? = nil) throws(KernelError) {
    switch self {
    case .poll(let loop): try loop.wait(until: deadline)
    case .uring(let loop): try loop.wait(until: deadline)
    }
  }

  /// The next thing that happened; nil = all told. Error queues come before what can be read, timers last.
  @inline(__always)
  package func next() -> PollEvent? {
    switch self {
    case .poll(let loop): loop.next()
    case .uring(let loop): loop.next()
    }
  }

  /// When the last wait ended.
  package var lastWakeUp: RawInstant {
    switch self {
    case .poll(let loop): loop.lastWakeUp
    case .uring(let loop): loop.lastWakeUp
    }
  }
}
