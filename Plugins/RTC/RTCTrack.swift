// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

/// How the clock stands against true time, and how fast it goes away from it. Pure.
package struct RTCTrack: Hashable, Sendable, BitwiseCopyable {
  /// The clock minus true time at a moment, give or take `error`.
  package struct Point: Hashable, Sendable, BitwiseCopyable {
    package var time: TimeInterval
    package var offset: TimeInterval
    package var error: TimeInterval

    package init(time: TimeInterval, offset: TimeInterval, error: TimeInterval) {
      (self.time, self.offset, self.error) = (time, offset, error)
    }
  }

  /// How fast it goes away, ppm, positive = fast, and how far that can be wrong.
  package struct Drift: Hashable, Sendable, BitwiseCopyable {
    package var ppm: Double
    package var error: Double

    package init(ppm: Double, error: Double) { (self.ppm, self.error) = (ppm, error) }
  }

  /// Since when this run watches it, and nobody has set it. Nil: not measured in this run: while the host was off, anybody may have set it.
  package private(set) var base: Point?
  package private(set) var latest: Point
  /// Of an earlier stretch.
  private var known: Drift?

  /// No such clock runs wrong by more than this, in ns a s.
  static let wildest = 500_000.0
  /// What one does when its host is off and cold, beyond its usual drift.
  static let unknown = 200_000.0

  package init(_ point: Point) { (base, latest) = (point, point) }

  /// As it was at the end of an earlier run.
  package init(last: Point, drift: Drift?) {
    latest = last
    known = drift
  }

  /// Takes a measurement; false = somebody set the clock since the last one, so that its drift is learned anew.
  package mutating func take(_ point: Point) -> Bool {
    let passed = point.time - latest.time
    let allowed = point.error + latest.error + Self.growth(passed, Self.wildest)
    let isSteady = !passed.isNegative && (point.offset - latest.offset).magnitude <= allowed
    if !isSteady || base == nil {
      known = drift
      base = point
    }
    latest = point
    return isSteady
  }

  /// For so long it has been watched, and not set.
  package var span: TimeInterval { base.map { latest.time - $0.time } ?? .zero }

  /// nil before it was watched for an hour, once; later than that the last that is known.
  package var drift: Drift? {
    guard let base, span >= .seconds(3600) else { return known }
    let scale = 1e6 / span.inSeconds
    return Drift(
      ppm: (latest.offset - base.offset).inSeconds * scale, error: (latest.error + base.error).inSeconds * scale)
  }

  /// True time is at least this where the clock shows `shown`: it stands as it was last measured, or has been put right since then, as
  /// many hosts do at shutdown.
  package func earliest(shown: TimeInterval) -> TimeInterval {
    let told = shown - max(latest.offset, .zero)
    let passed = told - latest.time
    let drift = drift.map { max($0.ppm, -$0.ppm) * 1000 } ?? 0
    return told - latest.error - Self.growth(passed, drift + Self.unknown)
  }

  /// The latest time that it can mean by `shown`, but for its drift.
  package func latest(shown: TimeInterval) -> TimeInterval { shown - min(latest.offset, .zero) }

  private static func growth(_ passed: TimeInterval, _ rate: Double) -> TimeInterval {
    TimeInterval(nanosecondsAsDouble: max(passed.inSeconds, 0) * rate)
  }
}
