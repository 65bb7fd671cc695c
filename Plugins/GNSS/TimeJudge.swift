// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

/// Whether a receiver's time is believed: it has to go on as it went. Pure; "now" is the reading's own raw time.
///
/// What was believed is a line against the raw counter. A reading that is not on it is refused, and from then on all are, until some
/// in a row are on the old line again, or many in a row agree on a new one: a ramp, a frozen clock or one that jumps to and fro never
/// gets there.
package struct TimeJudge: Hashable, Sendable, BitwiseCopyable {
  /// Readings in a row that agree before the first is believed.
  package static let toBegin = 4
  /// …and after a refusal, where they are on the line as it was.
  package static let toReturn = 8
  /// …and where they are on another one.
  package static let toMove = 60
  /// A second that is told again within this is the same message once more, not a clock that stands.
  package static let sameSecond = TimeInterval.milliseconds(900)
  /// ns: moments so near each other are one. SOCK tells the local clock to a microsecond alone.
  private static let sameMoment: UInt64 = 10_000
  private static let second: Int64 = 1_000_000_000

  package enum Verdict: Hashable, Sendable, BitwiseCopyable {
    case taken
    /// Taken, the first after a refusal or at all. `moved`: how far the new line is from the old one, nil = it is the old one.
    case trusted(moved: TimeInterval?)
    /// Neither refused nor used: so many more that agree are wanted.
    case settling(Int)
    /// `isNews`: it was believed until now, or is refused for another reason. `by`: how far off it was.
    case refused(Refusal, by: TimeInterval, isNews: Bool)
    /// A leap second, which has no number; or a message that is as old as the one before.
    case passed
  }

  private let maximumJump: TimeInterval?
  /// What was believed last.
  private var line: TimeLine?
  private var isTrusted = false
  /// What the last readings say since it is not believed.
  private var candidate: TimeLine?
  private var agreeing = 0
  private var returning = 0
  private var lastReference: Int64 = 0
  private var lastRaw: RawInstant?
  private var lastStep = 0.0
  private var lastRefusal: Refusal?

  package init(maximumJump: TimeInterval? = nil) { self.maximumJump = maximumJump }

  /// Mean distance of readings from the line, ns.
  package var scatter: Double { line?.scatter ?? 0 }
  package var isBelieved: Bool { isTrusted }
  /// What the time is by what was believed or, before that, by what was told; nil = nothing is known.
  package func expected(at raw: RawInstant) -> Int64? { (line ?? candidate)?.reference(at: raw) }

  /// How far off a reading may be, ns.
  package func tolerance(_ line: TimeLine, grade: Reading.Grade, at raw: RawInstant) -> Double {
    let jump: Double
    if let maximumJump {
      jump = maximumJump.inNanoseconds
    } else {
      let least = grade == .serial ? 20e6 : 500e3
      jump = min(max(8 * line.scatter, least), 500e6)
    }
    return jump + line.allowance(at: raw)
  }

  package mutating func judge(_ reading: Reading) -> Verdict {
    let raw = reading.stamp.raw
    if reading.isLeapSecond { return .passed }
    guard let lastRaw else { return begin(reading) }
    let elapsed = raw - lastRaw
    guard elapsed > .zero else { return .passed }
    let step = reading.reference &- lastReference
    let stands = step.magnitude < Self.sameMoment
    if stands, elapsed < Self.sameSecond { return .passed }
    defer {
      lastReference = reading.reference
      self.lastRaw = raw
      lastStep = Double(step &- elapsed.nanoseconds)
    }
    passLeap(reading)
    if stands { return refuse(.frozen, by: -elapsed, reading) }
    if let line {
      let gap = line.distance(reference: reading.reference, raw: raw)
      if gap.magnitude <= tolerance(line, grade: reading.grade, at: raw) { return onLine(reading) }
      if isTrusted { return refuse(reason(step, elapsed), by: TimeInterval(nanosecondsAsDouble: gap), reading) }
    }
    returning = 0
    return onCandidate(reading, step, elapsed)
  }

  /// The receiver has no time now: what it says next has to show itself again.
  package mutating func interrupt() {
    guard isTrusted || agreeing > 0 else { return }
    returning = isTrusted ? Self.toReturn - Self.toBegin : 0
    isTrusted = false
    agreeing = 0
    candidate = nil
  }

  private mutating func begin(_ reading: Reading) -> Verdict {
    lastReference = reading.reference
    lastRaw = reading.stamp.raw
    candidate = TimeLine(reference: reading.reference, raw: reading.stamp.raw)
    agreeing = 1
    return .settling(Self.toBegin - 1)
  }

  private mutating func onLine(_ reading: Reading) -> Verdict {
    line?.take(reference: reading.reference, raw: reading.stamp.raw)
    if isTrusted { return .taken }
    // In a row: what agreed on another line did not.
    candidate = nil
    agreeing = 0
    returning += 1
    guard returning >= Self.toReturn else { return .settling(Self.toReturn - returning) }
    trust()
    return .trusted(moved: nil)
  }

  private mutating func onCandidate(_ reading: Reading, _ step: Int64, _ elapsed: TimeInterval) -> Verdict {
    let raw = reading.stamp.raw
    guard let candidate else {
      restart(reading)
      return .settling((line == nil ? Self.toBegin : Self.toMove) - 1)
    }
    let gap = candidate.distance(reference: reading.reference, raw: raw)
    guard gap.magnitude <= tolerance(candidate, grade: reading.grade, at: raw) else {
      return refuse(reason(step, elapsed), by: TimeInterval(nanosecondsAsDouble: gap), reading)
    }
    self.candidate?.take(reference: reading.reference, raw: raw)
    agreeing += 1
    let wanted = line == nil ? Self.toBegin : Self.toMove
    guard agreeing >= wanted else { return .settling(wanted - agreeing) }
    let moved = line.map { TimeInterval(nanosecondsAsDouble: $0.distance(reference: reading.reference, raw: raw)) }
    line = self.candidate
    trust()
    return .trusted(moved: moved)
  }

  private mutating func refuse(_ refusal: Refusal, by distance: TimeInterval, _ reading: Reading) -> Verdict {
    let isNews = isTrusted || lastRefusal != refusal
    isTrusted = false
    lastRefusal = refusal
    returning = 0
    restart(reading)
    return .refused(refusal, by: distance, isNews: isNews)
  }

  private mutating func restart(_ reading: Reading) {
    candidate = TimeLine(reference: reading.reference, raw: reading.stamp.raw)
    agreeing = 1
  }

  private mutating func trust() {
    isTrusted = true
    lastRefusal = nil
    candidate = nil
    (agreeing, returning) = (0, 0)
  }

  /// What kind of departure it is. A clock of another rate departs as much each second as in the one before.
  private func reason(_ step: Int64, _ elapsed: TimeInterval) -> Refusal {
    if step < 0 { return .backward }
    let departure = Double(step &- elapsed.nanoseconds)
    let isSteady = (departure - lastStep).magnitude < 0.1 * departure.magnitude
    return isSteady && departure.magnitude > 1e-3 * elapsed.inNanoseconds ? .rate : .jump
  }

  /// At the end of June and December a second may be inserted or left out: the reference goes on a second earlier or later than was
  /// foretold, and the line with it.
  private mutating func passLeap(_ reading: Reading) {
    guard var moved = line, LeapDay.begins(at: reading.reference) else { return }
    let gap = moved.distance(reference: reading.reference, raw: reading.stamp.raw)
    let tolerance = min(tolerance(moved, grade: reading.grade, at: reading.stamp.raw), 0.4e9)
    guard (gap.magnitude - 1e9).magnitude <= tolerance else { return }
    moved.shift(by: gap < 0 ? -Self.second : Self.second)
    line = moved
  }
}
