// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

/// The straight piece of the relation REALTIME ↔ RAW that lies between the last two readings: where nearly every kernel stamp of a
/// wake-up falls, and where one multiplication gives what `ClockSegments.pair(of:)` would find by looking at all pieces.
package struct StampLine: Sendable, BitwiseCopyable {
  @usableFromInline
  let start: ClockSegment
  /// The stamp has to be earlier than that.
  @usableFromInline
  let end: TimeInterval
  @usableFromInline
  let slope: Double

  /// nil = the last two readings are not joined by one straight line.
  ///
  /// `older`: the piece before that one, as long as the line goes straight on from there.
  init?(_ segments: borrowing ClockSegments, notAfter: RawInstant, older: Bool = false) {
    let first = segments.count - (older ? 3 : 2)
    guard first >= 0 else { return nil }
    var index = first
    while index + 1 < segments.count {
      let (this, next) = (segments[index], segments[index + 1])
      guard this.era == next.era, next.since == next.raw, next.raw <= notAfter, this.since <= this.raw,
        this.time < next.time
      else { return nil }
      index += 1
    }
    let (start, next) = (segments[first], segments[first + 1])
    let ratio = segments.ratio(first)
    self.start = start
    end = next.time
    slope = ratio / (1 + ratio)
  }

  /// Whether the stamp is earlier than the piece's end: else only a later reading tells of it.
  package func reaches(realtime nanoseconds: Int64) -> Bool { TimeInterval(nanoseconds: nanoseconds) < end }

  /// A kernel stamp (CLOCK_REALTIME) with its raw moment, nil = it does not fall on this piece or came before `notBefore`.
  @inlinable
  package func stamp(realtime nanoseconds: Int64, notBefore: RawInstant) -> Stamp? {
    let time = TimeInterval(nanoseconds: nanoseconds)
    guard time >= start.time, time < end else { return nil }
    let shown = time - start.time
    let raw = start.raw + (shown - TimeInterval(nanosecondsAsDouble: shown.inNanoseconds * slope))
    guard raw >= notBefore else { return nil }
    return Stamp(
      clock: .system, kind: .kernel, era: start.era, time: time, raw: raw, errorNanoseconds: start.errorNanoseconds)
  }
}
