// SPDX-License-Identifier: Apache-2.0

import Discipline
import Filtering
import Fusion
import Selection
import TimeTypes

extension Engine {
  /// A source of fewer samples is not followed.
  static var leastSamples: UInt32 { @_noAllocation @_noLocks get { 2 } }
  /// Seconds that a source with fewer is waited for at the start.
  static var patience: Double { @_noAllocation @_noLocks get { 5 } }

  /// Selects, fuses, steers and publishes, as of `now`. Every event that brings something new ends here.
  @_noAllocation @_noLocks
  mutating func update(at now: RawInstant, _ actions: inout Actions) {
    passLeap(at: now, &actions)
    let before = storage.selection.systemSource
    gatherCandidates(at: now)
    var requirePresent = false
    for i in 0..<capacity where storage.slots[i].isUsed && storage.slots[i].options.require { requirePresent = true }
    storage.selection.select(
      storage.candidates, minimumSources: parameters.minimumSources, requirePresent: requirePresent)
    reportFalsetickers(&actions)
    if case .selected = storage.selection.outcome {
      gatherSurvivors()
      if let estimate = fuse(at: now) { adopt(estimate, at: now, &actions) }
    } else {
      weighSuspicion(at: now, &actions)
      coast(at: now)
    }
    if storage.selection.systemSource != before { reportSystemSource(&actions) }
    steer(at: now, &actions)
    publish(at: now, &actions)
  }

  /// Brings every source's estimate up to `now` and lists those that can be selected; marks the others with the reason.
  @_noAllocation @_noLocks
  private func gatherCandidates(at now: RawInstant) {
    let line = reading ?? fallbackLine(at: now)
    let drift = holdover.driftBound
    storage.candidates.removeAll()
    let isBeginning = isBeginning(at: now)
    for i in 0..<capacity where storage.slots[i].isUsed {
      if storage.slots[i].renewEstimate(at: now, driftBound: drift) {
        storage.slots[i].rootDistance = rootDistance(i)
      }
      if let reason = unfitness(i, at: now) {
        storage.selection.mark(i, reason)
        continue
      }
      let estimate = storage.slots[i].estimate
      if isBeginning {
        storage.selection.mark(i, .rootDistance)
        continue
      }
      let options = storage.slots[i].options
      var candidate = Candidate(
        index: i, offset: line.offset(of: estimate.line, at: now), rootDistance: storage.slots[i].rootDistance,
        stratum: storage.slots[i].stratum, prefer: options.prefer, trust: options.trust, require: options.require)
      if let bias = joint.bias(of: storage.slots[i].id), bias.isEstablished {
        candidate.innerOffset = candidate.offset - bias.value
        candidate.innerDistance = 5 * estimate.offsetError + 0.005 * estimate.delay
      }
      storage.candidates.append(candidate)
    }
  }

  /// Offsets have to be told against something before the clock was first read: the first source's own line.
  @_noAllocation @_noLocks
  private func fallbackLine(at now: RawInstant) -> ClockLine {
    for i in 0..<capacity where storage.slots[i].isUsed && !storage.slots[i].filter.isEmpty {
      return storage.slots[i].filter.anchor
    }
    return ClockLine(raw: now, time: .zero, frequency: .zero)
  }

  /// The root distance λ at the moment of the estimate: as in RFC 5905 (appendix A.5.5.2) half the delays and the dispersions, but a
  /// sample ages by what its source's frequency is not known, not by 15 ppm, which would hide a lie of milliseconds within minutes.
  @_noAllocation @_noLocks
  private func rootDistance(_ index: Int) -> Double {
    let estimate = storage.slots[index].estimate
    let path = 0.5 * storage.slots[index].rootDelay + estimate.outerBound
    let least = 0.5 * parameters.minimumDispersion
    return (path > least ? path : least) + storage.slots[index].rootDispersion
  }

  /// Before the clock was first followed anywhere, a source that has begun to answer is waited for: the fastest is not the truest.
  @_noAllocation @_noLocks
  private func isBeginning(at now: RawInstant) -> Bool {
    if hasAdopted { return false }
    for i in 0..<capacity where storage.slots[i].isUsed && !storage.slots[i].options.noselect {
      let filter = storage.slots[i].filter.accepted
      if filter > 0 && filter < Self.leastSamples
        && (now - storage.slots[i].filter.newest.raw).inSeconds < Self.patience
      {
        return true
      }
    }
    return false
  }

  @_noAllocation @_noLocks
  private func unfitness(_ index: Int, at now: RawInstant) -> UnselectableReason? {
    let options = storage.slots[index].options
    if options.noselect { return .noselect }
    if storage.slots[index].hasReach && storage.slots[index].reach == 0 { return .unreachable }
    if storage.slots[index].isUnsynchronized { return .unsynchronized }
    if !storage.slots[index].hasTimescale { return .timescale }
    let isEmpty = storage.slots[index].filter.isEmpty
    if storage.slots[index].refusedRun >= (isEmpty ? 1 : Self.refusalsToExclude) { return .beyondSanityGate }
    if isEmpty { return .noSamples }
    let own = storage.slots[index].samplePoll
    let asked = storage.slots[index].poll.poll
    let age = (now - storage.slots[index].filter.newest.raw).inSeconds
    if age > 8 * Self.interval(own > asked ? own : asked) + 8 { return .unreachable }
    if storage.slots[index].filter.accepted < Self.leastSamples { return .rootDistance }
    if storage.slots[index].rootDistance >= parameters.maximumDistance + holdover.driftBound * Self.interval(own) {
      return .rootDistance
    }
    return nil
  }

