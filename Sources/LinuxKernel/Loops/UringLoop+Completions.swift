// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import TimeTypes

/// What the kernel is asked for, and what its answers mean.
extension UringLoop {
  /// After so many failures in a row a socket is received for by recvmmsg(2).
  private static let failureLimit: UInt8 = 8

  /// Asks for whatever is wanted and not pending.
  func arm() {
    if !isWakerArmed, let waker {
      let descriptor = waker.descriptor.rawValue
      isWakerArmed = submit {
        $0.poll(descriptor, Int16(CLINUX_POLL_IN), isMultishot: true, UInt64(Kind.wake.rawValue) << 56)
      }
    }
    for index in 0..<bound where slots[index].descriptor >= 0 {
      if slots[index].isDatagram { armSocket(index) }
      guard !slots[index].isPolling, slots[index].isPolled else { continue }
      let descriptor = slots[index].descriptor
      let events = slots[index].events
      // Once, and again at the next wait while it is ready: as poll(2) tells it.
      slots[index].isPolling = submit { $0.poll(descriptor, events, userData(.poll, index)) }
    }
  }

  private func armSocket(_ index: Int) {
    let descriptor = slots[index].descriptor
    if !slots[index].isReceiving {
      slots[index].isReceiving = submit { $0.receive(descriptor, userData(.receive, index)) }
    }
    guard slots[index].stamps == .command else { return }
    if hasStampCommand == false {
      slots[index].stamps = .errorQueue
      return
    }
    // The command takes stamps off the error queue; what else is there is announced by the reception's own end.
    if !slots[index].isStamping {
      slots[index].isStamping = submit { $0.stamps(descriptor, userData(.stamps, index)) }
    }
  }

  /// Looks what the ring has, without waiting.
  func look() {
    lookedAt = RawClock.now()
    sinceLook = 0
    _ = queue.enter()
    _ = reap()
  }

  /// Takes every completion; how many there were.
  func reap() -> Int {
    var taken = 0
    var completion = clinux_completion_t()
    // What overflowed comes with another look; bounded, so that a flood cannot hold the loop.
    for _ in 0..<64 {
      while queue.next(&completion) {
        taken += 1
        sinceLook += 1
        handle(completion)
      }
      guard queue.isOverflowing else { break }
      counters.overflows &+= 1
      guard queue.enter() >= 0 else { break }
    }
    return taken
  }

  private func handle(_ completion: clinux_completion_t) {
    let index = Int(completion.user_data >> 32 & 0xffff)
    guard let kind = Kind(rawValue: UInt8(truncatingIfNeeded: completion.user_data >> 56)) else { return }
    switch kind {
    case .wake:
      if completion.flags & CLINUX_COMPLETION_MORE == 0 { isWakerArmed = false }
      if completion.result > 0 { isWoken = true }
    case .cancel: break
    case .send:
      guard let sending else { return }
      queue.sent(sending, completion)
      sendFailures += 1
    case .poll, .receive, .stamps:
      let isOurs = index < slots.count && slots[index].generation == UInt32(truncatingIfNeeded: completion.user_data)
      switch kind {
      case .poll: if isOurs { polled(index, completion) }
      case .receive: received(isOurs ? index : nil, completion)
      default: if isOurs { stamped(index, completion) }
      }
    }
  }

  private func polled(_ index: Int, _ completion: clinux_completion_t) {
    slots[index].isPolling = false
    if completion.result >= 0 {
      slots[index].ready |= Int16(truncatingIfNeeded: completion.result)
      if slots[index].isDatagram { slots[index].mayHaveErrors = true }
    } else if completion.result != -ECANCELED {

      slots[index].ready |= Int16(CLINUX_POLL_INVALID)
    }
  }

