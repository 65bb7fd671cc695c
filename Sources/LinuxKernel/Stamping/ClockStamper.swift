// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

/// Makes stamps of the disciplined clock out of kernel stamps and of "now". Each capture thread has its own. [capture]
package struct ClockStamper: Sendable {
  package let clock: ClockID
  /// The virtual clock's line; nil when the disciplined clock is CLOCK_REALTIME itself.
  private var line: ClockHistoryReader?
  package private(set) var map: RealtimeRawMap
  /// Where nearly all stamps of a wake-up lie, if the disciplined clock is CLOCK_REALTIME itself.
  package private(set) var piece: StampLine?
  package private(set) var olderPiece: StampLine?

  package init(_ source: ClockStampSource, read: @escaping @Sendable () -> ClockPair = ClockPair.realtime) {
    clock = source.clock
    switch source.kind {
    case .system:
      line = nil
      map = RealtimeRawMap(owner: source.history, read: read)
    case .virtual:
      var reader = ClockHistoryReader(source.history)
      reader.refresh()
      line = reader
      map = RealtimeRawMap(owner: nil, read: read)
    }
  }

  /// Once per wake-up, before stamps are made.
  package mutating func refresh() {
    map.refresh()
    if line?.refresh() == nil {
      piece = map.piece
      olderPiece = map.olderPiece
    }
  }

  /// A kernel stamp (CLOCK_REALTIME) as a stamp of the disciplined clock. `notBefore`: the packet cannot be older.
  package func stamp(realtimeNanoseconds: Int64, kind: StampKind = .kernel, notBefore: RawInstant) -> Stamp {
    let found = map.pair(ofRealtime: realtimeNanoseconds, notBefore: notBefore)
    guard let line, let shown = line.segments.pair(at: found.pair.raw) else {
      return Stamp(
        clock: clock, kind: kind, era: found.era, time: found.pair.time, raw: found.pair.raw,
        errorNanoseconds: found.pair.errorNanoseconds)
    }
    return Stamp(
      clock: clock, kind: kind, era: shown.era, time: shown.pair.time, raw: found.pair.raw,
      errorNanoseconds: found.pair.errorNanoseconds)
  }

  /// The disciplined clock at a raw moment in the recent past: what a user stamp of that moment would have shown.
  package func stamp(at raw: RawInstant) -> Stamp {
    let found = (line?.segments ?? map.history.segments).pair(at: raw)
    return Stamp(
      clock: clock, kind: .user, era: found?.era ?? ClockEra(rawValue: 0), time: found?.pair.time ?? .zero, raw: raw,
      errorNanoseconds: found?.pair.errorNanoseconds ?? .max)
  }

  /// The disciplined clock now.
  package mutating func now() -> Stamp {
    refresh()
    if line != nil { return stamp(at: map.newest.raw) }
    return Stamp(
      clock: clock, kind: .user, era: map.history.segments.last?.era ?? ClockEra(rawValue: 0), time: map.newest.time,
      raw: map.newest.raw, errorNanoseconds: map.newest.errorNanoseconds)
  }
}

/// What a clock lends to the threads that make its stamps.
package struct ClockStampSource: Sendable {
  package enum Kind: Sendable { case system, virtual }
  package var clock: ClockID
  package var kind: Kind
  package var history: ClockHistory
}
