// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

/// What is known again after a restart: a moment that has been, and how the clock stood. A line of numbers; what comes back is as hostile
/// as any file.
package struct SavedRTC: Hashable, Sendable, BitwiseCopyable {
  /// True time was at least this; a second less than the last measurement's at most.
  package var time: TimeInterval
  package var isUTC: Bool
  package var track: RTCTrack?

  package init(time: TimeInterval, isUTC: Bool, track: RTCTrack?) {
    (self.time, self.isUTC, self.track) = (time, isUTC, track)
  }

  /// The first number, which says what the others are.
  private static let version: Int64 = 1

  package var text: String {
    var numbers = [Self.version, time.nanoseconds, isUTC ? 1 : 0]
    if let track {
      numbers += [track.latest.time, track.latest.offset, track.latest.error].map(\.nanoseconds)
      if let drift = track.drift {
        numbers += [drift.ppm, drift.error].map { TimeInterval(nanosecondsAsDouble: $0 * 1000).nanoseconds }
      }
    }
    return numbers.map(String.init).joined(separator: " ")
  }

  /// nil = nothing that `text` wrote.
  package init?(text: String) {
    let words = text.split(separator: " ", omittingEmptySubsequences: false)
    let numbers = words.compactMap { Int64($0) }
    guard numbers.count == words.count, [3, 6, 8].contains(numbers.count), numbers[0] == Self.version,
      (0...1).contains(numbers[2])
    else { return nil }
    let time = TimeInterval(nanoseconds: numbers[1])
    guard RTCWatch.plausible.contains(time) else { return nil }
    self.init(time: time, isUTC: numbers[2] == 1, track: nil)
    guard numbers.count > 3 else { return }
    let last = RTCTrack.Point(
      time: TimeInterval(nanoseconds: numbers[3]), offset: TimeInterval(nanoseconds: numbers[4]),
      error: TimeInterval(nanoseconds: numbers[5]))
    guard RTCWatch.plausible.contains(last.time), last.time <= time + .seconds(1), !last.error.isNegative,
      last.error <= .seconds(2), RTCWatch.plausible.contains(last.time + last.offset)
    else { return nil }
    var drift: RTCTrack.Drift?
    if numbers.count == 8 {
      // In parts of 10^9. No clock that was not set runs that wrong.
      guard (-1_000_000...1_000_000).contains(numbers[6]), (0...1_000_000).contains(numbers[7]) else { return nil }
      drift = RTCTrack.Drift(ppm: Double(numbers[6]) / 1000, error: Double(numbers[7]) / 1000)
    }
    track = RTCTrack(last: last, drift: drift)
  }
}
