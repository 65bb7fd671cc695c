// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@testable import Engine

@Suite struct ActionsTests {
  /// Compiles only while the whole path from event to actions is free of allocations and locks.
  @_noAllocation @_noLocks
  static func drive(_ engine: inout Engine, _ event: Event, _ actions: inout Actions) {
    engine.handle(event, into: &actions)
  }

  @Test func keepsPlacesForTheClock() {
    var actions = Actions()
    for _ in 0..<200 { actions.advise(.log(.clockAccepted)) }
    let advised = actions.count
    let dropped = actions.dropped
    #expect(advised == Actions.capacity - 8)
    #expect(dropped == UInt64(200 - advised))
    var taken = 0
    for _ in 0..<9 where actions.append(.step(.system, .zero)) { taken += 1 }
    #expect(taken == 8)
    actions.removeAll()
    let rest = actions.count
    #expect(rest == 0)
    let isTaken = actions.append(.step(.system, .zero))
    #expect(isTaken)
  }

  @Test func beyondTheEndStops() async {
    await #expect(processExitsWith: .failure) {
      let actions = Actions()
      _ = actions[0]
    }
  }

  /// Sixty-four sources that all turn false at once overflow nothing that matters.
  @Test func floodOfEvents() {
    let loop = ClosedLoop(
      sources: (1...64).map { ModelSource(UInt32($0), poll: 2) })
    loop.run(until: 20)
    for i in 0..<31 { loop.sources[i].error = { _ in 0.5 } }
    loop.run(until: 60)
    #expect(loop.state.synchronized)
    #expect(loop.error.magnitude < 100e-6)
  }

  @Test func drives() {
    var engine = Engine(clock: .system, parameters: EngineParameters(), capacity: 1)
    var actions = Actions()
    Self.drive(&engine, .sourceAdded(SourceID(rawValue: 1), SourceOptions(), now: RawInstant(nanoseconds: 0)), &actions)
    let isThere = engine.report(slot: 0) != nil
    #expect(isThere)
  }
}
