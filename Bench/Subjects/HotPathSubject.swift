// SPDX-License-Identifier: Apache-2.0

import CAllocationCounter
import ClockPort
import Engine
import LinuxKernel
import ProviderHost
import Runtime
import Synchronization
import TimeTypes

/// From what the kernel completes, or from a provider's `publish`, through the ring and the engine to a virtual clock that is steered:
/// the daemon's own code for it.
public final class HotPathSubject {
  /// What packets are received with.
  public enum Receiver: String, CaseIterable, Sendable {
    case uring, poll
  }

  let provider: SubjectProvider
  /// nil = nothing is received.
  let capture: ProviderLoop?
  private let role: DisciplineRole
  private let clocks: KernelClocks
  private let steered: Steered
  private let sender: UDPSocket?
  private let outgoing: PacketBuffer
  /// Samples that the host refused.
  public var refused: Int { provider.refused }
  /// Packets whose stamp was not the kernel's.
  public var withoutStamp: Int { provider.withoutStamp }

  private final class Steered: Sendable {
    let count = Atomic<Int>(0)
    let lastRaw = Atomic<Int64>(0)
  }

  /// - Parameter receiver: each sample comes of a packet over loopback, received so; nil = it is published as such.
  public init(sources: Int, receiver: Receiver? = nil, busyPoll: Int64 = 0) throws {
    let start = ClockPair.realtime()
    let clock = HostClock.virtual(
      VirtualClock(initialOffset: -.milliseconds(2), initialFrequency: .partsPerMillion(40), start: start))
    clocks = KernelClocks(clock.stampSource)
    outgoing = try PacketBuffer(slots: Self.batch, capacity: 64)
    if let receiver {
      let loop: EventLoop =
        receiver == .uring
        ? .uring(try UringLoop(capacity: 4, timerCapacity: 16)) : .poll(try PollLoop(capacity: 4, timerCapacity: 16))
      loop.busyPoll = busyPoll
      let capture = ProviderLoop(loop: loop, clocks: clocks)
      let backend = try KernelBackend(number: 1, loop: loop, clocks: clocks, clockPage: nil)
      capture.add(backend)
      self.capture = capture
      provider = try SubjectProvider(backend: backend, start: start)
      var options = UDPSocketOptions()
      options.local = .loopback(.ipv4)
      options.peer = .loopback(.ipv4, port: try provider.listen())
      options.receiveStamps = false
      options.transmitStamps = false
      sender = try UDPSocket(options)
    } else {
      capture = nil
      sender = nil
      provider = try SubjectProvider(backend: StillBackend(), start: start)
    }
    let steered = Steered()
    self.steered = steered
    let port = DisciplinePort(
      advise: { _, _ in }, stepped: { _ in },
      published: {
        steered.lastRaw.store(RawClock.now().nanoseconds, ordering: .relaxed)
        steered.count.wrappingAdd(1, ordering: .relaxed)
      },
      logged: {})
    role = DisciplineRole(
      engine: Engine(clock: .system, parameters: EngineParameters()), clock: clock, outboxes: [provider.outbox],
      page: ClockPage(precision: -29), port: port, isForbidden: false)
    for _ in 0..<sources { try provider.addSource() }
    // The role looks at the clock once, as at every tick; the next is a second away.
    role.turn()
  }

  /// The same with poll(2) where a ring is wanted and refused.
  public static func made(sources: Int, receiver: Receiver?) throws -> HotPathSubject {
    do { return try HotPathSubject(sources: sources, receiver: receiver) } catch {
      guard receiver == .uring else { throw error }
      return try HotPathSubject(sources: sources, receiver: .poll)
    }
  }

  /// What samples come by.
  public var way: String {
    switch capture?.loop.method {
    case .uring: "from io_uring's completions"
    case nil: "from publish"
    default: "from poll(2) and recvmmsg(2)"
    }
  }

  /// How often the clock was read or changed because of what came.
  public var steers: Int { steered.count.load(ordering: .relaxed) }

  private static let batch = 8

  /// Takes that many samples all the way, in eights, on this thread. False: packets got lost on the way.
  public func run(_ count: Int) -> Bool {
    var done = 0
    while done < count {
      let wanted = min(Self.batch, count - done)
      if capture == nil {
        for _ in 0..<wanted { if let now = clocks.read(.system) { provider.measure(now) } }
      } else if !exchange(wanted) {
        return false
      }
      done += wanted
      role.turn()
    }
    return true
  }

  /// Sends that many packets to ourselves and takes them.
  private func exchange(_ count: Int) -> Bool {
    send(count)
    let before = provider.outbox.counters.published
    let limit = RawClock.now() + .milliseconds(500)
    while provider.outbox.counters.published &- before < UInt64(count) {
      guard RawClock.now() < limit, (try? capture?.run(until: limit)) != nil else { return false }
    }
    return true
  }

  /// Sends packets from this process to its own socket.
  func send(_ count: Int) {
    for index in 0..<count { outgoing.prepare(index, length: 48) }
    _ = sender?.send(outgoing, count: count)
  }

  /// One turn of the discipline. The raw moment at which the clock was last steered in it, ns; nil = it was not. [discipline]
  func discipline() -> Int64? {
    let before = steers
    role.turn()
    return steers == before ? nil : steered.lastRaw.load(ordering: .relaxed)
  }

  /// Whether allocations can be counted here.
  public static var countsAllocations: Bool { allocation_counter_works() == 1 }

  /// Allocations and frees of this thread during `body`.
  public static func allocations(_ body: () -> Void) -> UInt64 {
    allocation_counter_start()
    body()
    return allocation_counter_stop()
  }
}
