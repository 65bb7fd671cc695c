// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

/// Turns the kernel's CLOCK_REALTIME stamps into raw time, truly although REALTIME is slewed or stepped between stamp and now.
///
/// Each capture thread has its own. Call `refresh` once per wake-up, before converting what came.
package struct RealtimeRawMap: Sendable {
  package private(set) var history = RealtimeRawHistory()
  /// The piece between the last two readings, and the one before it; nil where that is no straight line.
  private(set) var piece: StampLine?
  private(set) var olderPiece: StampLine?
  /// The last reading of both clocks.
  package private(set) var newest: ClockPair
  private var owner: ClockHistoryReader?
  private let read: @Sendable () -> ClockPair

  /// `owner` announces this daemon's own changes of REALTIME (nil = it makes none). `read` is replaced in tests.
  package init(owner: ClockHistory?, read: @escaping @Sendable () -> ClockPair = ClockPair.realtime) {
    self.owner = owner.map(ClockHistoryReader.init)
    self.read = read
    newest = read()
    refresh(newest)
  }

  /// Reads both clocks and fetches our own changes. [capture]
  package mutating func refresh() {
    newest = read()
    refresh(newest)
  }

  private mutating func refresh(_ pair: ClockPair) {
    // Copied only where there is something new: it is large.
    if owner?.refresh() == true, let reader = owner { history.announce(reader.segments) }
    let recent = history.observe(pair)
    piece = StampLine(recent, notAfter: pair.raw)
    olderPiece = StampLine(recent, notAfter: pair.raw, older: true)
  }

  /// The raw moment of a kernel stamp, and the era REALTIME had; `notBefore` is when the packet cannot have come yet (when it
  /// was sent, when the queue was empty). The upper end of the window is the last `refresh`.
  package func pair(ofRealtime nanoseconds: Int64, notBefore: RawInstant) -> (pair: ClockPair, era: ClockEra) {
    history.pair(ofRealtime: nanoseconds, notBefore: notBefore, notAfter: newest.raw)
      ?? (
        ClockPair(raw: newest.raw, time: TimeInterval(nanoseconds: nanoseconds), errorNanoseconds: .max),
        ClockEra(rawValue: 0)
      )
  }
}
