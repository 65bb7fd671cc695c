// SPDX-License-Identifier: Apache-2.0

import CLinux
import LinuxKernel
import TimeTypes

/// One of the daemon's own ways of receiving.
///
/// One thread makes it and uses it; on a hot path nothing is allocated.
public final class LoopReceiver {
  public enum Method: String, CaseIterable, Sendable {
    /// poll(2) and recvmmsg(2).
    case poll
    /// io_uring tells readiness, recvmmsg(2) receives.
    case uringReadiness
    /// io_uring receives: multishot, into provided buffers.
    case uringMultishot
    /// What the daemon would choose here.
    case auto
  }

  /// A loop was refused; `reason` is what the daemon's log would say.
  public struct Refusal: Error {
    public let reason: String
    public init(reason: String) { self.reason = reason }
  }

  /// The UDP port it listens on.
  public var port: UInt16 { socket.local.port }
  /// What the daemon would log of its choice, or the method's name.
  public let choice: String
  /// What was chosen.
  public let isRing: Bool
  /// What a ring had to recover from; "" = nothing.
  public var recoveries: String { loop.uringReport?.load().rise(since: UringCounters()) ?? "" }
  /// Packets that came without a kernel stamp.
  public private(set) var withoutStamp = 0
  private let loop: EventLoop
  private let socket: UDPSocket
  private let buffer: PacketBuffer

  /// Binds to an IPv4 address (host order) at a random port. `busyPoll`: ns to spin before each sleep.
  public init(_ method: Method, address: UInt32, busyPoll: Int64 = 0) throws(Refusal) {
    var wishes = LoopWishes()
    wishes.capacity = 4
    wishes.busyPoll = busyPoll
    wishes.priority = 50
    wishes.method =
      switch method {
      case .poll: .poll
      case .uringReadiness, .uringMultishot: .uring
      case .auto: .auto
      }
    do throws(KernelError) {
      let chosen = try EventLoop.choose(wishes)
      if chosen.isRefused { throw KernelError("use io_uring", errno: 1) }
      choice = chosen.reason
      loop = chosen.loop
      isRing = chosen.method == .uring
      var options = UDPSocketOptions()
      options.local = SocketAddress(ipv4: address, port: 0)
      socket = try UDPSocket(options)
      buffer = try PacketBuffer(slots: 32, capacity: 2048)
      if method == .uringReadiness {
        try loop.add(socket.descriptor, token: 1)
      } else {
        try loop.add(socket, token: 1)
      }
    } catch {
      throw Refusal(reason: error.description)
    }
  }

  /// Receives so many packets, or fewer if nothing has come for half a second: from the kernel's RX stamp of each to here, in ns.
  public func receive(_ wanted: Int) -> [Int64] {
    var latencies = [Int64](repeating: 0, count: wanted)
    var count = 0
    while count < wanted {
      let limit = RawClock.now() + .milliseconds(500)
      guard (try? loop.wait(until: limit)) != nil else { break }
      var isIdle = true
      while let event = loop.next() {
        guard case .readable = event, let received = try? socket.receive(into: buffer) else { continue }
        let now = RealtimeClock.now().nanoseconds
        isIdle = false
        for slot in 0..<received where count < wanted {
          guard buffer[slot].flags & CLINUX_DATAGRAM_SOFTWARE != 0 else {
            withoutStamp += 1
            continue
          }
          latencies[count] = now - buffer[slot].software_ns
          count += 1
        }
      }
      if isIdle, RawClock.now() >= limit { break }
    }
    return Array(latencies[..<count])
  }
}
