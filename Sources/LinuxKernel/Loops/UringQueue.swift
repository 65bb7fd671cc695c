// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// The kernel's two queues and the receive buffers of one io_uring, as the fence keeps them; all calls into it are here.
///
/// A handle, not an owner: whoever made it calls `destroy` once and does not use it after that. Calls with numbers from outside
/// are checked by the fence. Each request is 0, or -EBUSY if the queue is full.
@safe
struct UringQueue {
  // Made by `init`, valid until `destroy`; private to the fence.
  private let ring: OpaquePointer

  /// `files`: places of the table of files, if it is wanted.
  init(_ options: UringLoopOptions, files: Int) throws(KernelError) {
    var wanted = clinux_uring_options_t()
    wanted.submissions = UInt32(Self.power(options.submissions))
    wanted.completions = UInt32(max(Self.power(options.completions), Self.power(options.submissions)))
    wanted.buffers = UInt32(Self.power(options.buffers))
    wanted.payload = UInt32(min(max(options.payload, 64), 65536))
    wanted.files = options.registersFiles ? UInt32(clamping: files) : 0
    wanted.sqpoll = options.submissionThread ? 1 : 0
    wanted.sqpoll_idle = options.submissionThreadIdle
    var made: OpaquePointer?
    // The addresses of our own variables, for the call.
    let result = unsafe clinux_uring_create(&wanted, &made)
    _ = try KernelError.check(result, "set io_uring up")
    guard let made = unsafe made else { throw KernelError("set io_uring up", errno: ENOMEM) }
    unsafe ring = made
  }

  /// The next power of two, at most 32768.
  static func power(_ number: Int) -> Int {
    var power = 1
    while power < min(max(number, 1), 32768) { power *= 2 }
    return power
  }

  func destroy() { unsafe clinux_uring_destroy(ring) }
  /// CLINUX_URING_*
  var flags: UInt32 { unsafe clinux_uring_flags(ring) }
  /// Makes the calling thread the owner, the first time.
  func enable() -> Int32 { unsafe clinux_uring_enable(ring) }

  /// Whether there is a table of files.
  var hasFiles: Bool { flags & CLINUX_URING_FILES != 0 }
  /// Why there is none, as errno; 0 = there is one.
  var filesRefusal: Int32 { 0 &- (unsafe clinux_uring_files(ring)) }
  /// Fills a place of it; -1 empties it. 0 or -errno.
  func setFile(at place: Int, _ descriptor: Int32) -> Int32 {
    unsafe clinux_uring_set_file(ring, UInt32(truncatingIfNeeded: place), descriptor)
  }
  /// What a request calls the file at a place.
  static func file(at place: Int) -> Int32 { -1 &- Int32(truncatingIfNeeded: place) }

  /// A refusal costs nothing but the interrupt that is waited for as always.
  func busyPoll(microseconds: UInt32) { _ = unsafe clinux_uring_busy_poll(ring, microseconds) }

  // MARK: requests

  func poll(_ descriptor: Int32, _ events: Int16, isMultishot: Bool = false, _ userData: UInt64) -> Int32 {
    unsafe clinux_uring_poll(ring, descriptor, UInt32(UInt16(bitPattern: events)), isMultishot ? 1 : 0, userData)
  }

  func receive(_ descriptor: Int32, _ userData: UInt64) -> Int32 {
    unsafe clinux_uring_receive(ring, descriptor, userData)
  }

  func stamps(_ descriptor: Int32, _ userData: UInt64) -> Int32 {
    unsafe clinux_uring_stamps(ring, descriptor, userData)
  }

  /// Everything that is pending on a descriptor.
  func cancel(_ descriptor: Int32, _ userData: UInt64) -> Int32 {
    unsafe clinux_uring_cancel(ring, descriptor, userData)
  }

  func cancel(request: UInt64, _ userData: UInt64) -> Int32 {
    unsafe clinux_uring_cancel_one(ring, request, userData)
  }

  // MARK: completions

  /// Submits, and waits for one completion if `sleeps`, at most so long. A count or -errno; 0 also for a signal or no time left.
  func enter(sleeps: Bool = false, timeout: Int64 = 0) -> Int32 {
    unsafe clinux_uring_enter(ring, sleeps ? 1 : 0, timeout)
  }

  /// Whether entering would bring something; no system call.
  var isPending: Bool { unsafe clinux_uring_pending(ring) != 0 }
  /// Completions wait in the kernel.
  var isOverflowing: Bool { unsafe clinux_uring_overflowing(ring) != 0 }
  /// Completions that the kernel threw away, ever.
  var dropped: UInt32 { unsafe clinux_uring_dropped(ring) }

  /// False: there is none.
  func next(_ completion: inout clinux_completion_t) -> Bool { unsafe clinux_uring_next(ring, &completion) != 0 }

  // MARK: buffers

  /// Copies what is in a buffer into a slot; false = it contradicts itself.
  func take(_ number: Int32, length: UInt32, into buffer: PacketBuffer, slot: Int) -> Bool {
    unsafe clinux_uring_take(ring, UInt32(bitPattern: number), length, buffer.batch, UInt32(slot)) == 0
  }

  func giveBack(_ number: Int32) { unsafe clinux_uring_give_back(ring, UInt32(bitPattern: number)) }
  /// Shows the kernel what was given back.
  func offer() { unsafe clinux_uring_offer(ring) }
}
