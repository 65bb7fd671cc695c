// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import TimeTypes

/// A socket's side of the ring: what it received, sent and heard. Called by `UDPSocket`.
extension UringLoop {
  /// Whether the ring still receives for this socket.
  func receives(_ index: Int) -> Bool { slots[index].isDatagram }

  /// Moves what was received into `buffer`; how many slots were filled.
  func receive(_ index: Int, into buffer: PacketBuffer) -> Int {
    var count = 0
    while count < buffer.slots, let number = slots[index].datagrams.take(followingBuffer) {
      // Its length is what the completion said; the fence checks both against the memory.
      if queue.take(number, length: lengths[Int(number)], into: buffer, slot: count) {
        count += 1
      } else {
        counters.malformed &+= 1
      }
      giveBack(number)
    }
    if slots[index].datagrams.isEmpty {
      // As long as it is received for, all that came before the last look is here; but the kernel does a limited amount of
      // work at a time (20 requests, 32 datagrams of one), so that after a burst nothing is known.
      if slots[index].isReceiving, sinceLook < 16 { slots[index].emptyAt = lookedAt.nanoseconds }
      slots[index].ready &= ~Int16(CLINUX_POLL_IN)
    }
    return count
  }

  /// A moment at which the socket was empty: what comes now is not older.
  func emptyAt(_ index: Int) -> RawInstant? {
    slots[index].emptyAt == .min ? nil : RawInstant(nanoseconds: slots[index].emptyAt)
  }

  /// The next TX stamp that the ring brought.
  func nextStamp(_ index: Int) -> UringStamp? {
    guard let place = slots[index].transmitted.take(followingPlace) else { return nil }
    freePlaces.append(place, &followingPlace)
    return places[Int(place)]
  }

  /// Whether the error queue has to be read by a call, too. Asked once per readiness: it is empty after that.
  func takeErrorQueue(_ index: Int) -> Bool {
    guard slots[index].stamps == .command else { return true }
    return slots[index].mayHaveErrors
  }

  func errorQueueIsEmpty(_ index: Int) { slots[index].mayHaveErrors = false }

  /// The error that receiving brought; it has been told then.
  func takeError(_ index: Int) -> Int32 {
    let error = slots[index].error
    slots[index].error = 0
    return error
  }

  /// Buffers that have been read are the kernel's again.
  func giveBack(_ buffer: Int32) {
    queue.giveBack(buffer)
    hasReturned = true
  }

  func offer() {
    guard hasReturned else { return }
    hasReturned = false
    queue.offer()
  }

  /// Forgets what waited for a socket.
  func discard(_ index: Int) {
    while let buffer = slots[index].datagrams.take(followingBuffer) { giveBack(buffer) }
    while nextStamp(index) != nil {}
  }
}
