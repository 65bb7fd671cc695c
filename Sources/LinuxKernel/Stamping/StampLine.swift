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
  init?(_ recent: RecentSegments, notAfter: RawInstant, older: Bool = false) {
    guard recent.count >= (older ? 3 : 2) else { return nil }
    guard Self.isStraight(recent.second, recent.newest, notAfter) else { return nil }
    if older { guard Self.isStraight(recent.third, recent.second, notAfter) else { return nil } }
    let (start, next) = older ? (recent.third, recent.second) : (recent.second, recent.newest)
    let ratio = start.ratio(to: next)
    self.start = start
    end = next.time
    slope = ratio / (1 + ratio)
  }

  private static func isStraight(_ this: ClockSegment, _ next: ClockSegment, _ notAfter: RawInstant) -> Bool {
    this.era == next.era && next.since == next.raw && next.raw <= notAfter && this.since <= this.raw
      && this.time < next.time
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
