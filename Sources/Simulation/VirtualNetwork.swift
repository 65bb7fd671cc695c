// SPDX-License-Identifier: Apache-2.0

public import TimeTypes

/// Names a host of a virtual network.
public struct NodeID: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
  public var rawValue: Int
  public init(rawValue: Int) { self.rawValue = rawValue }
}

/// Which datagram arrives when. It carries no bytes: its driver keeps them and delivers them at the moments it is told.
///
/// Each direction of each pair draws from a generator of its own, seeded by the network's seed and the pair, so that traffic
/// elsewhere changes nothing here. A host reaches itself at once.
public struct VirtualNetwork: Sendable {
  /// When one datagram arrives: not at all, once, or twice.
  public struct Arrivals: Sendable, BitwiseCopyable, Equatable {
    public var first: RawInstant?
    public var second: RawInstant?
  }

  private struct Link: Sendable {
    var path: PathModel {
      didSet { if path.delay != oldValue.delay { delay = DelayProcess(path.delay) } }
    }
    var delay: DelayProcess
    var random: SimulationRandom
    var latest: RawInstant
  }

  private struct Direction: Hashable, Sendable {
    var from: NodeID
    var to: NodeID
  }

  public let seed: UInt64
  /// Of every direction that has no path of its own; nil = unreachable.
  public var defaultPath: PathModel?
  private var links: [Direction: Link] = [:]

  public init(seed: UInt64, defaultPath: PathModel? = nil) {
    self.seed = seed
    self.defaultPath = defaultPath
  }

  /// Sets one direction; the generator goes on where it was.
  public mutating func setPath(_ path: PathModel, from: NodeID, to: NodeID) {
    let direction = Direction(from: from, to: to)
    if links[direction] == nil { links[direction] = link(direction, path) }
    links[direction]?.path = path
  }

  /// Sets both directions.
  public mutating func setPath(_ path: PathModel, between a: NodeID, and b: NodeID) {
    setPath(path, from: a, to: b)
    setPath(path, from: b, to: a)
  }

  /// Sends a datagram at `now`; nil = there is no way.
  public mutating func send(from: NodeID, to: NodeID, now: RawInstant) -> Arrivals? {
    if from == to { return Arrivals(first: now, second: nil) }
    let direction = Direction(from: from, to: to)
    guard var link = links[direction] ?? defaultPath.map({ link(direction, $0) }) else { return nil }
    defer { links[direction] = link }
    // Every datagram draws the same number of chances, so that a change of one probability leaves the other draws alone.
    let lost = link.random.chance(link.path.loss) || link.path.isDown(at: now)
    let doubled = link.random.chance(link.path.duplication)
    var arrivals = Arrivals(first: Self.arrival(&link, now), second: nil)
    if doubled { arrivals.second = Self.arrival(&link, now) }
    if lost { arrivals.first = nil }
    return arrivals
  }

  private static func arrival(_ link: inout Link, _ now: RawInstant) -> RawInstant {
    let drawn = now + link.delay.draw(at: now, &link.random)
    // Whole nanoseconds: a stamp of the raw counter has no fraction.
    let whole = RawInstant(nanoseconds: drawn.nanoseconds)
    if link.path.reorders { return whole }
    link.latest = max(link.latest, whole)
    return link.latest
  }

  private func link(_ direction: Direction, _ path: PathModel) -> Link {
    let stream =
      UInt64(truncatingIfNeeded: direction.from.rawValue) << 32 | UInt64(truncatingIfNeeded: direction.to.rawValue)
    return Link(
      path: path, delay: DelayProcess(path.delay), random: SimulationRandom(seed: seed, stream: stream),
      latest: RawInstant(nanoseconds: .min))
  }
}
