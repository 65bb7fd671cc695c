// SPDX-License-Identifier: Apache-2.0

import ClockPort
import Engine
import Synchronization
import TimeTypes

/// What crosses between [discipline] and the other roles: events in, engine events and advice out, status on request.
final class DisciplinePort: Sendable {
  /// From [control]: resync, leap table.
  let events = HandoffQueue<Event>(capacity: 16)
  /// To [control]: what the engine wants in the event log.
  let log = HandoffQueue<EngineEvent>(capacity: 256)
  let status = StatusExchange()
  /// To the provider that owns the source: poll it every 2^poll seconds.
  let advise: @Sendable (SourceID, Int8) -> Void
  /// To every provider: the clock was stepped.
  let stepped: @Sendable (TimeInterval) -> Void
  /// To providers in other processes: the clock's line and page have changed.
  let published: @Sendable () -> Void

  init(
    advise: @escaping @Sendable (SourceID, Int8) -> Void, stepped: @escaping @Sendable (TimeInterval) -> Void,
    published: @escaping @Sendable () -> Void
  ) {
    self.advise = advise
    self.stepped = stepped
    self.published = published
  }
}

/// The engine's side of the status, as of one moment.
struct DisciplineReport: Sendable {
  var state: TimeState
  var sanity: SanityState
  var steering: SteeringState
  var reading: ClockReading?
  /// The reference's against the raw counter, as estimated; nil = nothing agreed on yet.
  var frequency: Frequency?
  /// Virtual clocks: clock − the host's CLOCK_REALTIME.
  var trueError: TimeInterval?
  var counters: DisciplineCounters
  var eventsDropped: UInt64
  var sources: [SourceReport] = []
}

/// A report that [control] asks for and [discipline] makes between two samples. One asker, one answerer.
@safe final class StatusExchange: @unchecked Sendable {
  // Sound to share: `report` belongs to [discipline] while wanted is 1 and to [control] otherwise; the flag's release and
  // acquire hand it over.
  private let wanted = Atomic<UInt8>(0)
  private var report: DisciplineReport?

  var isWanted: Bool { wanted.load(ordering: .acquiring) == 1 }

  /// [discipline]
  func answer(_ report: DisciplineReport) {
    self.report = report
    wanted.store(0, ordering: .releasing)
  }

  /// Asks; `isAnswered` tells when `take` will work. [control]
  func ask() { wanted.store(1, ordering: .releasing) }

  var isAnswered: Bool { wanted.load(ordering: .acquiring) == 0 }

  /// The last answer; nil = none ever. [control, answered]
  func take() -> DisciplineReport? { isAnswered ? report : nil }
}
