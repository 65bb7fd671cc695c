// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

/// From `raw` on a clock showed `time` and ran at `frequency` against the raw counter, in `era`.
package struct ClockSegment: Sendable, BitwiseCopyable, Equatable {
  package var raw: RawInstant
  package var time: TimeInterval
  package var frequency: Frequency
  package var era: ClockEra
  package var errorNanoseconds: UInt32
  /// When it may have begun at the earliest: somebody else's step is seen only at the next look.
  package var since: RawInstant

  package init(
    raw: RawInstant, time: TimeInterval, frequency: Frequency, era: ClockEra, errorNanoseconds: UInt32 = 0,
    since: RawInstant? = nil
  ) {
    self.since = since ?? raw
    self.raw = raw
    self.time = time
    self.frequency = frequency
    self.era = era
    self.errorNanoseconds = errorNanoseconds
  }

  static let zero = ClockSegment(
    raw: RawInstant(nanoseconds: 0), time: .zero, frequency: .zero, era: ClockEra(rawValue: 0))

  /// The clock at a raw moment, by a line from here that gains `ratio`.
  func pair(at raw: RawInstant, ratio: Double) -> ClockPair {
    let elapsed = raw - self.raw
    let gained = TimeInterval(nanosecondsAsDouble: elapsed.inNanoseconds * ratio)
    return ClockPair(raw: raw, time: time + elapsed + gained, errorNanoseconds: errorNanoseconds)
  }

  /// The rate up to `next`: between two readings of one era the line goes through both, else as announced.
  func ratio(to next: ClockSegment) -> Double {
    guard next.era == era else { return frequency.ratio }
    let elapsed = next.raw - raw
    // Closer than 1 µs the noise of reading outweighs what the interval can tell.
    guard elapsed.inNanoseconds >= 1000 else { return frequency.ratio }
    return ((next.time - time) - elapsed).inNanoseconds / elapsed.inNanoseconds
  }
}

/// The newest three of a clock's segments, where nearly every moment falls.
///
/// To read one element of a large InlineArray the compiler (6.3) copies all of it: 2 KB at each look, were it not for these.
package struct RecentSegments: Sendable, BitwiseCopyable {
  /// How many there are, older ones included.
  package fileprivate(set) var count = 0
  package fileprivate(set) var newest = ClockSegment.zero
  package fileprivate(set) var second = ClockSegment.zero
  package fileprivate(set) var third = ClockSegment.zero
}

/// The relation between a clock and the raw counter over the last changes: a line with bends (slews) and gaps (steps).
///
/// Pure and of fixed size. A stamp that was taken before the clock was slewed or stepped is converted by the line as it was then.
package struct ClockSegments: Sendable {
  package static let capacity = 32
  private var storage: InlineArray<32, ClockSegment>
  package private(set) var recent = RecentSegments()

  package init() { storage = InlineArray(repeating: .zero) }

  /// Segment `index`, oldest first.
  package subscript(index: Int) -> ClockSegment { storage[index] }

  package var count: Int { recent.count }
  package var last: ClockSegment? { count > 0 ? recent.newest : nil }

  /// Puts a segment in its place by raw time, after others of the same; the oldest makes room. One of the same raw time and
  /// era is replaced. Returns the place; nil = older than a full history.
  @discardableResult
  package mutating func insert(_ segment: ClockSegment) -> Int? {
    var (count, place) = (count, count)
    while place > 0 && storage[place - 1].raw > segment.raw { place -= 1 }
    if place > 0 && storage[place - 1].raw == segment.raw && storage[place - 1].era == segment.era {
      storage[place - 1] = segment
      remember(count)
      return place - 1
    }
    if count == ClockSegments.capacity {
      guard place > 0 else { return nil }
      for i in 1..<count { storage[i - 1] = storage[i] }
      count -= 1
      place -= 1
    }
    var i = count
    while i > place {
      storage[i] = storage[i - 1]
      i -= 1
    }
    storage[place] = segment
    remember(count + 1)
    return place
  }

  /// Replaces the newest segment.
  mutating func replaceLast(with segment: ClockSegment) {
    guard count > 0 else { return }
    storage[count - 1] = segment
    recent.newest = segment
  }

  private mutating func remember(_ count: Int) {
    recent.count = count
    recent.newest = storage[max(count - 1, 0)]
    recent.second = storage[max(count - 2, 0)]
    recent.third = storage[max(count - 3, 0)]
  }

  /// Corrects the era of every segment after the one at `place`.
  mutating func setEra(_ era: ClockEra, after place: Int) {
    var i = place + 1
    while i < count {
      storage[i].era = era
      i += 1
    }
    remember(count)
  }

  /// The rate inside segment `index`.
  func ratio(_ index: Int) -> Double {
    let start = storage[index]
    return index + 1 < count ? start.ratio(to: storage[index + 1]) : start.frequency.ratio
  }

  /// The clock at a raw moment; moments before the history continue its oldest line.
  package func pair(at raw: RawInstant) -> (pair: ClockPair, era: ClockEra)? {
    guard count > 0 else { return nil }
    var index = count - 1
    while index > 0 && storage[index].raw > raw { index -= 1 }
    let start = storage[index]
    return (start.pair(at: raw, ratio: ratio(index)), start.era)
  }

  /// The raw moment at which the clock showed `time`, known to lie between `notBefore` and `notAfter`.
  ///
  /// After a step back two moments showed the same time: the one inside the window is taken, of two the later. The window only
  /// decides between lines, it bends none: a packet may be stamped a moment before its queue was seen empty. The error grows by
  /// what is left unexplained.
  package func pair(
    of time: TimeInterval, notBefore: RawInstant, notAfter: RawInstant
  ) -> (pair: ClockPair, era: ClockEra)? {
    guard count > 0 else { return nil }
    var best = 0
    var bestRaw = notAfter
    var bestMisfit = TimeInterval.max
    var index = count - 1
    while index >= 0 {
      let start = storage[index]
      let shown = time - start.time
      let ratio = self.ratio(index)
      let raw = start.raw + shown - TimeInterval(nanosecondsAsDouble: shown.inNanoseconds * ratio / (1 + ratio))
      var fitted = raw
      // A segment reaches from its earliest start to the next one's; the oldest reaches back, the newest on.
      if index > 0 && fitted < start.since { fitted = start.since }
      if index + 1 < count && fitted > storage[index + 1].raw { fitted = storage[index + 1].raw }
      var misfit = (raw - fitted).magnitude
      if fitted < notBefore { misfit = misfit + (notBefore - fitted) }
      if fitted > notAfter { misfit = misfit + (fitted - notAfter) }
      if misfit < bestMisfit {
        best = index
        bestRaw = fitted
        bestMisfit = misfit
        // None can fit better, and of two that fit the later is taken.
        if misfit == .zero { break }
      }
      index -= 1
    }
    let error = UInt32(clamping: Int64(storage[best].errorNanoseconds) &+ bestMisfit.nanoseconds)
    return (ClockPair(raw: bestRaw, time: time, errorNanoseconds: error), storage[best].era)
  }
}
