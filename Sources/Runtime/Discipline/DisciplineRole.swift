// SPDX-License-Identifier: Apache-2.0

import ClockPort
import Discipline
package import Engine
import EngineFeed
package import LinuxKernel
package import ProviderHost
import TimeTypes

/// Drains the rings, runs the engine, drives the clock and publishes what came of it. [discipline]
///
/// The only code that touches the clock. What the clock really did goes back into the engine as its next event, so that the
/// engine never has to look. A turn allocates nothing and takes no lock, except where a status report was asked for.
package final class DisciplineRole {
  private var engine: Engine
  private var clock: HostClock
  private var actions = Actions()
  private let outboxes: [ProviderOutbox]
  private let page: ClockPage
  private let port: DisciplinePort
  /// When the engine hears next that time passed; a test may bring it forward.
  var nextTick = RawInstant(nanoseconds: .min)
  /// When the clock is looked at in between; a test may bring it forward, too.
  var nextLook = RawInstant(nanoseconds: .max)
  private var counters = DisciplineCounters()
  private var lastReading: ClockReading?
  private var lastUpdate = TimeInterval.zero
  /// The turn of the last look.
  private var lookedAt = RawInstant(nanoseconds: .min)
  /// [control] has to be told of new events at the end of the turn.
  private var hasLogged = false
  /// Steering is forbidden from outside: another daemon owns the clock.
  private let isForbidden: Bool
  private let recorder: EventRecorder?

  /// How often the engine hears that time passed.
  static let tick = TimeInterval.seconds(1)
  /// How long after a tick the clock is looked at in between, so that a step by somebody else is known well within a second.
  static let betweenTicks = TimeInterval.milliseconds(500)

  package init(
    engine: consuming Engine, clock: HostClock, outboxes: [ProviderOutbox], page: ClockPage, port: DisciplinePort,
    isForbidden: Bool, recorder: EventRecorder? = nil
  ) {
    self.engine = engine
    self.clock = clock
    self.outboxes = outboxes
    self.page = page
    self.port = port
    self.isForbidden = isForbidden
    self.recorder = recorder
  }

  /// When the next turn is due if nothing else happens.
  var deadline: RawInstant { min(nextTick, nextLook) }

  /// Ends what others left running in the kernel's clock. A refusal is a state, known at once and not only with the first sample.
  func takeOver() {
    guard !isForbidden, engine.parameters.steer else { return }
    do { try clock.takeOver() } catch {
      counters.refusals &+= 1
      handle(.refused(error, now: RawClock.now()))
    }
  }

  /// The end: no slew is left running, for nobody would ever stop it. The clock goes on at the frequency that it was last found to
  /// need; what remains of the offset remains, and the kernel's maxerror says so.
  func release() {
    guard !isForbidden, engine.parameters.steer, lastReading != nil, let estimate = engine.frequencyEstimate else {
      return
    }
    let limit = Frequency(ratio: Servo().maximumReferenceFrequency)
    do {
      _ = try clock.adjust(frequency: estimate.frequency.clamped(to: limit))
      note(try clock.read())
    } catch {
      counters.refusals &+= 1
    }
  }

  /// Does all there is to do now.
  package func turn() {
    let now = RawClock.now()
    while let event = port.events.pop() {
      // The source that it is about may still wait in its provider's outbox.
      if case .sourceLocked = event { for index in 0..<outboxes.count { drain(outboxes[index], now: now) } }
      handle(event)
    }
    for index in 0..<outboxes.count { drain(outboxes[index], now: now) }
    while let event = port.hardware.pop() {
      if case .sample = event {
        if case .system = clock, lookedAt != now { _ = look(now: now) }
        counters.samples &+= 1
      }
      handle(event)
    }
    if now >= nextTick {
      nextTick = now + min(Self.tick, TimeInterval(seconds: engine.tickInterval))
      if case .system = clock { nextLook = now + Self.betweenTicks }
      if let reading = look(now: now) { handle(.tick(reading)) }
    } else if now >= nextLook {
      nextLook = RawInstant(nanoseconds: .max)
      _ = look(now: now)
    }
    // A large correction ends soon, and the clock must not run past it.
    if engine.tickInterval < Self.tick.inSeconds {
      nextTick = min(nextTick, now + TimeInterval(seconds: engine.tickInterval))
    }
    if hasLogged {
      hasLogged = false
      port.logged()
    }
    if port.status.isWanted { report() }
  }

  private func drain(_ outbox: ProviderOutbox, now: RawInstant) {
    outbox.drain(
      news: { news in
        switch news {
        case .sourceAdded(let source):
          handle(.sourceAdded(source.id, SourceOptions(source), now: now))
        case .sourceChanged(let source):
          handle(.sourceChanged(source.id, SourceOptions(source), reach: source.reach, now: now))
        case .sourceRemoved(let id):
          handle(.sourceRemoved(id, now: now))
        }
      },
      sample: { sample in
        // What others did to the clock up to now must not hide behind what this sample makes us do to it.
        if case .system = clock, lookedAt != now { _ = look(now: now) }
        counters.samples &+= 1
        handle(.sample(sample, now: now))
      })
  }

  /// Reads the clock, and tells the engine of what others did to it.
  private func look(now: RawInstant) -> ClockReading? {
    lookedAt = now
    do {
      let observation = try clock.observe()
      note(observation.reading)
      if let moved = observation.finding.moved, !observation.finding.leap {
        counters.clockMoves &+= 1
        handle(.clockMoved(observation.reading, by: moved))
      }
      if observation.finding.frequency != nil { handle(.clockFrequencyChanged(observation.reading)) }
      return observation.reading
    } catch {
      handle(.refused(error, now: now))
      return nil
    }
  }

  /// The only way into the engine: what goes in is recorded, in order, where that is wanted.
  private func handle(_ event: Event) {
    engine.handle(
      event, using: &actions, fed: { event, actions in recorder?.record(event, actions) },
      carryOut: { action in carryOut(action) })
  }

  private func carryOut(_ action: Action) -> Event? {
    switch action {
    case .adjust(_, let frequency): return adjust(frequency)
    case .step(_, let interval): return step(interval)
    case .setStatus(_, let status): publish(status)
    case .publish(let state):
      if state.referenceTime != lastUpdate {
        lastUpdate = state.referenceTime
        counters.updates &+= 1
      }
      page.publish(state, frequency: lastReading?.frequency ?? .zero)
    case .requestPoll(let source, let poll): port.advise(source, poll)
    case .log(let event):
      port.log.push(event)
      hasLogged = true
    }
    return nil
  }

  private func adjust(_ frequency: Frequency) -> Event? {
    apply(stepped: .zero) { clock throws(ClockError) in _ = try clock.adjust(frequency: frequency) }
  }

  private func step(_ interval: TimeInterval) -> Event? {
    let event = apply(stepped: interval) { clock throws(ClockError) in try clock.step(by: interval) }
    if case .applied = event {
      counters.steps &+= 1
      port.stepped(interval)
    }
    return event
  }

  private func apply(stepped: TimeInterval, _ change: (inout HostClock) throws(ClockError) -> Void) -> Event? {
    guard !isForbidden else { return .refused(.observing, now: RawClock.now()) }
    do {
      try change(&clock)
      let reading = try clock.read()
      note(reading)
      return .applied(reading, stepped: stepped)
    } catch {
      counters.refusals &+= 1
      return .refused(error, now: RawClock.now())
    }
  }

  /// Remembers a reading, and tells children where the clock is from now on.
  private func note(_ reading: ClockReading) {
    lastReading = reading
    port.published()
  }

  private func publish(_ status: ClockStatus) {
    guard !isForbidden else { return }
    do { try clock.publish(status: status) } catch { counters.refusals &+= 1 }
  }

  private func report() {
    var report = DisciplineReport(
      state: engine.timeState, sanity: engine.sanityState, steering: engine.steeringState, reading: lastReading,
      frequency: engine.frequencyEstimate?.frequency, trueError: trueError(), counters: counters,
      eventsDropped: port.log.dropped &+ actions.dropped, servo: engine.servoState)
    for slot in 0..<engine.capacity {
      if let source = engine.report(slot: slot) { report.sources.append(source) }
    }
    port.status.answer(report)
  }

  /// Virtual clocks: how far the clock is ahead of the host's own, measured.
  private func trueError() -> TimeInterval? {
    guard case .virtual(let line) = clock else { return nil }
    let host = ClockPair.realtime()
    return line.reading(at: host.raw).time - host.time
  }
}
