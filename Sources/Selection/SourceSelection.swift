// SPDX-License-Identifier: Apache-2.0

/// Truechimers, survivors and the system source of one set of candidates: RFC 5905, section 11.2, with prefer, trust and
/// require, and without clock hopping.
package struct SourceSelection: ~Copyable {
  /// MAXDIST: stratum counts for so many seconds of root distance when survivors are ordered.
  package static var stratumWeight: Double { @_noAllocation @_noLocks get { 1.5 } }

  /// What the last selection ended with.
  package enum Outcome: Sendable, BitwiseCopyable, Equatable {
    case selected
    case noCandidates
    case waiting(WaitingReason)
  }

  /// Those whose samples make the joint estimate, best first.
  package private(set) var survivors = CandidateList()
  package private(set) var outcome = Outcome.noCandidates
  /// The caller's index of the system source; kept through selections while it survives.
  package private(set) var systemSource: Int?
  package private(set) var intersection: Intersection?
  private var states = InlineArray<64, SourceState>(repeating: .unselectable(.noSamples))

  package init() {}

  /// The state of a source by the caller's index.
  @_noAllocation @_noLocks
  package func state(of index: Int) -> SourceState { states[index] }

  @_noAllocation @_noLocks
  package mutating func mark(_ index: Int, _ reason: UnselectableReason) { states[index] = .unselectable(reason) }

  /// Forgets a source whose index goes to another.
  @_noAllocation @_noLocks
  package mutating func forget(_ index: Int) {
    states[index] = .unselectable(.noSamples)
    if systemSource == index { systemSource = nil }
  }

  /// Nobody was selected, or an operator's words alone, and the host's own clock stands in: the system source, but no survivor, so that nothing
  /// is learned from it.
  @_noAllocation @_noLocks
  package mutating func standIn(_ index: Int) {
    if let systemSource { states[systemSource] = .combined }
    states[index] = .selected
    systemSource = index
  }

  /// Selects among `candidates`. The states of sources that are not among them stay as marked.
  @_noAllocation @_noLocks
  package mutating func select(_ candidates: borrowing CandidateList, minimumSources: Int, requirePresent: Bool) {
    survivors.removeAll()
    intersection = nil
    if candidates.count == 0 {
      outcome = .noCandidates
      systemSource = nil
      return
    }
    // Honest sources whose paths are unlike overlap without holding each other's midpoints: then the overlap alone decides.
    let found =
      Intersection.find(candidates.intervals()) ?? Intersection.find(candidates.intervals(), midpoints: false)
    guard let intersection = found else {
      wait(.noMajority, candidates)
      return
    }
    self.intersection = intersection
    for i in 0..<candidates.count {
      if intersection.contains(candidates[i]) {
        insert(candidates[i])
      } else {
        states[candidates[i].index] = .falseticker
      }
    }
    castOutMovers()
    // Half of the candidates and more must agree, whoever voted: a strict majority of the voters is in the intersection.
    if survivors.count < minimumSources {
      waitSurvivors(.tooFewSources)
      return
    }
    var required = false
    for i in 0..<survivors.count where survivors[i].require { required = true }
    if requirePresent && !required {
      waitSurvivors(.requiredSourceMissing)
      return
    }
    chooseSystemSource()
    outcome = .selected
  }

  /// Half a round trip hides a lie of its length. Within the root distances the truechimers are compared once more by what is known of
  /// each: who moves against a strict majority of them is an outlier. Without such a majority all stay.
  @_noAllocation @_noLocks
  private mutating func castOutMovers() {
    guard let agreement = Intersection.find(survivors.intervals(inner: true)) else { return }
    var i = survivors.count - 1
    while i >= 0 {
      if !agreement.containsInner(survivors[i]) {
        states[survivors[i].index] = .outlier
        survivors.remove(at: i)
      }
      i -= 1
    }
  }

  /// Puts a truechimer in its place: lower stratum first, then smaller root distance (RFC 5905, figure 22).
  private mutating func insert(_ candidate: Candidate) {
    survivors.append(candidate)
    var i = survivors.count - 1
    while i > 0 && Self.metric(survivors[i - 1]) > Self.metric(candidate) {
      survivors[i] = survivors[i - 1]
      i -= 1
    }
    survivors[i] = candidate
  }

  private static func metric(_ candidate: Candidate) -> Double {
    stratumWeight * Double(candidate.stratum) + candidate.rootDistance
  }

  /// A low stratum is no merit of one that knows the time far worse than the others: it would lend them its name, and they it theirs.
  private func isFar(_ candidate: Candidate, nearest: Double) -> Bool {
    candidate.rootDistance > max(10 * nearest, nearest + 0.01)
  }

  private mutating func chooseSystemSource() {
    var nearest = Double.infinity
    for i in 0..<survivors.count { nearest = min(nearest, survivors[i].rootDistance) }
    var choice = -1
    var kept = -1
    var preferred = -1
    for i in 0..<survivors.count {
      states[survivors[i].index] = .combined
      if survivors[i].prefer && preferred < 0 { preferred = i }
      if survivors[i].index == systemSource && survivors[i].prefer { kept = i }
      if isFar(survivors[i], nearest: nearest) { continue }
      if choice < 0 { choice = i }
      if survivors[i].index == systemSource { kept = i }
    }
    if preferred >= 0 {
      choice = kept >= 0 && survivors[kept].prefer ? kept : preferred
    } else if kept >= 0 && survivors[kept].stratum <= survivors[choice].stratum {
      choice = kept
    }
    systemSource = survivors[choice].index
    states[survivors[choice].index] = .selected
  }

  private mutating func wait(_ reason: WaitingReason, _ candidates: borrowing CandidateList) {
    for i in 0..<candidates.count { states[candidates[i].index] = .waiting(reason) }
    outcome = .waiting(reason)
    systemSource = nil
  }

  private mutating func waitSurvivors(_ reason: WaitingReason) {
    for i in 0..<survivors.count { states[survivors[i].index] = .waiting(reason) }
    survivors.removeAll()
    outcome = .waiting(reason)
    systemSource = nil
  }
}
