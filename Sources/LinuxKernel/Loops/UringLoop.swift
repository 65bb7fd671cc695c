// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import TimeTypes

/// Waits for datagrams, descriptors, timers and other threads with one io_uring. One thread owns it. [capture]
///
/// The same interface as `PollLoop`. Sockets that are added as such are received for by the ring: one multishot request each, into
/// buffers that all share, so that waiting and receiving are one system call; their TX stamps come by a command of the ring
/// where the kernel has it (6.16), else by the error queue. Other descriptors are polled. All memory is made at init.
///
/// The ring belongs to the thread that waits first; until then sockets may be added by another.
package final class UringLoop {
  package typealias Interest = PollLoop.Interest

  package let profile = KernelProfile.full
  package let options: UringLoopOptions
  /// Wakes this loop from other threads.
  package let waker: Waker?
  package var timers: TimerQueue
  /// How long a wait spins before it sleeps, ns; 0 = not at all, nil = as `ShortWaits` finds. A core is busy all that time.
  package var busyPoll: Int64?
  package internal(set) var shortWaits = ShortWaits()
  /// The longest that a socket asks for.
  var busyPollOfSockets: Int64 = 0
  var busyPollTold: Int64 = 0
  /// What sockets are to ask for.
  package var interfaceBusyPoll: [InterfaceBusyPoll] = []
  package var counters = UringCounters()
  /// The same for other threads, as of the last wait.
  package let report = UringReport()
  var reported = UringCounters()

  var queue: UringQueue
  var slots: [Slot]
  /// One past the last slot that is used.
  var bound = 0
  package internal(set) var count = 0
  var lengths: [UInt32]
  /// The chains of datagrams, by buffer, and of stamps, by place.
  var followingBuffer: [Int32]
  var places: [UringStamp]
  var followingPlace: [Int32]
  var freePlaces = UringChain()
  var hasReturned = false
  var isWakerArmed = false
  var isWakerRegistered = false
  var isWoken = false
  /// nil = not tried yet.
  package internal(set) var hasStampCommand: Bool?
  /// Before the last look into the ring: what had arrived by then has been handed over.
  var lookedAt = RawInstant(nanoseconds: .min)
  /// Completions taken since then.
  var sinceLook = 0
  var droppedBefore: UInt32 = 0
  /// A removed descriptor is still in the table of files: it is taken out by the next wait.
  var mustUnregister = false
  var cursor = 0
  var now = RawInstant(nanoseconds: 0)
  let longestWait: Int64 = 1_000_000_000

  /// Makes the ring. Refusals: EPERM (kernel.io_uring_disabled, or a filter of a container), ENOSYS (no io_uring, or hidden),
  /// ENOMEM, EINVAL or EOPNOTSUPP (the kernel is too old: 6.0 is wanted).
  package init(
    capacity: Int = 64, timerCapacity: Int = 256, options: UringLoopOptions = UringLoopOptions()
  ) throws(KernelError) {
    self.options = options
    let capacity = max(capacity, 1)
    let waker = try Waker()
    queue = try UringQueue(options, files: capacity + 1)
    self.waker = waker
    timers = TimerQueue(capacity: timerCapacity)
    slots = Array(repeating: Slot(), count: capacity)
    let buffers = UringQueue.power(options.buffers)
    lengths = Array(repeating: 0, count: buffers)
    followingBuffer = Array(repeating: -1, count: buffers)
    let stamps = max(options.stamps, 1)
    places = Array(repeating: UringStamp(), count: stamps)
    followingPlace = Array(repeating: -1, count: stamps)
    for place in 0..<stamps { freePlaces.append(Int32(place), &followingPlace) }
    if filesRefusal != 0 { counters.unregistered &+= 1 }
    registerAll()
  }

  deinit { queue.destroy() }

  /// A new ring has to be told.
  func forgetBusyPoll() { busyPollTold = 0 }

  /// CLINUX_URING_* : what this kernel gave.
  package var flags: UInt32 { queue.flags }
  /// Why no descriptor is registered; 0 = they are, or need not be.
  package var filesRefusal: Int32 { options.registersFiles ? queue.filesRefusal : 0 }
}
