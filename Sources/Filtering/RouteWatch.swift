// SPDX-License-Identifier: Apache-2.0

/// Watches each direction's delay against the foretold clock. Right after a change of route the clock is still known far better than
/// the new delays, so each direction's change can be measured by itself: a one-way change is told from one of both ways, and either
/// from a change of the source's time.
package struct RouteWatch: Sendable, BitwiseCopyable {
  /// The round trips that are looked at together. Congestion, too, makes a dozen long ones, but not close together.
  private typealias Run = InlineArray<12, Double>
  static var runLength: Int { @_noAllocation @_noLocks get { Run.count } }
  /// Impossible round trips among the next `downSpan` that make one: a floor can only have fallen.
  static var downCount: Int { @_noAllocation @_noLocks get { 4 } }
  static var downSpan: Int { @_noAllocation @_noLocks get { 8 } }
  /// So many are held in a row at most, whatever they say: a source that is not heard would never be heard again, because the
  /// prediction's deviation grows meanwhile and with it what counts as a change.
  static var mostHeld: Int { @_noAllocation @_noLocks get { 16 } }
  /// What counts as above and below, in light queues, beyond the deviation of what was foretold.
  private static var upLights: Double { @_noAllocation @_noLocks get { 2 } }
  private static var downLights: Double { @_noAllocation @_noLocks get { 0.5 } }
  /// A change of the source's time by less is left to the bank, which follows bad oscillators in the same way.
  private static var clockLights: Double { @_noAllocation @_noLocks get { 16 } }

  /// Nor is a smaller one looked at, seconds: clocks are noisy, too, where paths are not.
  private static var leastStep: Double { @_noAllocation @_noLocks get { 2e-5 } }

  /// What was found; seconds.
  enum Finding {
    case none
    /// The measurement contradicts what is believed; it is not to be used before more is known.
    case hold
    /// The base delay of each direction changed by so much.
    case route(forward: Double, backward: Double)
    /// The source's time changed by so much, with the scatter of that.
    case step(by: Double, scatter: Double)
  }

  /// The queues that the prediction left to each direction, newest first.
  private var forward = Run(repeating: 0)
  private var backward = Run(repeating: 0)
  private var count = 0
  private var held = 0
  private var sinceHeld = 0
  private var heldInRow = 0
  private var isHeldForClock = false

  @_noAllocation @_noLocks
  init() {}

  @_noAllocation @_noLocks
  mutating func reset() { self = RouteWatch() }

  /// `forward` and `backward`: the queues that the prediction leaves; `deviation`: of the prediction of either, and of the floor.
  @_noAllocation @_noLocks
  mutating func look(
    forward f: Double, backward b: Double, deviation: Double, floorDeviation: Double, _ noise: PathNoise
  ) -> Finding {
    let low = 4 * deviation + Self.belowEdge(noise)
    // What one direction gains and the other loses is the clock's doing.
    let isClock = (f < -low && b > low) || (b < -low && f > low)
    let far = Self.clockLights * noise.light
    let least = 2 * (far > Self.leastStep ? far : Self.leastStep)
    let isFar = (f - b).magnitude > least && (f - b).magnitude > 4 * usualDistance
    let lowSum = 4 * floorDeviation + 0.5 * Self.belowEdge(noise)
    let isBelow = f < -low || b < -low || f + b < -lowSum
    let isHeld = isBelow && (isFar || !isClock)
    if held > 0 {
      sinceHeld += 1
      // Spikes they were. A clock that moved stays where it went, but not every round trip of a shorter path shows it.
      if sinceHeld > Self.downSpan || (!isHeld && isHeldForClock) {
        let row = heldInRow
        reset()
        heldInRow = row
      }
    }
    push(f, b)
    heldInRow = isHeld ? heldInRow + 1 : 0
    if isHeld {
      held += 1
      isHeldForClock = isClock
      if held >= Self.downCount {
        return decide(
          last: sinceHeld + 1 < Self.runLength ? sinceHeld + 1 : Self.runLength, low: low, lowSum: lowSum)
      }
      return heldInRow < Self.mostHeld ? .hold : .none
    }
    return count < Self.runLength ? .none : longer(deviation: deviation, noise)
  }

  /// How far below nothing a queue may seem: hardly at all where queues have an edge, a few deviations where noise has none.
  @_noAllocation @_noLocks
  private static func belowEdge(_ noise: PathNoise) -> Double {
    let edge = downLights * noise.light
    let tail = 2.5 * noise.spread * noise.beliefWithoutEdge
    return edge > tail ? edge : tail
  }

  /// The median distance of late between both directions' queues; zero while there are few.
  private var usualDistance: Double {
    @_noAllocation @_noLocks get {
      if count < Self.runLength { return 0 }
      var distances = forward
      for i in 0..<Self.runLength { distances[i] = (forward[i] - backward[i]).magnitude }
      return Self.summary(of: distances).middle
    }
  }

  @_noAllocation @_noLocks
  private mutating func push(_ f: Double, _ b: Double) {
    var i = Self.runLength - 1
    while i > 0 {
      forward[i] = forward[i - 1]
      backward[i] = backward[i - 1]
      i -= 1
    }
    forward[0] = f
    backward[0] = b
    if count < Self.runLength { count += 1 }
  }

  @_noAllocation @_noLocks
  private mutating func longer(deviation: Double, _ noise: PathNoise) -> Finding {
    let edge = Self.upLights * noise.light / noise.independence
    let tail = 2.5 * noise.spread * noise.beliefWithoutEdge
    let high = 4 * deviation + (edge > tail ? edge : tail)
    let tight = 3 * noise.light + 2 * deviation
    let out = Self.summary(of: forward)
    let back = Self.summary(of: backward)
    let isLongerOut = out.least > high && out.middle - out.least < tight
    let isLongerBack = back.least > high && back.middle - back.least < tight
    if !isLongerOut && !isLongerBack { return .none }
    reset()
    // The least of so many exponential queues is that part of their mean.
    let rest = noise.light / Double(Self.runLength)
    return .route(forward: isLongerOut ? out.least - rest : 0, backward: isLongerBack ? back.least - rest : 0)
  }

  /// What the held measurements, and those between them, have in common. One direction is shorter only if most of them say so.
  @_noAllocation @_noLocks
  private mutating func decide(last: Int, low: Double, lowSum: Double) -> Finding {
    var shorterOut = 0
    var shorterBack = 0
    var shorterBoth = 0
    var leastForward = forward[0]
    var leastBackward = backward[0]
    var leastSum = forward[0] + backward[0]
    var lowest = 0.5 * (forward[0] - backward[0])
    var highest = lowest
    for i in 0..<last {
      let f = forward[i]
      let b = backward[i]
      if f < -0.5 * low { shorterOut += 1 }
      if b < -0.5 * low { shorterBack += 1 }
      if f + b < -lowSum { shorterBoth += 1 }
      if f < leastForward { leastForward = f }
      if b < leastBackward { leastBackward = b }
      if f + b < leastSum { leastSum = f + b }
      let offset = 0.5 * (f - b)
      if offset < lowest { lowest = offset }
      if offset > highest { highest = offset }
    }
    let most = 3 * last
    let isShorterOut = 4 * shorterOut >= most && leastForward < -low
    let isShorterBack = 4 * shorterBack >= most && leastBackward < -low
    // They have nothing in common: noise that looks like an edge.
    guard isShorterOut || isShorterBack || 4 * shorterBoth >= most else {
      return heldInRow < Self.mostHeld ? .hold : .none
    }
    reset()
    if (isShorterOut && leastBackward > low) || (isShorterBack && leastForward > low) {
      return .step(by: 0.5 * (leastForward - leastBackward), scatter: highest - lowest)
    }
    if !isShorterOut && !isShorterBack { return .route(forward: 0.5 * leastSum, backward: 0.5 * leastSum) }
    return .route(forward: isShorterOut ? leastForward : 0, backward: isShorterBack ? leastBackward : 0)
  }

  /// Least and median of a whole run.
  @_noAllocation @_noLocks
  private static func summary(of values: Run) -> (least: Double, middle: Double) {
    var sorted = values
    var span = sorted.mutableSpan
    sortAscending(&span, count: runLength)
    return (sorted[0], sorted[runLength / 2])
  }
}
