// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

/// When the host's own clock may stand in for real time. Pure; [capture]. That nobody is followed meanwhile is the engine's to see to: it
/// knows the sources.
package struct LocalReference: Sendable {
  package enum State: Hashable, Sendable, BitwiseCopyable {
    /// Real time is waited for after the start, until then.
    case waiting(until: RawInstant)
    /// Real time is followed, and near enough.
    case idle
    /// It may stand in; where somebody at its own stratum leads, that one is followed.
    case ready
    /// It does: this is what clients are told now.
    case served
  }

  package let options: LocalOptions
  package private(set) var state: State
  private let begin: RawInstant
  /// Real time was followed since the start, so that there is nothing to wait for once it is lost.
  private var hadRealTime = false

  package init(_ options: LocalOptions, now: RawInstant) {
    self.options = options
    begin = now
    state = .waiting(until: now + options.wait)
  }

  /// Whether the engine may let it stand in.
  package var isReady: Bool { state == .ready || state == .served }

  /// Takes what the clock is like now; returns whether the state is another one.
  package mutating func take(_ clock: ClockSight?, now: RawInstant) -> Bool {
    let before = state
    let isReal = clock.map { isRealTime($0) } ?? false
    if isReal { hadRealTime = true }
    if isReal, let clock, clock.rootDistance < options.distance {
      state = .idle
    } else if !hadRealTime, now - begin < options.wait {
      state = .waiting(until: begin + options.wait)
    } else {
      state = isServed(clock) ? .served : .ready
    }
    return state != before
  }

  /// In orphan mode a time of a stratum beyond the orphans' came from one of them.
  private func isRealTime(_ clock: ClockSight) -> Bool {
    clock.isSynchronized && (!options.isOrphan || clock.stratum <= options.stratum)
  }

  private func isServed(_ clock: ClockSight?) -> Bool {
    guard let clock else { return false }
    return !clock.isSynchronized && clock.stratum == options.stratum
  }
}