  private func received(_ index: Int?, _ completion: clinux_completion_t) {
    let buffer = completion.flags & CLINUX_COMPLETION_BUFFER != 0 ? Int32(completion.flags >> 16) : nil
    if let buffer {
      if let index, completion.result >= 0 {
        lengths[Int(buffer)] = UInt32(completion.result)
        slots[index].datagrams.append(buffer, &followingBuffer)
        slots[index].ready |= Int16(CLINUX_POLL_IN)
        slots[index].failures = 0
      } else {
        giveBack(buffer)
      }
    }
    guard let index, completion.flags & CLINUX_COMPLETION_MORE == 0 else { return }
    slots[index].isReceiving = false
    // What had arrived is not all here, and other things than stamps may be in the error queue.
    slots[index].emptyAt = .min
    guard completion.result < 0 else {
      counters.restarted &+= 1
      return
    }
    switch 0 &- completion.result {
    case ENOBUFS: counters.exhausted &+= 1
    case ECANCELED, EAGAIN, EINTR:
      counters.restarted &+= 1
      noteFailure(index)
    case EINVAL, EOPNOTSUPP, ENOSYS, EPERM, EBADF, EFAULT, ENOTSOCK: demote(index)
    case let error:
      // Of the network: ICMP refused something, the interface went down.
      slots[index].error = error
      slots[index].mayHaveErrors = true
      slots[index].ready |= Int16(CLINUX_POLL_ERR)
    }
  }

  private func noteFailure(_ index: Int) {
    slots[index].failures &+= 1
    if slots[index].failures >= Self.failureLimit { demote(index) }
  }

  /// From now on the socket is polled and received for by recvmmsg(2).
  private func demote(_ index: Int) {
    counters.demoted &+= 1
    slots[index].isDatagram = false
    slots[index].events = Int16(CLINUX_POLL_IN)
    if slots[index].stamps == .command { slots[index].stamps = .errorQueue }
  }

  private func stamped(_ index: Int, _ completion: clinux_completion_t) {
    if completion.flags & CLINUX_COMPLETION_MORE == 0 { slots[index].isStamping = false }
    if completion.flags & CLINUX_COMPLETION_MORE == 0 && completion.result < 0 {
      // ECANCELED comes when the socket is closed; anything else means that this kernel or socket cannot.
      if completion.result != -ECANCELED {
        if hasStampCommand == nil { hasStampCommand = false }
        slots[index].stamps = .errorQueue
      }
      return
    }
    hasStampCommand = true
    // Bit 16: of the card; above: which moment, of which only leaving the host (0) was asked for.
    guard completion.flags >> 17 & 3 == 0 else { return }
    guard let place = freePlaces.take(followingPlace) else {
      counters.stampsLost &+= 1
      return
    }
    places[Int(place)] = UringStamp(
      id: UInt32(bitPattern: completion.result), isHardware: completion.flags >> 16 & 1 != 0,
      nanoseconds: Int64(bitPattern: completion.extra.0 &* 1_000_000_000 &+ completion.extra.1))
    slots[index].transmitted.append(place, &followingPlace)
    slots[index].ready |= Int16(CLINUX_POLL_ERR)
  }

  /// Whether completions were lost; then the ring has been made anew. Throws if that is refused.
  func mustRebuild() throws(KernelError) -> Bool {
    let dropped = queue.dropped
    guard dropped != droppedBefore else { return false }
    counters.dropped &+= UInt64(dropped &- droppedBefore)
    try rebuild()
    return true
  }

  /// A new ring in place of the old one; every request is made again. What is in the old one's buffers is counted as discarded.
  func rebuild() throws(KernelError) {
    let fresh = try UringQueue(options)
    for index in slots.indices {
      while slots[index].datagrams.take(followingBuffer) != nil { counters.discarded &+= 1 }
      slots[index].generation &+= 1
      slots[index].isPolling = false
      slots[index].isReceiving = false
      slots[index].isStamping = false
      slots[index].emptyAt = .min
      slots[index].ready &= ~Int16(CLINUX_POLL_IN)
    }
    queue.destroy()
    queue = fresh
    droppedBefore = 0
    isWakerArmed = false
    hasReturned = false
    counters.rebuilt &+= 1
    forgetBusyPoll()
    _ = try KernelError.check(queue.enable(), "use the io_uring")
  }
}

extension UringLoop.Slot {
  /// Whether readiness is asked for by a poll request: of a socket that is received for, errors alone.
  var isPolled: Bool { !isDatagram || stamps == .errorQueue }
}
