// SPDX-License-Identifier: Apache-2.0

import CAllocationCounter
import ClockPort
import Engine
import LinuxKernel
import ProviderHost
import Runtime
import Synchronization
import TimeTypes

/// From a provider's `publish` through the ring and the engine to a virtual clock that is steered: the daemon's own code for it.
public final class HotPathSubject {
  private let provider: SubjectProvider
  private let role: DisciplineRole
  private let clocks: KernelClocks
  let stampSource: ClockStampSource
  private let start: ClockPair
  private let sources: [UInt32]
  private let steered: Steered
  private var published = 0
  /// Samples that the host refused.
  public private(set) var refused = 0

  private final class Steered: Sendable {
    let count = Atomic<Int>(0)
    let lastRaw = Atomic<Int64>(0)
  }

  public init(sources count: Int) throws {
    start = ClockPair.realtime()
    let clock = HostClock.virtual(
      VirtualClock(initialOffset: -.milliseconds(2), initialFrequency: .partsPerMillion(40), start: start))
    provider = try SubjectProvider()
    stampSource = clock.stampSource
    clocks = KernelClocks(clock.stampSource)
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
    var sources: [UInt32] = []
    for _ in 0..<count { sources.append(try provider.addSource()) }
    self.sources = sources
    // The role looks at the clock once, as at every tick; the next is a second away.
    role.turn()
  }

  /// How often the clock was read or changed because of what came.
  public var steers: Int { steered.count.load(ordering: .relaxed) }

  /// Publishes that many samples, and lets the discipline take them in eights.
  public func run(_ count: Int) {
    for index in 0..<count {
      publish()
      if index % 8 == 7 { role.turn() }
    }
    role.turn()
  }

  private func publish() {
    if let now = clocks.read(.system) { publish(now) }
  }

  /// Publishes one sample whose stamp that is. [capture]
  func publish(_ now: Stamp) {
    published &+= 1
    // A reference that runs with the raw counter, with noise; one source of three is 40 µs off, so that selection has work to do.
    let noise = TimeInterval(
      nanoseconds: Int64(published % 7) &* 500 &+ (published % 3 == 2 ? 40_000 : 0))
    let offset = start.time + noise + (now.raw - start.raw) - now.time
    if !provider.publish(source: sources[published % sources.count], now: now, offset: offset) { refused += 1 }
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
