// SPDX-License-Identifier: Apache-2.0

package import ProviderKit
package import TimeTypes

/// What is made of the battery-backed clock: a moment that time cannot be before, and its drift. Pure; [capture]. Nothing of it is followed.
package struct RTCWatch: Sendable {
  package enum State: Hashable, Sendable, BitwiseCopyable {
    case waiting
    /// It is a lower bound; nothing better is known to measure it by.
    case bounding
    /// Its offset and drift are measured.
    case measured
    case refused(RTCFault)
  }

  package enum Action: Hashable, Sendable, BitwiseCopyable {
    /// The state is of another kind.
    case changed
    /// Somebody set the clock: its drift is learned anew.
    case wasSet
    /// The disciplined clock shows `clock`, and a later time has already been.
    case clockBefore(bound: TimeInterval, clock: TimeInterval)
    case save(SavedRTC)
  }

  /// What it may show at all: 2024 to 2098.
  package static let plausible = TimeInterval.seconds(1_704_067_200)..<TimeInterval.seconds(4_070_908_800)
  /// From one reading to the next while the second's beginning is looked for.
  package static let pause = TimeInterval.milliseconds(100)
  /// From one look to the next while there is no real time.
  package static let look = TimeInterval.seconds(64)
  /// A clock that was never measured may be in any time zone, and some minutes wrong.
  package static let unmeasured = TimeInterval.seconds(15 * 3600)

  /// What one tells may be so far behind what has been: neither the counter beside the clock nor a measured drift is exact.
  package static let slack = TimeInterval.seconds(60)

  package let options: RTCOptions
  package private(set) var state = State.waiting
  package private(set) var track: RTCTrack?
  /// When it is to be read next.
  package private(set) var next: RawInstant
  /// Searches that ended, and those that became measurements.
  package private(set) var looks: UInt32 = 0
  package private(set) var measurements: UInt32 = 0
  /// A moment that has been, by the raw clock.
  private var been: (time: TimeInterval, raw: RawInstant)?
  private var search = SecondSearch()
  /// That the clock is before what has been was told.
  private var isBefore = false

  package init(_ options: RTCOptions, saved: SavedRTC?, now: RawInstant) {
    self.options = options
    next = now
    if let saved {
      been = (saved.time, now)
      if saved.isUTC == options.isUTC { track = saved.track }
    }
  }

  /// True time is at least this; nil = nothing is known.
  package func lowerBound(at raw: RawInstant) -> TimeInterval? { been.map { $0.time + (raw - $0.raw) } }

  /// A reading, made between two moments of the disciplined clock; nil = there is none, for the reason `otherwise`.
  package mutating func take(
    _ reading: Int64?, otherwise: RTCFault = .unreadable, before: Stamp, after: Stamp, _ followed: FollowedTime?
  ) -> [Action] {
    next = after.raw + Self.pause
    guard let reading else { return finish(otherwise, nil, after, followed) }
    switch search.take(reading, before: before, after: after) {
    case .more: return []
    case .failed(let fault): return finish(fault, nil, after, followed)
    case .found(let edge): return finish(nil, edge, edge.stamp, followed)
    }
  }

  private mutating func finish(
    _ fault: RTCFault?, _ edge: SecondSearch.Edge?, _ stamp: Stamp, _ followed: FollowedTime?
  ) -> [Action] {
    let old = state
    let isReal = FollowedTime.reason(followed, at: stamp.raw, era: stamp.era) == nil
    let error = isReal ? followed?.bound(at: stamp.raw) ?? .zero : .zero
    looks &+= 1
    search = SecondSearch()
    next = stamp.raw + (isReal ? options.interval : min(options.interval, Self.look))
    var actions: [Action] = []
    if let fault {
      state = .refused(fault)
    } else if let edge {
      if let fault = isReal ? measure(edge, error, &actions) : bound(edge) {
        state = .refused(fault)
      } else {
        state = isReal ? .measured : .bounding
      }
    }
    judge(stamp, error, &actions)
    if isReal {
      been = (stamp.time - error, stamp.raw)
      actions.append(.save(SavedRTC(time: stamp.time - error, isUTC: options.isUTC, track: track)))
    }
    if !state.isLike(old) { actions.append(.changed) }
    return actions
  }

  /// By real time: how it stands.
  private mutating func measure(_ edge: SecondSearch.Edge, _ error: TimeInterval, _ actions: inout [Action])
    -> RTCFault?
  {
    if let fault = Self.implausible(edge.second) { return fault }
    let offset = edge.second - edge.stamp.time
    if options.isUTC, offset.isLikeTimeZone { return .localTime(offset) }
    let point = RTCTrack.Point(
      time: edge.stamp.time, offset: options.isUTC ? offset : offset.withoutTimeZone, error: edge.error + error)
    measurements &+= 1
    if track == nil {
      track = RTCTrack(point)
    } else if track?.take(point) == false {
      actions.append(.wasSet)
    }
    return nil
  }

  /// Without real time: the earliest that it can be by this clock.
  private mutating func bound(_ edge: SecondSearch.Edge) -> RTCFault? {
    if let fault = Self.implausible(edge.second) { return fault }
    // Local time says nothing of UTC.
    guard options.isUTC else { return nil }
    let told = track?.latest(shown: edge.second) ?? edge.second
    let slack = track == nil ? Self.unmeasured : Self.slack
    if let been = lowerBound(at: edge.stamp.raw), told + slack < been { return .beforeSaved }
    let earliest = (track?.earliest(shown: edge.second) ?? edge.second - Self.unmeasured) - edge.error
    if lowerBound(at: edge.stamp.raw).map({ $0 < earliest }) ?? true { been = (earliest, edge.stamp.raw) }
    return nil
  }

  /// Told once for each time that it happens.
  private mutating func judge(_ stamp: Stamp, _ error: TimeInterval, _ actions: inout [Action]) {
    guard let bound = lowerBound(at: stamp.raw) else { return }
    let isNow = stamp.time + error + Self.slack < bound
    if isNow, !isBefore { actions.append(.clockBefore(bound: bound, clock: stamp.time)) }
    isBefore = isNow
  }

  private static func implausible(_ shown: TimeInterval) -> RTCFault? {
    if shown < plausible.lowerBound { return .tooEarly }
    return shown < plausible.upperBound ? nil : .tooLate
  }
}

extension RTCWatch.State {
  /// Of one kind: whose figures differ is no news.
  package func isLike(_ other: RTCWatch.State) -> Bool {
    if case .refused(let a) = self, case .refused(let b) = other { return a.isLike(b) }
    return self == other
  }
}
