// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

/// The relation REALTIME ↔ RAW as one thread knows it: its own readings, and the changes that this daemon made.
///
/// Pure: readings come as values. Between two readings REALTIME is taken to run straight unless a change of ours lies between.
package struct RealtimeRawHistory: Sendable {
  package private(set) var segments = ClockSegments()
  /// Jumps that no change of ours explains.
  package private(set) var foreignJumps: UInt64 = 0
  /// Readings disturbed so much that the line knows better.
  package private(set) var discarded: UInt64 = 0
  private var lastChange: ClockSegment?
  private var newestIsReading = false

  /// Above this a difference between line and reading is a jump, not drift: somebody's step, or ours not yet announced.
  static let jump = TimeInterval.microseconds(100)

  /// `jump`, and what a slew by others (500 ppm) may bend while nobody looks.
  static func jumpLimit(elapsed: TimeInterval) -> TimeInterval {
    jump + TimeInterval(nanosecondsAsDouble: elapsed.magnitude.inNanoseconds * 0.0005)
  }

  /// Readings nearer than this replace each other, so that the history reaches back for seconds.
  static let spacing = TimeInterval.milliseconds(50)

  package init() {}

  /// Takes over the changes that the clock's owner announced.
  package mutating func announce(_ owner: borrowing ClockSegments) {
    for i in 0..<owner.count {
      let change = owner[i]
      if let lastChange, change.raw < lastChange.raw || change == lastChange { continue }
      if let place = segments.insert(change) {
        // Readings after it were taken when the change was not known yet.
        segments.setEra(change.era, after: place)
      }
      lastChange = change
    }
    if let last = segments.last, last == lastChange { newestIsReading = false }
  }

  /// Notes a reading of both clocks; returns the newest segments after it.
  @discardableResult
  package mutating func observe(_ pair: ClockPair) -> RecentSegments {
    note(pair)
    return segments.recent
  }

  private mutating func note(_ pair: ClockPair) {
    // What is copied here is small: this is done at each wake-up.
    let recent = segments.recent
    guard recent.count > 0 else {
      append(pair, frequency: .zero, era: ClockEra(rawValue: 0), replacing: false)
      return
    }
    let last = recent.newest
    guard pair.raw > last.raw else { return }
    let residual = pair.time - last.pair(at: pair.raw, ratio: last.frequency.ratio).time
    let limit =
      RealtimeRawHistory.jumpLimit(elapsed: pair.raw - last.raw)
      + TimeInterval(nanoseconds: Int64(pair.errorNanoseconds) &+ Int64(last.errorNanoseconds))
    if residual.magnitude > limit {
      foreignJumps &+= 1
      append(pair, frequency: last.frequency, era: last.era.next, replacing: false, since: last.raw)
      return
    }
    if pair.errorNanoseconds > 2000 && residual.magnitude.nanoseconds <= Int64(pair.errorNanoseconds) {
      discarded &+= 1
      return
    }
    let replace =
      newestIsReading && recent.count > 1 && pair.raw - recent.second.raw < RealtimeRawHistory.spacing
      && recent.second.era == last.era
    append(pair, frequency: last.frequency, era: last.era, replacing: replace)
  }

  private mutating func append(
    _ pair: ClockPair, frequency: Frequency, era: ClockEra, replacing: Bool, since: RawInstant? = nil
  ) {
    let segment = ClockSegment(
      raw: pair.raw, time: pair.time, frequency: frequency, era: era, errorNanoseconds: pair.errorNanoseconds,
      since: since)
    if replacing { segments.replaceLast(with: segment) } else { segments.insert(segment) }
    newestIsReading = true
  }

  /// The raw moment of a kernel stamp that was taken in the window.
  package func pair(
    ofRealtime nanoseconds: Int64, notBefore: RawInstant, notAfter: RawInstant
  ) -> (pair: ClockPair, era: ClockEra)? {
    segments.pair(of: TimeInterval(nanoseconds: nanoseconds), notBefore: notBefore, notAfter: notAfter)
  }
}
