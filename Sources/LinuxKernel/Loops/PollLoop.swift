// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
package import TimeTypes

/// What a loop woke up for.
package enum PollEvent: BitwiseCopyable, Sendable, Equatable {
  /// Something can be received (or accepted, or the other side hung up).
  case readable(token: UInt64)
  case writable(token: UInt64)
  /// A socket's error queue has TX stamps or ICMP errors, or the descriptor failed.
  case errorQueue(token: UInt64)
  case timer(token: UInt64)
  /// Another thread called the waker.
  case woken
}

/// Waits for descriptors, timers and other threads with poll(2). One thread owns it. [capture, or every role in turn]
///
/// Everything is made at init: waiting and dispatching allocate nothing. In the minimal profile there is no waker, and each
/// wait is a poll(2) with a positive, finite timeout over the descriptors alone.
package final class PollLoop {
  package struct Interest: OptionSet, Sendable, BitwiseCopyable {
    package let rawValue: Int16
    package init(rawValue: Int16) { self.rawValue = rawValue }
    package static let read = Interest(rawValue: Int16(CLINUX_POLL_IN))
    package static let write = Interest(rawValue: Int16(CLINUX_POLL_OUT))
  }

  package let profile: KernelProfile
  /// Wakes this loop from other threads; nil in the minimal profile.
  package let waker: Waker?
  package var timers: TimerQueue

  private var descriptors: [clinux_pollfd_t]
  private var tokens: [UInt64]
  /// Changes with each removal or reuse of a slot, so that readiness found before is not told of a new owner.
  private var fresh: [Bool]
  private var used: Int
  private var cursor = 0
  private var now = RawInstant(nanoseconds: 0)
  /// How long a wait spins before it sleeps, ns; 0 = not at all, nil = as `ShortWaits` finds. A core is busy all that time.
  /// Not in the minimal profile.
  package var busyPoll: Int64?
  package private(set) var shortWaits = ShortWaits()
  /// What each descriptor's owner asks for, and the longest of them.
  private var spins: [Int64]
  private var busyPollOfSockets: Int64 = 0
  /// What sockets are to ask for.
  package var interfaceBusyPoll: [InterfaceBusyPoll] = []
  /// The longest a wait lasts with nothing armed.
  private let longestWait: Int64 = 1_000_000_000

  package init(capacity: Int = 64, timerCapacity: Int = 256, profile: KernelProfile = .full) throws(KernelError) {
    self.profile = profile
    waker = profile == .full ? try Waker() : nil
    timers = TimerQueue(capacity: timerCapacity)
    descriptors = Array(repeating: clinux_pollfd_t(fd: -1, events: 0, revents: 0), count: max(capacity, 1) + 1)
    tokens = Array(repeating: 0, count: max(capacity, 1) + 1)
    fresh = Array(repeating: false, count: max(capacity, 1) + 1)
    spins = Array(repeating: 0, count: max(capacity, 1) + 1)
    used = 0
    if let waker {
      descriptors[0] = clinux_pollfd_t(fd: waker.descriptor.rawValue, events: Int16(CLINUX_POLL_IN), revents: 0)
      used = 1
    }
  }

  private var first: Int { waker == nil ? 0 : 1 }

  /// Watches a descriptor. The error queue is always watched. ENOSPC: the loop is full; EEXIST: it is watched already.
  package func add(_ descriptor: Int32, token: UInt64, interest: Interest = .read) throws(KernelError) {
    guard descriptor >= 0 else { throw KernelError("watch a closed descriptor", errno: EBADF) }
    guard index(of: descriptor) == nil else { throw KernelError("watch a descriptor twice", errno: EEXIST) }
    guard used < descriptors.count else { throw KernelError("watch another descriptor", errno: ENOSPC) }
    descriptors[used] = clinux_pollfd_t(fd: descriptor, events: interest.rawValue | Int16(CLINUX_POLL_PRI), revents: 0)
    tokens[used] = token
    spins[used] = 0
    fresh[used] = true
    used += 1
  }

  /// Watches a socket, which is received for by recvmmsg(2), or recvmsg(2) in the minimal profile.
  package func add(_ socket: UDPSocket, token: UInt64) throws(KernelError) {
    try add(socket.descriptor, token: token)
    spins[used - 1] = socket.busyPoll
    busyPollOfSockets = max(busyPollOfSockets, socket.busyPoll)
  }

  package func remove(_ socket: UDPSocket) { remove(socket.descriptor) }

  /// Changes what is watched for. Unknown descriptors are ignored.
  package func modify(_ descriptor: Int32, interest: Interest) {
    guard let index = index(of: descriptor) else { return }
    descriptors[index].events = interest.rawValue | Int16(CLINUX_POLL_PRI)
  }

  /// Stops watching; call before closing the descriptor. Unknown descriptors are ignored.
  package func remove(_ descriptor: Int32) {
    guard let index = index(of: descriptor) else { return }
    used -= 1
    // The last one takes its place; if the cursor is past the place, what the last one was ready for comes with the next wait.
    descriptors[index] = descriptors[used]
    tokens[index] = tokens[used]
    fresh[index] = fresh[used]
    if spins[index] > 0 {
      spins[index] = spins[used]
      busyPollOfSockets = 0
      for i in first..<used { busyPollOfSockets = max(busyPollOfSockets, spins[i]) }
    } else {
      spins[index] = spins[used]
    }
    descriptors[used] = clinux_pollfd_t(fd: -1, events: 0, revents: 0)
  }

  package var count: Int { used - first }

  private func index(of descriptor: Int32) -> Int? {
    for i in first..<used where descriptors[i].fd == descriptor { return i }
    return nil
  }

  /// Waits until something is ready, a timer is due, a wake-up or `deadline` comes, or a signal; at most one second.
  /// Then take the events with `next()` until nil.
  package func wait(until deadline: RawInstant? = nil) throws(KernelError) {
    var timeout = longestWait
    let before = RawClock.now().nanoseconds
    if let deadline { timeout = min(timeout, max(deadline.nanoseconds &- before, 0)) }
    if let earliest = timers.earliest { timeout = min(timeout, max(earliest.nanoseconds &- before, 0)) }
    var ready: Int32 = 0
    let spinning = max(busyPoll ?? shortWaits.spin, busyPollOfSockets)
    var sleptFrom = before
    if spinning > 0, profile == .full {
      let limit = before &+ min(spinning, timeout)
      repeat { ready = poll(timeout: 0) } while ready == 0 && RawClock.now().nanoseconds < limit
      sleptFrom = RawClock.now().nanoseconds
      timeout = max(timeout &- (sleptFrom &- before), 0)
    }
    let isFound = ready != 0
    if !isFound { ready = poll(timeout: timeout) }
    for i in 0..<used { fresh[i] = false }
    if ready <= 0 { for i in 0..<used { descriptors[i].revents = 0 } }
    _ = try KernelError.check(ready, "wait with poll")
    cursor = 0
    let ended = RawClock.now()
    shortWaits.waited(
      worked: before &- now.nanoseconds, lasted: ended.nanoseconds &- before,
      slept: isFound ? 0 : ended.nanoseconds &- sleptFrom)
    now = ended
  }

  private func poll(timeout: Int64) -> Int32 {
    let count = UInt32(used)
    let plain: Int32 = profile == .minimal ? 1 : 0
    // The array has at least `used` elements and is not touched during the call.
    return unsafe descriptors.withUnsafeMutableBufferPointer { buffer in
      unsafe clinux_poll(buffer.baseAddress, count, timeout, plain)
    }
  }

  /// The next thing that happened; nil = all told. Error queues come before what can be read, timers last.
  package func next() -> PollEvent? {
    while cursor < used {
      let index = cursor
      let ready = Int32(descriptors[index].revents)
      if ready == 0 || fresh[index] {
        cursor += 1
        continue
      }
      if let waker, index == 0 {
        cursor += 1
        descriptors[0].revents = 0
        waker.clear()
        return .woken
      }
      let token = tokens[index]
      if ready & (CLINUX_POLL_ERR | CLINUX_POLL_PRI | CLINUX_POLL_INVALID) != 0 {
        descriptors[index].revents &= Int16(CLINUX_POLL_IN | CLINUX_POLL_OUT | CLINUX_POLL_HUP)
        return .errorQueue(token: token)
      }
      if ready & (CLINUX_POLL_IN | CLINUX_POLL_HUP) != 0 {
        descriptors[index].revents &= Int16(CLINUX_POLL_OUT)
        return .readable(token: token)
      }
      cursor += 1
      descriptors[index].revents = 0
      if ready & CLINUX_POLL_OUT != 0 { return .writable(token: token) }
    }
    if let token = timers.takeDue(now) { return .timer(token: token) }
    return nil
  }

  /// When the last wait ended.
  package var lastWakeUp: RawInstant { now }
}
