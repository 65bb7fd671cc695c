// SPDX-License-Identifier: Apache-2.0

public import TimeTypes

/// A `DelayModel` in one run: what it draws, and the state of its slow queues.
public struct DelayProcess: Sendable {
  private let model: DelayModel
  private var queues: [CorrelatedDelayState]

  public init(_ model: DelayModel) {
    self.model = model
    queues = model.extras.map { _ in CorrelatedDelayState() }
  }

  /// The delay of a datagram sent at `now` (true time since the start), never negative.
  public mutating func draw(at now: RawInstant, _ random: inout SimulationRandom) -> TimeInterval {
    let second = now.sinceEpoch.inSeconds
    var jitter = model.jitter
    var added = 0.0
    for index in model.extras.indices {
      switch model.extras[index] {
      case .sporadic(let probability, let distribution):
        // As many draws whether it happens or not.
        let size = distribution.draw(&random)
        if random.chance(probability) { added += size }
      case .window(let period, let from, let to, let constant, let distribution):
        let phase = period > 0 ? second - period * (second / period).rounded(.down) : second
        if phase >= from, phase < to { added += constant + distribution.draw(&random) }
      case .route(let at, let change): if second >= at { added += change }
      case .correlated(let queue): added += queues[index].value(queue, at: second, &random)
      case .recorded(let trace): added += trace.value(at: second)
      case .jitter(let from, let distribution): if second >= from { jitter = distribution }
      }
    }
    let drawn = model.constant + TimeInterval(seconds: jitter.draw(&random) + added)
    return max(.zero, drawn)
  }
}
