// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

/// The period gate: a pulse counts if it comes a whole number of seconds after the last one that did. Pure; [capture].
///
/// Periods are taken on the raw counter, so that neither a step nor a slew of the clock looks like a fault of the pulse. A pulse is on
/// the beat within `tolerance`, and for each second that has none within a further 100 µs, more than any crystal is off.
/// The beat is believed from its third pulse on, and moves where 16 refused pulses in a row are on one of their own.
package struct PulseGate: Sendable, BitwiseCopyable {
  package enum Verdict: Hashable, Sendable, BitwiseCopyable {
    /// No beat yet.
    case gathering
    /// That many seconds after the last one.
    case onBeat(seconds: Int64)
    /// The other edge of a pulse, from a device that marks both and does not say which.
    case otherEdge
    case refused(PulseFault)
    /// The pulses have come at another phase for so long that it is theirs from now on; by so much it is later.
    case moved(TimeInterval)
  }

  /// What a free-running raw counter is off by, and more.
  static let drift = TimeInterval.microseconds(100)
  /// After a longer silence the beat is looked for anew, s.
  static let longestGap: Int64 = 64
  static let restart = 16
  /// Refused ones among the last 32 that make a train noise, and an ordered one again.
  static let (noise, order) = (8, 4)
  static let second: Int64 = 1_000_000_000

  /// Of one period.
  package let tolerance: TimeInterval
  /// False: the device may mark both edges, whatever it was asked for.
  package let tellsEdges: Bool
  /// The newest first; what the beat is looked for in.
  private var history = InlineArray<5, RawInstant>(repeating: RawInstant(nanoseconds: 0))
  private var known = 0
  package private(set) var beat: RawInstant?
  /// From a pulse on the beat to the other edge.
  package private(set) var otherEdge: TimeInterval?
  private var rival: RawInstant?
  private var rivals = 0
  /// Bits of the last 32 pulses, 1 = refused.
  private var recent: UInt32 = 0
  package private(set) var isNoisy = false

  package init(tolerance: TimeInterval = .microseconds(500), tellsEdges: Bool = true) {
    self.tolerance = tolerance
    self.tellsEdges = tellsEdges
  }

  /// Everything is forgotten: the device was gone.
  package mutating func reset() { self = PulseGate(tolerance: tolerance, tellsEdges: tellsEdges) }

  package mutating func take(_ raw: RawInstant) -> Verdict {
    if known > 0, raw <= history[0] { return .refused(.frozen) }
    remember(raw)
    guard let beat else { return begin() }
    let (seconds, phase) = Self.split(raw - beat)
    guard seconds <= Self.longestGap else {
      restartAcquisition(with: raw)
      return .gathering
    }
    if seconds > 0, phase.magnitude <= limit(seconds) {
      note(refused: false)
      self.beat = raw
      (rival, rivals) = (nil, 0)
      return isNoisy ? .refused(.noisy) : .onBeat(seconds: seconds)
    }
    if let otherEdge, isOther(raw - beat, otherEdge) { return .otherEdge }
    note(refused: true)
    return contradict(raw, phase: phase, isEarly: seconds == 0)
  }

  /// How far from whole seconds a pulse may be that comes so many of them after the last.
  private func limit(_ seconds: Int64) -> TimeInterval {
    tolerance + TimeInterval(nanoseconds: (seconds - 1) &* Self.drift.nanoseconds)
  }

  /// The nearest number of whole seconds, and what remains, −0.5 to 0.5 s.
  static func split(_ interval: TimeInterval) -> (seconds: Int64, rest: TimeInterval) {
    let seconds = interval.nanoseconds / second
    let whole = interval.nanoseconds % second >= second / 2 ? seconds + 1 : seconds
    return (whole, interval - TimeInterval(nanoseconds: whole &* second))
  }

  private func isOther(_ since: TimeInterval, _ width: TimeInterval) -> Bool {
    let (seconds, rest) = Self.split(since - width)
    return seconds >= 0 && rest.magnitude <= limit(max(seconds, 1))
  }

  private mutating func remember(_ raw: RawInstant) {
    for index in (1..<5).reversed() { history[index] = history[index - 1] }
    history[0] = raw
    known = min(known + 1, 5)
  }

  private mutating func restartAcquisition(with raw: RawInstant) {
    reset()
    remember(raw)
  }

  // MARK: the beginning

  /// Three in a row whole seconds apart are a beat; of a device that marks both edges, every other one of five.
  private mutating func begin() -> Verdict {
    if known >= 3, isBeat(0, 1), isBeat(1, 2) {
      beat = history[0]
      return .onBeat(seconds: Self.split(history[0] - history[1]).seconds)
    }
    guard !tellsEdges, known >= 5, isBeat(0, 2), isBeat(2, 4), isBeat(1, 3) else { return .gathering }
    // The pulse is the shorter of the two intervals; of two alike nobody can say.
    let rest = history[0] - history[1]
    // Edges are missing between: what is left of the second is no width.
    guard rest < .seconds(1) else { return .gathering }
    let width = TimeInterval(nanoseconds: Self.second) - rest
    if EdgeWatch.isShort(rest) {
      // The newest is the end of a pulse that began with the one before.
      beat = history[1]
      otherEdge = rest
      return .otherEdge
    }
    guard EdgeWatch.isShort(width) else { return .gathering }
    beat = history[0]
    otherEdge = width
    return .onBeat(seconds: 1)
  }

  private func isBeat(_ young: Int, _ old: Int) -> Bool {
    let (seconds, rest) = Self.split(history[young] - history[old])
    return seconds >= 1 && seconds <= 4 && rest.magnitude <= limit(seconds)
  }

  // MARK: what is not on the beat

  private mutating func contradict(_ raw: RawInstant, phase: TimeInterval, isEarly: Bool) -> Verdict {
    if let rival {
      let (seconds, rest) = Self.split(raw - rival)
      rivals = seconds >= 1 && rest.magnitude <= limit(seconds) ? rivals + 1 : 1
    } else {
      rivals = 1
    }
    rival = raw
    guard rivals >= Self.restart else { return .refused(isEarly ? .double : .offBeat) }
    beat = raw
    (rival, rivals, recent, isNoisy, otherEdge) = (nil, 0, 0, false, nil)
    return .moved(phase)
  }

  private mutating func note(refused: Bool) {
    recent = recent << 1 | (refused ? 1 : 0)
    let count = recent.nonzeroBitCount
    if count > Self.noise { isNoisy = true }
    if count <= Self.order { isNoisy = false }
  }
}
