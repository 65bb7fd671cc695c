// SPDX-License-Identifier: Apache-2.0

import Glibc
package import TimeTypes

/// One datagram to a peer, and what comes back within a time: for diagnosis, where nothing is measured finely. Blocks. [control]
package enum DatagramExchange {
  package enum Outcome: Sendable {
    /// ICMP said that nobody listens on that port.
    case refused
    /// Another ICMP error, or no route.
    case unreachable(KernelError)
    /// This host's own kernel would not send it.
    case notSent(KernelError)
    case silent
    case answered([(bytes: [UInt8], received: Instant<UTC>)], sent: Instant<UTC>)
  }

  /// From a port of its own, so that only answers to this datagram, and only that peer's, are heard. After the first answer others are
  /// waited for so long as `linger` says.
  package static func run(
    _ datagram: [UInt8], to peer: SocketAddress, timeout: TimeInterval, linger: TimeInterval
  ) -> Outcome {
    var options = UDPSocketOptions()
    options.peer = peer
    options.receiveStamps = false
    options.transmitStamps = false
    var isSent = false
    do throws(KernelError) {
      let socket = try UDPSocket(options)
      let buffer = try PacketBuffer(slots: 8, capacity: 2048)
      let loop = try PollLoop(capacity: 1, timerCapacity: 1)
      try loop.add(socket, token: 0)
      defer { loop.remove(socket) }
      guard buffer.fill(0, with: datagram) else { throw KernelError("send a datagram that long", errno: EMSGSIZE) }
      let sent = RealtimeClock.now()
      guard socket.send(buffer, count: 1) == 1 else {
        return outcome(
          KernelError("send the request", errno: buffer[0].error > 0 ? buffer[0].error : EIO), isSent: false)
      }
      isSent = true
      var answers: [(bytes: [UInt8], received: Instant<UTC>)] = []
      var deadline = RawClock.now() + timeout
      while RawClock.now() < deadline {
        try loop.wait(until: deadline)
        while let event = loop.next() {
          if case .errorQueue = event, let report = socket.nextReport(), case .failed(let errno, _) = report {
            if answers.isEmpty { return outcome(KernelError("reach it", errno: errno), isSent: true) }
            continue
          }
          let count: Int
          do throws(KernelError) {
            count = try socket.receive(into: buffer)
          } catch {
            if answers.isEmpty { return outcome(error, isSent: true) }
            continue
          }
          let now = RealtimeClock.now()
          if count > 0, answers.isEmpty { deadline = RawClock.now() + linger }
          // More than these would be a flood; two are enough to tell.
          for index in 0..<count where answers.count < 64 { answers.append((buffer.received(index), now)) }
        }
      }
      return answers.isEmpty ? .silent : .answered(answers, sent: sent)
    } catch {
      return outcome(error, isSent: isSent)
    }
  }

  /// What comes after it was sent is of the way or its end; before, only that there is no way.
  static func outcome(_ error: KernelError, isSent: Bool) -> Outcome {
    switch error.errno {
    case ECONNREFUSED: .refused
    case ENETDOWN, ENETUNREACH, EHOSTDOWN, EHOSTUNREACH: .unreachable(error)
    default: isSent ? .unreachable(error) : .notSent(error)
    }
  }
}
