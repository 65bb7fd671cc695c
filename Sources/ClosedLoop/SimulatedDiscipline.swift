// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import ClockPort
package import Engine
import EngineFeed
import ProviderHost
import Recording
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
  package var provider: VirtualProvider?
  private var isAdvised = false
  package private(set) var samples = 0
  package private(set) var steps = 0
  /// What the engine took in, where it is wanted.
  private var recorder: RecordEncoder?

  package init(engine: consuming Engine, host: VirtualHost) {
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

  /// Hands the engine what the provider brought.
  package func drain() {
    guard let provider else { return }
    provider.outbox.drain(
      news: { news in
        let now = host.rawNow
        switch news {
        case .sourceAdded(let source): handle(.sourceAdded(source.id, SourceOptions(source), now: now))
        case .sourceChanged(let source):
          handle(.sourceChanged(source.id, SourceOptions(source), reach: source.reach, now: now))
        case .sourceRemoved(let id): handle(.sourceRemoved(id, now: now))
        }
      },
      sample: { sample in
        samples += 1
        handle(.sample(sample, now: host.rawNow))
      })
    if isAdvised {
      isAdvised = false
      provider.instance.deliverCommands()
    }
  }

  /// A second of the host's counter has passed.
  package func tick() { handle(.tick(reading)) }

  /// A source that no provider stands for: a reference-clock model.
  package func add(_ source: SourceID, _ options: SourceOptions) {
    handle(.sourceAdded(source, options, now: host.rawNow))
  }

  package func take(_ sample: Sample) {
    samples += 1
    handle(.sample(sample, now: host.rawNow))
  }

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
      _ = provider?.instance.post(
        TOMPION_COMMAND_POLL_INTERVAL_CHANGED, source: source.rawValue, value: Int64(poll))
      return nil
    // The kernel's status and the page have no reader here; the event log has none either.
    case .setStatus, .publish, .log: return nil
    }
  }
}
