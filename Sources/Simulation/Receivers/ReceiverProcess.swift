// SPDX-License-Identifier: Apache-2.0

public import TimeTypes

/// A reference clock through the seconds of a run: its model's noise drawn, its faults applied. Pure; the same seed gives the same seconds.
public struct ReceiverProcess: Sendable {
  public let model: ReferenceClockModel
  private var random: SimulationRandom

  public init(_ model: ReferenceClockModel, random: SimulationRandom) {
    self.model = model
    self.random = random
  }

  /// The next second; call for each, in order.
  ///
  /// - Parameters:
  ///   - elapsed: true seconds since the start.
  ///   - utc: ns since 1970 at that moment.
  ///   - leapChange: of the leap second to come, where one is near; 0 = none.
  /// - Returns: nil = nothing comes of it: none is due, or an outage.
  public mutating func next(elapsed: Int, utc: Int64, isLeapSecond: Bool = false, leapChange: Int = 0)
    -> ReceiverSecond?
  {
    // Every second draws the same, so that a fault moves no other second's noise.
    let error = model.draw(&random)
    let chances = (random.uniform(), random.uniform(), random.uniform())
    let now = Double(elapsed)
    guard elapsed % model.interval == 0, !model.outages.contains(where: { $0.contains(now) }) else { return nil }
    var second = ReceiverSecond(told: utc)
    second.isLeapSecond = isLeapSecond
    second.leapChange = leapChange
    second.error = error
    var (shift, isWrongEdge, doubles, hum) = (0.0, false, false, 0.0)
    for fault in model.faults where fault.active.contains(now) {
      let since = now - fault.active.lowerBound
      switch fault.kind {
      case .noFix: second.isValid = false
      case .noAntenna: second.hasAntenna = false
      case .spoofed: second.isSpoofed = true
      case .frozen:
        second.told = utc - Int64(since * 1e9)
        second.isSilent = model.line.isEdges
      case .ramp(let rate): shift += rate * since
      case .shift(let by): shift += by
      case .weeks(let count): second.told += Int64(count) * 604_800_000_000_000
      case .announcedLeap(let change): second.leapChange = change
      case .missing(let share): second.isSilent = second.isSilent || chances.0 < share
      case .doubled(let share): doubles = chances.1 < share
      case .wrongEdge: isWrongEdge = true
      case .hum(let rate): hum = rate
      }
    }
    if model.line.isEdges {
      second.edges = edges(early: error + shift, isWrongEdge, doubleAt: doubles ? chances.2 : nil, hum: hum)
      if second.isSilent { second.edges = [] }
    } else {
      second.told += Int64((shift * 1e9).rounded())
    }
    return second
  }

  private mutating func edges(
    early: Double, _ isWrongEdge: Bool, doubleAt: Double?, hum: Double
  ) -> [ReceiverSecond.Edge] {
    let (begin, end) = (-early, model.width - early)
    var edges = [
      ReceiverSecond.Edge(after: begin, isAssert: !isWrongEdge),
      ReceiverSecond.Edge(after: end, isAssert: isWrongEdge),
    ]
    if let doubleAt {
      // A bounce: the pulse once more, soon after it.
      let bounce = model.width + 0.05 + 0.3 * doubleAt
      edges.append(ReceiverSecond.Edge(after: bounce - early, isAssert: true))
      edges.append(ReceiverSecond.Edge(after: bounce + 0.001 - early, isAssert: false))
    }
    for _ in 0..<Int(hum) {
      let moment = random.uniform()
      edges.append(ReceiverSecond.Edge(after: moment, isAssert: true))
      edges.append(ReceiverSecond.Edge(after: moment + 0.004, isAssert: false))
    }
    edges.sort { $0.after < $1.after }
    return edges
  }
}

extension ReceiverProcess {
  /// What a hardware clock shows that is read now, and nil in an outage. Noise is drawn at each call.
  public mutating func reading(elapsed: Double, utc: TimeInterval) -> TimeInterval? {
    var error = model.draw(&random)
    guard !model.outages.contains(where: { $0.contains(elapsed) }) else { return nil }
    for fault in model.faults where fault.active.contains(elapsed) {
      let since = elapsed - fault.active.lowerBound
      switch fault.kind {
      case .frozen: error -= since
      case .ramp(let rate): error += rate * since
      case .shift(let by): error += by
      case .weeks(let count): error += Double(count) * 604_800
      default: break
      }
    }
    return utc + TimeInterval(seconds: error)
  }
}
