// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Which descriptors and sockets are watched; called by their owner.
extension UringLoop {
  /// Watches a descriptor. ENOSPC: the loop is full; EEXIST: it is watched already.
  package func add(_ descriptor: Int32, token: UInt64, interest: Interest = .read) throws(KernelError) {
    let index = try place(descriptor, token)
    slots[index].events = interest.rawValue
  }

  /// Receives for a socket from the next wait on, with its TX stamps and errors.
  package func add(_ socket: UDPSocket, token: UInt64) throws(KernelError) {
    let index = try place(socket.descriptor, token)
    slots[index].isDatagram = true
    slots[index].busyPoll = socket.busyPoll
    noteBusyPoll()
    slots[index].stamps =
      !socket.stampsTransmission ? .errorQueue : canCommandStamps(of: socket) ? .command : .errorQueue
    socket.attach(to: self, slot: index)
  }

  /// Watches a socket that is received for by recvmmsg(2).
  package func addReadiness(_ socket: UDPSocket, token: UInt64) throws(KernelError) {
    let index = try place(socket.descriptor, token)
    slots[index].events = Interest.read.rawValue
    slots[index].busyPoll = socket.busyPoll
    noteBusyPoll()
  }

  private func noteBusyPoll() {
    busyPollOfSockets = 0
    for index in 0..<bound where slots[index].descriptor >= 0 {
      busyPollOfSockets = max(busyPollOfSockets, slots[index].busyPoll)
    }
  }

  private func canCommandStamps(of socket: UDPSocket) -> Bool {
    options.stampCommand && hasStampCommand != false && socket.hasBareStamps
  }

  private func place(_ descriptor: Int32, _ token: UInt64) throws(KernelError) -> Int {
    guard descriptor >= 0 else { throw KernelError("watch a closed descriptor", errno: EBADF) }
    guard index(of: descriptor) == nil else { throw KernelError("watch a descriptor twice", errno: EEXIST) }
    guard let index = freeSlot() else { throw KernelError("watch another descriptor", errno: ENOSPC) }
    let before = slots[index]
    slots[index] = Slot()
    slots[index].generation = before.generation &+ 1
    slots[index].isRegistered = before.isRegistered
    slots[index].descriptor = descriptor
    slots[index].token = token
    register(index)
    bound = max(bound, index + 1)
    count += 1
    return index
  }

  private func freeSlot() -> Int? {
    for i in 0..<slots.count where slots[i].descriptor < 0 && !slots[i].isRegistered { return i }
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
      // By its place where it has one: if another thread removes it, the owner submits this, and the descriptor is closed by then.
      let file = slot.isRegistered ? UringQueue.file(at: index) : descriptor
      submit { $0.cancel(file, userData(.cancel, index)) }
      look()
    }
    if slot.isRegistered { unregister(index) }
    if slot.busyPoll > 0 { noteBusyPoll() }
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
}
