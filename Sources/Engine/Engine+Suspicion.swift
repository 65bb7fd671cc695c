// SPDX-License-Identifier: Apache-2.0

import Filtering
import Selection
import TimeTypes

/// When the sources agree with each other but not with the clock: the clock is suspect.
extension Engine {
  /// Without a selection: do the sources that the gate refused agree with each other? Then it is the clock that is wrong.
  @_noAllocation @_noLocks
  mutating func weighSuspicion(at now: RawInstant, _ actions: inout Actions) {
    guard let reading, case .noCandidates = storage.selection.outcome else { return }
    // A source within the limits that only has too few samples yet speaks against the suspicion.
    for i in 0..<capacity where storage.slots[i].isUsed && storage.slots[i].refusedRun == 0 {
      if case .unselectable(.distant) = storage.selection.state(of: i) { return }
    }
    storage.candidates.removeAll()
    let census = census()
    for i in 0..<capacity where storage.slots[i].isUsed {
      guard case .unselectable(.tooBig) = storage.selection.state(of: i) else { continue }
      guard let summary = storage.slots[i].gated.summary(at: now, frequency: frequencyPrior.mean) else { continue }
      let path = storage.slots[i].rootDelay + (summary.statistics.delay > 0 ? summary.statistics.delay : 0)
      storage.candidates.append(
        Candidate(
          index: i, offset: reading.offset(of: summary.line, at: now),
          rootDistance: 0.5 * path + storage.slots[i].rootDispersion + summary.statistics.measuredDispersion
            + summary.statistics.jitter
            + 1e-3,
          stratum: storage.slots[i].stratum, trust: storage.slots[i].options.trust || role(i, census).isTrusted))
    }
    let count = storage.candidates.count
    if count == 0 || count < parameters.minimumSources { return }
    guard let agreement = Intersection.find(storage.candidates.intervals()) else { return }
    var agreeing: UInt8 = 0
    for i in 0..<count where agreement.contains(storage.candidates[i]) { agreeing += 1 }
    suspect(
      TimeInterval(seconds: 0.5 * (agreement.low + agreement.high)), agreeing: agreeing,
      of: UInt8(truncatingIfNeeded: count), &actions)
  }

  @_noAllocation @_noLocks
  mutating func suspect(_ offset: TimeInterval, agreeing: UInt8, of count: UInt8, _ actions: inout Actions) {
    var isNews = true
    if case .suspect(_, let before, let all) = sanity { isNews = before != agreeing || all != count }
    sanity = .suspect(offset: offset, agreeing: agreeing, of: count)
    if isNews { actions.advise(.log(.localClockSuspect(offset: offset, agreeing: agreeing, of: count))) }
  }
}
