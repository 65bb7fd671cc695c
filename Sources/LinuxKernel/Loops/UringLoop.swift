// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
package import TimeTypes

/// Waits for datagrams, descriptors, timers and other threads with one io_uring. One thread owns it. [capture]
///
/// The same interface as `PollLoop`. Sockets that are added as such are received for by the ring: one multishot request each, into
/// buffers that all share, so that waiting and receiving are one system call; their TX stamps come by a command of the ring
/// where the kernel has it (6.16), else by the error queue. Other descriptors are polled. All memory is made at init.
///
/// The ring belongs to the thread that waits first; until then sockets may be added by another.
package final class UringLoop {
  package typealias Interest = PollLoop.Interest

  struct Slot: BitwiseCopyable {
    var descriptor: Int32 = -1
    var token: UInt64 = 0
    /// In the user data of each request, so that what comes late is told apart.
    var generation: UInt32 = 0
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
    case poll, receive, stamps, cancel, send
  }

  package let profile = KernelProfile.full
  package let options: UringLoopOptions
  /// Wakes this loop from other threads.
  package let waker: Waker?
  package var timers: TimerQueue
  /// How long a wait spins before it sleeps, ns; 0 = not at all. A core is busy all that time.
  package var busyPoll: Int64 = 0
  private var busyPollTold: Int64 = 0
  package var counters = UringCounters()
  /// The same for other threads, as of the last wait.
  package let report = UringReport()
  private var reported = UringCounters()

  var queue: UringQueue
  var slots: [Slot]
  /// One past the last slot that is used.
  var bound = 0
  package private(set) var count = 0
  var lengths: [UInt32]
  /// The chains of datagrams, by buffer, and of stamps, by place.
  var followingBuffer: [Int32]
  var places: [UringStamp]
  var followingPlace: [Int32]
  var freePlaces = UringChain()
  var hasReturned = false
  var isWakerArmed = false
  var isWoken = false
  /// nil = not tried yet.
  package internal(set) var hasStampCommand: Bool?
  /// Before the last look into the ring: what had arrived by then has been handed over.
  var lookedAt = RawInstant(nanoseconds: .min)
  /// Completions taken since then.
  var sinceLook = 0
  var droppedBefore: UInt32 = 0
  /// Failures of the sends that are being made.
  var sending: PacketBuffer?
  var sendFailures = 0
  private var cursor = 0
  private var now = RawInstant(nanoseconds: 0)
  private let longestWait: Int64 = 1_000_000_000
  private let capacity: Int

  /// Makes the ring. Refusals: EPERM (kernel.io_uring_disabled, or a filter of a container), ENOSYS (no io_uring, or hidden),
  /// ENOMEM, EINVAL or EOPNOTSUPP (the kernel is too old: 6.0 is wanted).
  package init(
    capacity: Int = 64, timerCapacity: Int = 256, options: UringLoopOptions = UringLoopOptions()
  ) throws(KernelError) {
    self.options = options
    self.capacity = max(capacity, 1)
    let waker = try Waker()
    queue = try UringQueue(options)
    self.waker = waker
    timers = TimerQueue(capacity: timerCapacity)
    slots = Array(repeating: Slot(), count: self.capacity)
    let buffers = UringQueue.power(options.buffers)
    lengths = Array(repeating: 0, count: buffers)
    followingBuffer = Array(repeating: -1, count: buffers)
    let stamps = max(options.stamps, 1)
    places = Array(repeating: UringStamp(), count: stamps)
    followingPlace = Array(repeating: -1, count: stamps)
    for place in 0..<stamps { freePlaces.append(Int32(place), &followingPlace) }
  }

  deinit { queue.destroy() }

  /// A new ring has to be told.
  func forgetBusyPoll() { busyPollTold = 0 }

  /// CLINUX_URING_* : what this kernel gave.
  package var flags: UInt32 { queue.flags }

  // MARK: what is watched

  /// Watches a descriptor. ENOSPC: the loop is full; EEXIST: it is watched already.
  package func add(_ descriptor: Int32, token: UInt64, interest: Interest = .read) throws(KernelError) {
    let index = try place(descriptor, token)
    slots[index].events = interest.rawValue
  }

  /// Receives for a socket from the next wait on, with its TX stamps and errors.
  package func add(_ socket: UDPSocket, token: UInt64) throws(KernelError) {
    let index = try place(socket.descriptor, token)
    slots[index].isDatagram = true
    slots[index].stamps =
      !socket.stampsTransmission ? .errorQueue : canCommandStamps(of: socket) ? .command : .errorQueue
    socket.attach(to: self, slot: index)
  }

  private func canCommandStamps(of socket: UDPSocket) -> Bool {
    options.stampCommand && hasStampCommand != false && socket.hasBareStamps
  }

  private func place(_ descriptor: Int32, _ token: UInt64) throws(KernelError) -> Int {
    guard descriptor >= 0 else { throw KernelError("watch a closed descriptor", errno: EBADF) }
    guard index(of: descriptor) == nil else { throw KernelError("watch a descriptor twice", errno: EEXIST) }
    guard let index = freeSlot() else { throw KernelError("watch another descriptor", errno: ENOSPC) }
    let generation = slots[index].generation &+ 1
    slots[index] = Slot()
    slots[index].generation = generation
    slots[index].descriptor = descriptor
    slots[index].token = token
    bound = max(bound, index + 1)
    count += 1
    return index
  }

  private func freeSlot() -> Int? {
    for i in 0..<slots.count where slots[i].descriptor < 0 { return i }
    return nil
  }

  func index(of descriptor: Int32) -> Int? {
    for i in 0..<bound where slots[i].descriptor == descriptor { return i }
    return nil
  }

  /// Changes what is watched for. Unknown descriptors, and sockets, are left alone.
  package func modify(_ descriptor: Int32, interest: Interest) {
    guard let index = index(of: descriptor), !slots[index].isDatagram else { return }
    guard interest.rawValue != slots[index].events else { return }
    slots[index].events = interest.rawValue
    // The old request may tell what is no longer wanted: it is cancelled, and its answer is a stranger's.
    if slots[index].isPolling {
      let old = userData(.poll, index)
      slots[index].generation &+= 1
      slots[index].isPolling = false
      submit { $0.cancel(request: old, userData(.cancel, index)) }
    }
  }

  /// Stops watching; call before closing the descriptor, which is then nobody's but the caller's. Unknown ones are ignored.
  package func remove(_ descriptor: Int32) {
    guard let index = index(of: descriptor) else { return }
    let slot = slots[index]
    slots[index].generation &+= 1
    slots[index].descriptor = -1
    slots[index].ready = 0
    count -= 1
    while bound > 0, slots[bound - 1].descriptor < 0 { bound -= 1 }
    if slot.isPolling || slot.isReceiving || slot.isStamping {
      // A pending request keeps the file, and so the port, until it has ended: it is ended now.
      submit { $0.cancel(descriptor, userData(.cancel, index)) }
      look()
    }
    discard(index)
  }

  package func remove(_ socket: UDPSocket) {
    remove(socket.descriptor)
    socket.detachFromRing()
  }

  /// Puts a request into the queue, making room if there is none. False: there was none to be made; it is asked for again.
  @discardableResult
  func submit(_ request: (UringQueue) -> Int32) -> Bool {
    if request(queue) == 0 { return true }
    // Where completions wait for room, nothing is taken before they have been fetched.
    _ = queue.enter()
    _ = reap()
    _ = queue.enter()
    return request(queue) == 0
  }

  func userData(_ kind: Kind, _ index: Int) -> UInt64 {
    UInt64(kind.rawValue) << 56 | UInt64(UInt16(truncatingIfNeeded: index)) << 32 | UInt64(slots[index].generation)
  }

  // MARK: waiting

  /// Waits until something is ready, a timer is due, a wake-up or `deadline` comes, or a signal; at most one second.
  /// Then take the events with `next()` until nil.
  package func wait(until deadline: RawInstant? = nil) throws(KernelError) {
    _ = try KernelError.check(queue.enable(), "use the io_uring")
    if busyPoll != busyPollTold {
      busyPollTold = busyPoll
      queue.busyPoll(microseconds: UInt32(clamping: busyPoll / 1000))
    }
    var limit = RawClock.now() + TimeInterval(nanoseconds: longestWait)
    if let deadline { limit = min(limit, deadline) }
    if let earliest = timers.earliest { limit = min(limit, earliest) }
    var isReady = carryOver()
    var patience = 3
    repeat {
      arm()
      offer()
      lookedAt = RawClock.now()
      sinceLook = 0
      let left = isReady ? 0 : max((limit - lookedAt).nanoseconds, 0)
      var mustSleep = left > 0
      // What the spinning found is fetched without preparing to sleep.
      if mustSleep, busyPoll > 0 {
        mustSleep = !spin(until: min(limit, lookedAt + TimeInterval(nanoseconds: busyPoll)))
      }
      let result = queue.enter(sleeps: mustSleep, timeout: left)
      let taken = reap()
      if result < 0 {
        // EBADR: completions were lost. EBUSY, EAGAIN: too many wait; they have been taken just now.
        let error = 0 &- result
        patience -= 1
        guard patience > 0, error == EBADR || error == EBUSY || error == EAGAIN || error == ENOMEM else {
          throw KernelError("wait with io_uring", errno: error)
        }
      }
      if try mustRebuild() { continue }
      isReady = isReady || isWoken || hasReady
      // Completions that tell nothing (a cancelled request, a reception to be begun again) do not end the wait.
      if taken == 0 && result >= 0 { break }
    } while !isReady && RawClock.now() < limit
    if counters != reported {
      reported = counters
      report.store(counters)
    }
    cursor = 0
    now = RawClock.now()
  }

  private var hasReady: Bool {
    for i in 0..<bound where slots[i].ready != 0 { return true }
    return false
  }

  /// What was not fetched yet is told again.
  private func carryOver() -> Bool {
    var isReady = isWoken
    for i in 0..<bound {
      slots[i].ready = 0
      guard slots[i].isDatagram else { continue }
      if !slots[i].datagrams.isEmpty { slots[i].ready |= Int16(CLINUX_POLL_IN) }
      if !slots[i].transmitted.isEmpty || slots[i].error != 0 { slots[i].ready |= Int16(CLINUX_POLL_ERR) }
      if slots[i].ready != 0 { isReady = true }
    }
    return isReady
  }

  /// Waits without sleeping until the ring has something; false = it has nothing.
  private func spin(until limit: RawInstant) -> Bool {
    // What is to be submitted has to be there first.
    _ = queue.enter()
    repeat {
      // Looking costs a load, the clock a hundred times that.
      for _ in 0..<16 where queue.isPending { return true }
    } while RawClock.now() < limit
    return false
  }

  /// The next thing that happened; nil = all told. Error queues come before what can be read, timers last.
  package func next() -> PollEvent? {
    if isWoken {
      isWoken = false
      waker?.clear()
      return .woken
    }
    while cursor < bound {
      let ready = Int32(slots[cursor].ready)
      if ready == 0 {
        cursor += 1
        continue
      }
      let token = slots[cursor].token
      if ready & (CLINUX_POLL_ERR | CLINUX_POLL_PRI | CLINUX_POLL_INVALID) != 0 {
        slots[cursor].ready &= Int16(CLINUX_POLL_IN | CLINUX_POLL_OUT | CLINUX_POLL_HUP)
        return .errorQueue(token: token)
      }
      if ready & (CLINUX_POLL_IN | CLINUX_POLL_HUP) != 0 {
        slots[cursor].ready &= Int16(CLINUX_POLL_OUT)
        return .readable(token: token)
      }
      slots[cursor].ready = 0
      cursor += 1
      if ready & CLINUX_POLL_OUT != 0 { return .writable(token: token) }
    }
    if let token = timers.takeDue(now) { return .timer(token: token) }
    return nil
  }

  /// When the last wait ended.
  package var lastWakeUp: RawInstant { now }
}
