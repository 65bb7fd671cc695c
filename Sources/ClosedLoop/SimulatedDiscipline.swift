// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import ClockPort
package import Engine
import EngineFeed
import ProviderHost
import Recording
import Report
package import Scenarios
import Simulation
package import TimeTypes
package import VirtualHost

/// The daemon's [discipline] role on a virtual host: outbox → engine → actions → clock, and what the clock did back into the engine.
///
/// Runtime's DisciplineRole does the same with the kernel's clock, where it must neither allocate nor block; here "now" is the world's.
package final class SimulatedDiscipline {
  private var engine: Engine
  private var actions = Actions()
  private let host: VirtualHost
  private let precision: Int8
  private var providers: [VirtualProvider] = []
  private var isAdvised = false
  /// Sources that are reference clocks.
  private var referenceClocks: Set<SourceID> = []
  /// How often providers raised events, by number, and engine and [control], by their slugs.
  package private(set) var providerEvents: [Int: Int] = [:]
  package private(set) var engineEvents: [String: Int] = [:]
  private var kernelLeap = KernelLeapModel()
  package private(set) var samples = 0
  package private(set) var steps = 0
  /// What the engine took in, where it is wanted.
  private var recorder: RecordEncoder?

  package init(engine: consuming Engine, host: VirtualHost) {
    precision = engine.parameters.precision
    self.engine = engine
    self.host = host
  }

  /// Of the parameters that the engine really has.
  package var parametersDigest: String { engine.parameters.digest }

  /// Records every event from now on; before the first.
  package func record(as program: String) {
    var recorder = RecordEncoder()
    recorder.add(
      RecordHead(program: program, clock: engine.clock, capacity: engine.capacity, parameters: engine.parameters))
    self.recorder = recorder
  }

  /// The record's file; nil = there is none.
  package func takeRecord() -> [UInt8]? {
    recorder?.addEnd(.stopped)
    defer { recorder = nil }
    return recorder?.take()
  }

  /// What is published of the clock now.
  package var state: TimeState { engine.timeState }

  /// How soon the engine wants to hear that time passed.
  package var tickInterval: TimeInterval { TimeInterval(seconds: engine.tickInterval) }

  /// From now on a provider's sources are the engine's.
  package func add(_ provider: VirtualProvider) { providers.append(provider) }

  /// Hands the engine what the providers brought.
  package func drain() {
    for provider in providers { drain(provider) }
    if isAdvised {
      isAdvised = false
      for provider in providers { provider.instance.deliverCommands() }
    }
  }

  private func drain(_ provider: VirtualProvider) {
    provider.outbox.drain(
      news: { news in
        let now = host.rawNow
        switch news {
        case .sourceAdded(let source):
          if SourceOptions(source).referenceClock { referenceClocks.insert(source.id) }
          handle(.sourceAdded(source.id, SourceOptions(source), now: now))
        case .sourceChanged(let source):
          handle(.sourceChanged(source.id, SourceOptions(source), reach: source.reach, now: now))
        case .sourceRemoved(let id): handle(.sourceRemoved(id, now: now))
        }
      },
      sample: { sample in
        samples += 1
        handle(.sample(sample, now: host.rawNow))
      })
    while let message = provider.outbox.messages.next() {
      if case .event(let number, _) = message.kind { providerEvents[Int(number), default: 0] += 1 }
    }
  }

  /// What the clock follows now. `pause`: so long may lie between two samples of a server.
  package func followed(pause: TimeInterval) -> Followed {
    let state = engine.timeState
    guard state.synchronized, let source = state.systemSource else { return .unsynchronized }
    let isReference = referenceClocks.contains(source)
    let age = reading.time - state.referenceTime
    guard age < (isReference ? .seconds(4) : pause) else { return .nobody }
    return isReference ? .reference : .network
  }

  /// A second of the host's counter has passed.
  package func tick() { handle(.tick(reading)) }

  /// What leap-seconds.list says.
  package func learn(_ table: LeapTable) { handle(.leapTable(table, now: host.rawNow)) }

  /// Only that source numbers those pulses.
  func lock(_ pulses: SourceID, to keeper: SourceID) {
    // Of sources that are announced and not drained yet the engine knows nothing.
    drain()
    handle(.sourceLocked(pulses, to: keeper, now: host.rawNow))
  }

  /// How fast the oscillator runs by its temperature.
  func compensate(_ frequency: Frequency?) { handle(.compensated(frequency, now: host.rawNow)) }

  /// An event that is not the engine's.
  func note(_ event: EventRecord) { engineEvents[event.slug, default: 0] += 1 }

  /// All that providers have announced, for people.
  var sources: [ProviderSource] { providers.flatMap { $0.outbox.sources.snapshot() } }

  var now: RawInstant { host.rawNow }

  private var reading: ClockReading { host.clock.reading(at: host.rawNow) }

  private func handle(_ event: Event) {
    engine.handle(
      event, using: &actions,
      fed: { event, actions in recorder?.add(RecordedEvent(event, actions: ActionDigest(actions).value)) },
      carryOut: { action in carryOut(action) })
  }

  private func carryOut(_ action: Action) -> Event? {
    switch action {
    case .adjust(_, let frequency):
      host.adjust(KernelClockModel.applied(frequency))
      return .applied(reading, stepped: .zero)
    case .step(_, let interval):
      host.step(by: interval)
      steps += 1
      return .applied(reading, stepped: interval)
    case .requestPoll(let source, let poll):
      isAdvised = true
      // A source's number begins with its provider's number.
      let provider = providers.first { UInt32($0.outbox.number) == source.rawValue >> SourceTable.counterBits }
      _ = provider?.instance.post(
        TOMPION_COMMAND_POLL_INTERVAL_CHANGED, source: source.rawValue, value: Int64(poll))
      return nil
    case .setStatus(_, let status):
      kernelLeap.arm(status.leap)
      if let moment = kernelLeap.due(clock: reading.time) {
        host.do(at: host.clock.moment(showing: moment)) { [weak self] in
          guard let self, let move = self.kernelLeap.make() else { return }
          self.host.stepSilently(by: move)
        }
      }
      return nil
    case .publish(let state):
      host.publish(
        tompion_clock_info_t(state, frequency: reading.frequency, precision: precision))
      return nil
    case .log(let event):
      note(event.record(now: host.rawNow) { "source \($0.rawValue)" })
      return nil
    }
  }
}
