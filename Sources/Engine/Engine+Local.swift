// SPDX-License-Identifier: Apache-2.0

import Selection
import TimeTypes

/// What stands in where nobody can be followed (Docs/algorithm.md, section 4): a senior orphan, an operator's words, the host's own clock. The
/// last teaches nothing and moves nothing: it is no candidate, and its samples reach no filter.
extension Engine {
  /// The slot of the source that is the disciplined clock itself, −1 = there is none. The first one counts.
  @_noAllocation @_noLocks
  func ownClock() -> Int {
    for i in 0..<capacity where storage.slots[i].isUsed && storage.slots[i].options.ownClock { return i }
    return -1
  }

  /// Whether its provider lets it stand in now.
  @_noAllocation @_noLocks
  func isOwnClockReady(_ own: Int) -> Bool {
    guard own >= 0 else { return false }
    let stratum = storage.slots[own].stratum
    return storage.slots[own].hasReach && storage.slots[own].reach != 0 && stratum >= 1 && stratum <= 15
  }

  /// The own clock's slot while it stands in.
  var ownClockInForce: Int? {
    @_noAllocation @_noLocks get {
      guard let index = storage.selection.systemSource, storage.slots[index].options.ownClock else { return nil }
      return index
    }
  }

  /// The system source, unless it is the own clock, which nobody follows.
  var followedSource: Int? {
    @_noAllocation @_noLocks get {
      guard let index = storage.selection.systemSource, !storage.slots[index].options.ownClock else { return nil }
      return index
    }
  }

  /// In orphan mode what only stands in for real time is no candidate, but for the one that leads while nobody tells real time; nor is a
  /// member that tells real time, beside anybody who always did. Returns whether the one that leads is what is left.
  @_noAllocation @_noLocks
  func electOrphan(_ own: Int) -> Bool {
    guard own >= 0, storage.slots[own].options.orphan, storage.slots[own].stratum <= 15 else { return false }
    var election = OrphanElection(stratum: storage.slots[own].stratum)
    for i in 0..<capacity
    where storage.slots[i].isUsed && !storage.slots[i].options.ownClock
      && election.makesMember(storage.slots[i].stratum)
    {
      storage.slots[i].wasOrphan = true
    }
    for position in 0..<storage.candidates.count {
      let index = storage.candidates[position].index
      if storage.slots[index].options.manual { continue }
      election.take(
        storage.candidates[position], referenceID: storage.slots[index].referenceID.rawValue,
        isSenior: storage.slots[index].options.senior, isMember: storage.slots[index].wasOrphan)
    }
    let isReady = isOwnClockReady(own)
    var isLed = false
    var position = storage.candidates.count - 1
    while position >= 0 {
      let candidate = storage.candidates[position]
      if storage.slots[candidate.index].options.manual {
        // Its turn comes after this.
      } else if !election.admits(candidate, isMember: storage.slots[candidate.index].wasOrphan, isReady: isReady) {
        storage.candidates.remove(at: position)
        storage.selection.mark(candidate.index, .orphan)
      } else if !election.isReal(candidate) {
        isLed = true
      }
      position -= 1
    }
    return isLed
  }

  /// An operator's words are no candidate beside anybody else. Returns whether they are what is left.
  @_noAllocation @_noLocks
  func hearOperator() -> Bool {
    var others = 0
    for position in 0..<storage.candidates.count
    where !storage.slots[storage.candidates[position].index].options.manual { others += 1 }
    if others == 0 { return storage.candidates.count > 0 }
    var position = storage.candidates.count - 1
    while position >= 0 {
      let index = storage.candidates[position].index
      if storage.slots[index].options.manual {
        storage.candidates.remove(at: position)
        storage.selection.mark(index, .standby)
      }
      position -= 1
    }
    return false
  }

  /// Tells of the own clock what is true of it: nobody's time at that stratum, and at most so wrong as is known of it. What is told has a
  /// ceiling, because clients turn away from 1.5 s and more; the bounds have none.
  @_noAllocation @_noLocks
  func serve(_ own: Int, in next: inout TimeState, at now: RawInstant) {
    let ceiling = TimeInterval(seconds: storage.slots[own].rootDispersion)
    if case .some = fused {
      // An operator's uncertainty, for one, is in the bound alone.
      let distance = next.rootDispersion + TimeInterval(seconds: 0.5 * system.rootDelay)
      let known = distance > next.boundHard ? distance : next.boundHard
      next.rootDispersion = known < ceiling ? known : ceiling
    } else {
      next.rootDispersion = ceiling
    }
    next.synchronized = false
    next.leap = leap.armed
    next.stratum = storage.slots[own].stratum
    next.referenceID = Self.localReference
    next.rootDelay = .zero
    next.systemSource = storage.slots[own].id
    // It is set by nobody, and so as of now: clients refuse a reference time of days ago.
    if let reading { next.referenceTime = reading.time(at: now) }
  }
}
