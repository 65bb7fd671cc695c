// SPDX-License-Identifier: Apache-2.0

import Glibc
import TimeTypes

/// Tries loops on loopback before one is chosen: whether a ring receives at all, and how long a packet takes through each.
enum LoopTrial {
  /// Rounds of each loop, in turn, so that what else the machine does falls on both.
  static let rounds = 8
  private static let packets = 12
  /// A ring that takes so much of poll(2)'s time in a round has lost it: beyond what one system call more or less is worth.
  private static let margin = 1.1
  /// With as many rounds lost the ring has lost: by chance, between equals, that is one trial in thirty.
  static let tooMany = 7
  /// Between two packets, µs: long enough for the receiver to sleep again.
  private static let gap: Int64 = 60

  /// Has a ring receive one datagram with its stamps.
  /// - Throws: what refuses it. A host without loopback proves nothing and is not held against the ring.
  static func prove(_ wishes: LoopWishes) throws(KernelError) {
    let loop = try makeUring(wishes)
    guard let socket = try? makeSocket(), let buffer = try? PacketBuffer(slots: 1, capacity: 64) else { return }
    try loop.add(socket, token: 1)
    guard buffer.fill(0, with: [1], to: socket.local, wantStamp: true, token: 1), socket.send(buffer, count: 1) == 1
    else {
      return
    }
    let limit = RawClock.now() + .milliseconds(500)
    while RawClock.now() < limit {
      try loop.wait(until: limit)
      while let event = loop.next() {
        guard case .readable = event else { continue }
        // Told readable and yet not through the ring: it was given up as unfit.
        guard loop.counters.demoted == 0, (try? socket.receive(into: buffer)) == 1 else {
          throw KernelError("receive with io_uring", errno: EOPNOTSUPP)
        }
        return
      }
    }
    throw KernelError("receive with io_uring", errno: ETIMEDOUT)
  }

  struct Comparison {
    /// Median time from sending to having received, ns.
    var uring: Int64
    var poll: Int64
    /// Rounds that the ring lost.
    var lost: Int
  }

  /// Nil = it could not be measured. Measures as the loop will run: at its thread's priority, where that is granted.
  static func compare(_ wishes: LoopWishes) -> Comparison? {
    final class Answer: @unchecked Sendable {
      // Written by the thread, read after it has been joined.
      var comparison: Comparison?
    }
    let answer = Answer()
    let options = RoleThreadOptions(name: "trial", fifoPriority: wishes.priority)
    guard let thread = try? RoleThread(options, { answer.comparison = compareHere(wishes) }) else { return nil }
    thread.join()
    return answer.comparison
  }

  private static func compareHere(_ wishes: LoopWishes) -> Comparison? {
    guard let ring = try? makeUring(wishes), let poll = try? PollLoop(capacity: 1, timerCapacity: 1) else { return nil }
    var all: (uring: [Int64], poll: [Int64]) = ([], [])
    var lost = 0
    for round in 0..<rounds {
      // Who comes first changes, so that what drifts falls on both.
      var uring: [Int64]?
      if round % 2 == 0 { uring = measure(.uring(ring), wishes) }
      guard let other = measure(.poll(poll), wishes) else { return nil }
      if round % 2 != 0 { uring = measure(.uring(ring), wishes) }
      guard let uring else { return nil }
      all.uring += uring
      all.poll += other
      if Double(median(uring)) > Double(median(other)) * margin { lost += 1 }
    }
    return Comparison(uring: median(all.uring), poll: median(all.poll), lost: lost)
  }

  private static func makeUring(_ wishes: LoopWishes) throws(KernelError) -> UringLoop {
    var options = UringLoopOptions()
    options.buffers = 8
    options.submissionThread = wishes.submissionThread
    return try UringLoop(capacity: 1, timerCapacity: 1, options: options)
  }

  private static func makeSocket(peer: SocketAddress? = nil) throws(KernelError) -> UDPSocket {
    var options = UDPSocketOptions()
    options.local = .loopback(.ipv4)
    options.peer = peer
    return try UDPSocket(options)
  }

  /// Another thread sends its time; here it is compared when it has been received.
  private static func measure(_ loop: EventLoop, _ wishes: LoopWishes) -> [Int64]? {
    guard let socket = try? makeSocket(), let buffer = try? PacketBuffer(slots: 1, capacity: 64),
      (try? loop.add(socket, token: 1)) != nil
    else { return nil }
    let address = socket.local
    let options = RoleThreadOptions(name: "trial", fifoPriority: wishes.priority)
    guard let sender = try? RoleThread(options, { send(to: address) }) else { return nil }
    var times: [Int64] = []
    times.reserveCapacity(packets)
    let limit = RawClock.now() + .milliseconds(100)
    while times.count < packets, RawClock.now() < limit, (try? loop.wait(until: limit)) != nil {
      while let event = loop.next() {
        guard case .readable = event, (try? socket.receive(into: buffer)) == 1 else { continue }
        let now = RawClock.now().nanoseconds
        // Eight bytes of the slot's 64.
        times.append(now &- (unsafe buffer.bytes(0).loadUnaligned(as: Int64.self)))
      }
    }
    sender.join()
    loop.remove(socket)
    return times.count >= packets / 2 ? times : nil
  }

  private static func send(to address: SocketAddress) {
    guard let socket = try? makeSocket(peer: address), let buffer = try? PacketBuffer(slots: 1, capacity: 64) else {
      return
    }
    // The first is sent when the receiver waits.
    for _ in 0..<packets {
      Pause.microseconds(gap)
      // Eight bytes of the slot's 64.
      unsafe buffer.bytes(0).storeBytes(of: RawClock.now().nanoseconds, as: Int64.self)
      buffer.prepare(0, length: 8)
      _ = socket.send(buffer, count: 1)
    }
  }

  private static func median(_ times: [Int64]) -> Int64 { times.sorted()[times.count / 2] }
}