  /// A poll exponent in seconds.
  @_noAllocation @_noLocks
  static func interval(_ poll: Int8) -> Double {
    let exponent = poll < -7 ? -7 : (poll > 17 ? 17 : Int(poll))
    return exponent >= 0 ? Double(1 << exponent) : 1 / Double(1 << -exponent)
  }

  /// The joint estimate of the survivors, after a fresh sample of one of them if there is one.
  @_noAllocation @_noLocks
  private mutating func fuse(at now: RawInstant) -> FusedEstimate? {
    if let request = joint.request(survivors) {
      var position = 0
      switch request {
      case .adopt(let best): position = best
      case .add(let fresh): position = fresh
      }
      let index = storage.selection.survivors[position].index
      joint.take(request, storage.slots[index].filter, survivors, at: now)
    }
    guard survivors.count > 0, let prediction = joint.prediction(at: now) else { return nil }
    return FusedEstimate(prediction, survivors)
  }

  /// Nobody to follow: the estimate goes on by itself, and its errors grow as the oscillator's do.
  @_noAllocation @_noLocks
  private mutating func coast(at now: RawInstant) {
    guard let prediction = joint.prediction(at: now), case .some = fused else { return }
    let rate = holdover.boundRate(frequencyError: prediction.frequencyError.ratio)
    fused?.coast(prediction, boundRate: rate)
  }

  @_noAllocation @_noLocks
  private mutating func gatherSurvivors() {
    survivors.removeAll()
    for position in 0..<storage.selection.survivors.count {
      let i = storage.selection.survivors[position].index
      var survivor = Survivor(
        source: storage.slots[i].id, estimate: storage.slots[i].estimate, rootDistance: storage.slots[i].rootDistance,
        isFresh: storage.slots[i].isFresh, isPreferred: storage.slots[i].options.prefer,
        isSystemSource: i == storage.selection.systemSource,
        rootError: 0.5 * storage.slots[i].rootDelay + storage.slots[i].rootDispersion)
      survivor.bias = joint.bias(of: storage.slots[i].id)?.value ?? 0
      survivors.append(survivor)
    }
  }

  /// Takes the fused estimate for true, unless it is beyond the gate or the clock's move still has to be confirmed.
  @_noAllocation @_noLocks
  private mutating func adopt(_ estimate: FusedEstimate, at now: RawInstant, _ actions: inout Actions) {
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
      system.stratum = storage.slots[index].stratum < 15 ? storage.slots[index].stratum + 1 : 15
      system.referenceID = storage.slots[index].referenceID
      system.rootDelay = storage.slots[index].rootDelay + (own.delay > 0 ? own.delay : 0)
      system.rootDispersion = storage.slots[index].rootDispersion + own.measuredDispersion + estimate.jitter
      system.pollInterval = Self.interval(storage.slots[index].samplePoll)
    }
    electLeap(at: now, &actions)
  }

  /// Without a selection: do the sources that the gate refused agree with each other? Then it is the clock that is wrong.
  @_noAllocation @_noLocks
  private mutating func weighSuspicion(at now: RawInstant, _ actions: inout Actions) {
    guard let reading, case .noCandidates = storage.selection.outcome else { return }
    // A source within the limits that only has too few samples yet speaks against the suspicion.
    for i in 0..<capacity where storage.slots[i].isUsed && storage.slots[i].refusedRun == 0 {
      if case .unselectable(.rootDistance) = storage.selection.state(of: i) { return }
    }
    storage.candidates.removeAll()
    for i in 0..<capacity where storage.slots[i].isUsed {
      guard case .unselectable(.beyondSanityGate) = storage.selection.state(of: i) else { continue }
      guard let summary = storage.slots[i].gated.summary(at: now, frequency: frequencyPrior.mean) else { continue }
      let path = storage.slots[i].rootDelay + (summary.delay > 0 ? summary.delay : 0)
      storage.candidates.append(
        Candidate(
          index: i, offset: reading.offset(of: summary.line, at: now),
          rootDistance: 0.5 * path + storage.slots[i].rootDispersion + summary.measuredDispersion + summary.jitter
            + 1e-3,
          stratum: storage.slots[i].stratum))
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
  private mutating func suspect(_ offset: TimeInterval, agreeing: UInt8, of count: UInt8, _ actions: inout Actions) {
    var isNews = true
    if case .suspect(_, let before, let all) = sanity { isNews = before != agreeing || all != count }
    sanity = .suspect(offset: offset, agreeing: agreeing, of: count)
    if isNews { actions.advise(.log(.localClockSuspect(offset: offset, agreeing: agreeing, of: count))) }
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
    if let index = storage.selection.systemSource {
      actions.advise(
        .log(.systemSourceChanged(storage.slots[index].id, stratum: storage.slots[index].stratum)))
    } else {
      actions.advise(.log(.systemSourceChanged(nil, stratum: 16)))
    }
  }
}
