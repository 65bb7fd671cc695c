// SPDX-License-Identifier: Apache-2.0

import Engine
import LinuxKernel
import Synchronization
import Testing
import TimeTypes

@testable import Runtime

@Suite struct StatusExchangeTests {
  static func report(samples: UInt64) -> DisciplineReport {
    DisciplineReport(
      state: TimeState(clock: .system), sanity: .good, steering: .waiting,
      counters: DisciplineCounters(samples: samples),
      eventsDropped: 0)
  }

  @Test func aQuestionWaitsForItsAnswer() {
    let exchange = StatusExchange()
    #expect(!exchange.isWanted && exchange.take() == nil)
    exchange.ask()
    #expect(exchange.isWanted && !exchange.isAnswered)
    exchange.answer(Self.report(samples: 7))
    #expect(!exchange.isWanted && exchange.isAnswered)
    #expect(exchange.take()?.counters.samples == 7)
  }

  @Test func anOldAnswerIsNotTakenForTheNewOne() {
    let exchange = StatusExchange()
    exchange.ask()
    exchange.answer(Self.report(samples: 1))
    exchange.ask()
    #expect(exchange.take() == nil, "nobody answered yet")
    exchange.answer(Self.report(samples: 2))
    #expect(exchange.take()?.counters.samples == 2)
  }

  @Test func anAnswerCrossesThreadsWhole() throws {
    let exchange = StatusExchange()
    let rounds: UInt64 = 100
    let thread = try RoleThread(RoleThreadOptions(name: "answerer", fifoPriority: nil)) {
      for round in 1...rounds {
        while !exchange.isWanted { Pause.milliseconds(0) }
        var report = Self.report(samples: round)
        report.counters.clockMoves = ~round
        exchange.answer(report)
      }
    }
    var wrong = 0
    for round in 1...rounds {
      exchange.ask()
      while !exchange.isAnswered { Pause.milliseconds(0) }
      let counters = exchange.take()?.counters
      if counters?.samples != round || counters?.clockMoves != ~round { wrong += 1 }
    }
    thread.join()
    #expect(wrong == 0)
  }
}
