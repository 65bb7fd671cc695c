// SPDX-License-Identifier: Apache-2.0

import Engine
package import TimeTypes

/// What crosses between [discipline] and the other roles: events in, engine events and advice out, status on request.
package final class DisciplinePort: Sendable {
  /// From [control]: resync, leap table, who numbers whose pulses (`sourceLocked`), the oscillator's temperature (`compensated`).
  let events = HandoffQueue<Event>(capacity: 16)
  /// From [hardware clocks]: the hardware clock that the system clock follows, as a source, and its samples.
  let hardware = HandoffQueue<Event>(capacity: 64)
  /// To [control]: what the engine wants in the event log.
  let log = HandoffQueue<EngineEvent>(capacity: 256)
  let status = StatusExchange()
  /// To the provider that owns the source: poll it every 2^poll seconds.
  let advise: @Sendable (SourceID, Int8) -> Void
  /// To every provider: the clock was stepped.
  let stepped: @Sendable (TimeInterval) -> Void
  /// To providers in other processes: the clock's line and page have changed.
  let published: @Sendable () -> Void
  /// To [control]: there is something in `log`.
  let logged: @Sendable () -> Void

  package init(
    advise: @escaping @Sendable (SourceID, Int8) -> Void, stepped: @escaping @Sendable (TimeInterval) -> Void,
    published: @escaping @Sendable () -> Void, logged: @escaping @Sendable () -> Void
  ) {
    self.advise = advise
    self.stepped = stepped
    self.published = published
    self.logged = logged
  }
}
