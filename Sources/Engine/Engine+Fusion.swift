// SPDX-License-Identifier: Apache-2.0

import Discipline
import Filtering
import Fusion
import Selection
import TimeTypes

/// The survivors made one estimate, and whether that is taken for true.
extension Engine {
  @_noAllocation @_noLocks
  mutating func gatherSurvivors() {
    survivors.removeAll()
    for position in 0..<storage.selection.survivors.count {
      let i = storage.selection.survivors[position].index
      survivors.append(
        Survivor(
          source: storage.slots[i].id, estimate: storage.slots[i].estimate, rootDistance: storage.slots[i].rootDistance,
          isFresh: storage.slots[i].isFresh, isPreferred: storage.slots[i].options.prefer,
          isSystemSource: i == storage.selection.systemSource,
          rootError: storage.slots[i].rootError,
          bias: joint.bias(of: storage.slots[i].id)?.value ?? 0))
    }
  }

  /// The joint estimate of the survivors, after a fresh sample of one of them if there is one.
  @_noAllocation @_noLocks
  mutating func fuse(at now: RawInstant) -> FusedEstimate? {
    if let request = joint.request(survivors) {
      var position = 0
      switch request {
      case .adopt(let best): position = best
      case .add(let fresh), .learn(let fresh): position = fresh
      }
      let index = storage.selection.survivors[position].index
      joint.take(request, storage.slots[index].filter, survivors, at: now)
    }
    guard survivors.count > 0, let prediction = joint.prediction(at: now) else { return nil }
    return FusedEstimate(prediction, survivors)
  }

  /// Nobody to follow: the estimate goes on by itself, and its errors grow as the oscillator's do.
  @_noAllocation @_noLocks
  mutating func coast(at now: RawInstant) {
    guard let prediction = joint.prediction(at: now), let before = fused else { return }
    let rate = driftBound.rate(frequencyError: prediction.frequencyError.ratio)
    // What is told grows as the bound does: the line moves along, so that its age is none.
    let passed = (prediction.line.raw - before.line.raw).inSeconds
    if passed > 0 { system.rootDispersion += rate * passed }
    fused?.coast(prediction, boundRate: rate)
  }

  /// Takes the fused estimate for true, unless it is beyond the gate or the clock's move still has to be confirmed.
  @_noAllocation @_noLocks
  mutating func adopt(_ estimate: FusedEstimate, at now: RawInstant, _ actions: inout Actions) {
    if case .revalidating(let since) = steering {
      var confirmed = 0
      for i in 0..<survivors.count where survivors[i].estimate.newest.raw > since { confirmed += 1 }
      if 2 * confirmed <= survivors.count { return }
      steering = parameters.steer ? .waiting : .observing
      actions.advise(.log(.revalidated))
    }
    if let reading {
      let offset = reading.offset(of: estimate.line, at: now)
      if gate.refuses(offset) && !isGateOpen && outstanding == 0 {
        let count = UInt8(truncatingIfNeeded: survivors.count)
        suspect(
          TimeInterval(seconds: offset), agreeing: count, of: UInt8(truncatingIfNeeded: storage.candidates.count),
          &actions)
        return
      }
      if !sanity.isGood {
        sanity = .good
        actions.advise(.log(.localClockAccepted))
      }
    }
    fused = estimate
    if case .some = reading { hasAdopted = true }
    if let index = storage.selection.systemSource {
      let own = storage.slots[index].estimate
      system.source = storage.slots[index].id
      system.isManual = storage.slots[index].options.manual
      system.stratum = storage.slots[index].stratum < 15 ? storage.slots[index].stratum + 1 : 15
      system.referenceID = storage.slots[index].referenceID
      system.rootDelay = storage.slots[index].rootDelay + (own.statistics.delay > 0 ? own.statistics.delay : 0)
      system.rootDispersion = storage.slots[index].rootDispersion + own.statistics.measuredDispersion + estimate.jitter
      system.pollInterval = Self.interval(storage.slots[index].samplePoll)
    }
    electLeap(at: now, &actions)
  }
}
