// SPDX-License-Identifier: Apache-2.0

import Discipline
import Filtering
import Fusion
import Selection
import TimeTypes

/// Which sources take part in selection, and why the others do not.
extension Engine {
  /// A source of fewer samples is not followed.
  static var leastSamples: UInt32 { @_noAllocation @_noLocks get { 2 } }
  /// Seconds that a source with fewer is waited for before the clock was first followed.
  static var beginningWait: Double { @_noAllocation @_noLocks get { 5 } }

  /// Brings every source's estimate up to `now` and lists those that can be selected; marks the others with the reason.
  @_noAllocation @_noLocks
  func gatherCandidates(at now: RawInstant) {
    let line = reading ?? fallbackLine(at: now)
    storage.candidates.removeAll()
    let isBeginning = isBeginning(at: now)
    let census = census()
    for i in 0..<capacity where storage.slots[i].isUsed {
      if storage.slots[i].renewEstimate(at: now, driftBound: driftBound) {
        storage.slots[i].rootDistance = rootDistance(i)
      }
      let role = role(i, census)
      if let reason = unfitness(i, role, at: now) {
        storage.selection.mark(i, reason)
        continue
      }
      let estimate = storage.slots[i].estimate
      if isBeginning {
        storage.selection.mark(i, .distant)
        continue
      }
      let options = storage.slots[i].options
      var candidate = Candidate(
        index: i, offset: line.offset(of: estimate.line, at: now), rootDistance: storage.slots[i].rootDistance,
        stratum: storage.slots[i].stratum, prefer: options.prefer,
        trust: options.trust || role.isTrusted, require: options.require || role.isTrusted)
      if let bias = joint.bias(of: storage.slots[i].id), bias.isEstablished {
        candidate.innerOffset = candidate.offset - bias.value
        candidate.innerDistance = 5 * estimate.offsetError + 0.005 * estimate.statistics.delay
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
    let path = 0.5 * storage.slots[index].rootDelay + estimate.bounds.outer
    let least = 0.5 * parameters.minimumDispersion
    return (path > least ? path : least) + storage.slots[index].rootDispersion
  }

  /// Before the clock was first followed anywhere, a source that has begun to answer is waited for: the fastest is not the truest.
  @_noAllocation @_noLocks
  private func isBeginning(at now: RawInstant) -> Bool {
    if hasAdopted { return false }
    for i in 0..<capacity
    where storage.slots[i].isUsed && !storage.slots[i].options.noselect && !storage.slots[i].options.manual {
      let filter = storage.slots[i].filter.accepted
      if filter > 0 && filter < Self.leastSamples
        && (now - storage.slots[i].filter.newest.raw).inSeconds < Self.beginningWait
      {
        return true
      }
    }
    return false
  }

  @_noAllocation @_noLocks
  private func unfitness(
    _ index: Int, _ role: AuthenticationPolicy.Role, at now: RawInstant
  ) -> UnselectableReason? {
    let options = storage.slots[index].options
    if options.ownClock { return .standby }
    if options.noselect { return .noselect }
    // One that only has not proved itself yet is not reachable, or has no samples.
    if role.isLeftOut && !options.mustAuthenticate { return .unauthenticated }
    if storage.slots[index].hasReach && storage.slots[index].reach == 0 { return .unreachable }
    if storage.slots[index].isUnsynchronized { return .unsynchronized }
    if !storage.slots[index].hasTimescale { return .timescale }
    if storage.slots[index].isUnnumbered { return .unnumbered }
    let isEmpty = storage.slots[index].filter.isEmpty
    if storage.slots[index].refusedRun >= (isEmpty ? 1 : Self.refusalsToExclude) { return .tooBig }
    if isEmpty { return .noSamples }
    let own = storage.slots[index].samplePoll
    let asked = storage.slots[index].poll.poll
    let age = (now - storage.slots[index].filter.newest.raw).inSeconds
    if age > 8 * Self.interval(own > asked ? own : asked) + 8 { return .unreachable }
    // An operator's word is what it is, and there may never be another.
    if options.manual { return nil }
    if storage.slots[index].filter.accepted < Self.leastSamples { return .distant }
    // MAXDIST and what a sample ages by until the next one is due (RFC 5905, appendix A.5.5.3; Docs/algorithm.md, section 4).
    if storage.slots[index].rootDistance >= parameters.maximumDistance + driftBound.assumed * Self.interval(own) {
      return .distant
    }
    return nil
  }

  /// A poll exponent in seconds.
  @_noAllocation @_noLocks
  static func interval(_ poll: Int8) -> Double {
    let exponent = poll < -7 ? -7 : (poll > 17 ? 17 : Int(poll))
    return exponent >= 0 ? Double(1 << exponent) : 1 / Double(1 << -exponent)
  }
}
