// SPDX-License-Identifier: Apache-2.0

import ClockPort
import Engine
import LinuxKernel
import ProviderHost
import Synchronization
import TimeTypes

@testable import Runtime

/// A discipline role with a clock, and one provider whose samples come by the host's table.
final class DisciplineRig {
  let provider: LinkedProvider
  let role: DisciplineRole
  let port: DisciplinePort
  let clocks: KernelClocks
  let page: ClockPage
  let told = Told()
  private var sequence: UInt32 = 0

  /// What the role said to providers.
  final class Told: Sendable {
    let steps = Atomic<Int>(0)
    let stepped = Atomic<Int64>(0)
    let advice = Atomic<Int>(0)
    let published = Atomic<Int>(0)
    let logged = Atomic<Int>(0)
  }

  init(
    number: UInt16, clock: HostClock, parameters: EngineParameters = EngineParameters(), isForbidden: Bool = false,
    recorder: EventRecorder? = nil
  )
    throws
  {
    provider = try LinkedProvider(number: number)
    clocks = KernelClocks(clock.stampSource)
    page = ClockPage(precision: -29)
    let told = told
    port = DisciplinePort(
      advise: { _, _ in told.advice.add(1, ordering: .relaxed) },
      stepped: {
        told.steps.add(1, ordering: .relaxed)
        told.stepped.store($0.nanoseconds, ordering: .relaxed)
      },
      published: { told.published.add(1, ordering: .relaxed) },
      logged: { told.logged.add(1, ordering: .relaxed) })
    role = DisciplineRole(
      engine: Engine(clock: .system, parameters: parameters), clock: clock, outboxes: [provider.outbox], page: page,
      port: port, isForbidden: isForbidden, recorder: recorder)
  }

  /// Publishes what a reference would say that is ahead of the clock by `offset` now; false = refused.
  func measure(_ source: UInt32, offset: TimeInterval) -> Bool {
    guard let now = clocks.read(.system) else { return false }
    sequence &+= 1
    return provider.publish(
      source: source, sequence: sequence, local: now.time, offset: offset, raw: now.raw, era: now.era.rawValue)
  }

  /// The same against a reference that shows `time` at the raw moment `raw` and runs with the raw counter.
  func measure(_ source: UInt32, time: TimeInterval, at raw: RawInstant) -> Bool {
    guard let now = clocks.read(.system) else { return false }
    sequence &+= 1
    return provider.publish(
      source: source, sequence: sequence, local: now.time, offset: time + (now.raw - raw) - now.time, raw: now.raw,
      era: now.era.rawValue)
  }

  func report() -> DisciplineReport? {
    port.status.ask()
    role.turn()
    return port.status.take()
  }

  func events() -> [EngineEvent] {
    var events: [EngineEvent] = []
    while let event = port.log.pop() { events.append(event) }
    return events
  }
}
