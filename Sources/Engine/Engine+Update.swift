// SPDX-License-Identifier: Apache-2.0

import Selection
import TimeTypes

extension Engine {
  /// Selects, fuses, steers and publishes, as of `now`. Every event that brings something new ends here.
  @_noAllocation @_noLocks
  mutating func update(at now: RawInstant, _ actions: inout Actions) {
    passLeap(at: now, &actions)
    let before = followedSource
    let own = ownClock()
    gatherCandidates(at: now)
    separateSmearing(&actions)
    let isLed = electOrphan(own)
    let isTold = hearOperator()
    // Whoever stands in is one, and what is configured for real sources is not about it.
    storage.selection.select(
      storage.candidates, minimumSources: isLed || isTold ? 1 : parameters.minimumSources,
      requirePresent: isLed || isTold ? false : isSourceRequired())
    reportNoMajority(&actions)
    reportFalsetickers(&actions)
    var isOwnTime = isTold
    if case .selected = storage.selection.outcome {
      gatherSurvivors()
      if let estimate = fuse(at: now) { adopt(estimate, at: now, &actions) }
    } else {
      weighSuspicion(at: now, &actions)
      coast(at: now)
      isOwnTime = true
    }
    // An operator sets the own clock, and makes nobody's time of it.
    if isOwnTime && isOwnClockReady(own) && sanity.isGood {
      storage.selection.standIn(own)
    }
    if followedSource != before { reportSystemSource(&actions) }
    steer(at: now, &actions)
    publish(at: now, &actions)
  }

  @_noAllocation @_noLocks
  private mutating func reportNoMajority(_ actions: inout Actions) {
    switch storage.selection.outcome {
    case .selected: toldNoMajority = false
    case .waiting(.noMajority):
      if !toldNoMajority { actions.advise(.log(.noMajority)) }
      toldNoMajority = true
    default: break
    }
  }

  @_noAllocation @_noLocks
  private mutating func reportFalsetickers(_ actions: inout Actions) {
    for position in 0..<storage.candidates.count {
      let candidate = storage.candidates[position]
      var isFalseticker = false
      switch storage.selection.state(of: candidate.index) {
      case .falseticker, .outlier: isFalseticker = true
      default: break
      }
      if isFalseticker && !storage.slots[candidate.index].wasFalseticker {
        actions.advise(
          .log(.falseticker(storage.slots[candidate.index].id, offset: TimeInterval(seconds: candidate.offset))))
        joint.distrust(storage.slots[candidate.index].id)
      }
      storage.slots[candidate.index].wasFalseticker = isFalseticker
    }
  }

  @_noAllocation @_noLocks
  private func reportSystemSource(_ actions: inout Actions) {
    if let index = followedSource {
      actions.advise(
        .log(.systemSourceChanged(storage.slots[index].id, stratum: storage.slots[index].stratum)))
    } else {
      actions.advise(.log(.systemSourceChanged(nil, stratum: 16)))
    }
  }
}
