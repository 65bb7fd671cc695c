// SPDX-License-Identifier: Apache-2.0

import Numerics

/// The cluster algorithm of RFC 5905, section 11.2.2: casts out the truechimer whose offset scatters most against the others,
/// again and again, until that would no longer help or only `minimum` are left.
package enum Cluster {
  /// NMIN of RFC 5905.
  package static var minimumSurvivors: Int { @_noAllocation @_noLocks get { 3 } }

  /// The selection jitter of the candidate at `position`: root mean square of its distances from the others.
  @_noAllocation @_noLocks
  package static func selectionJitter(of position: Int, in candidates: CandidateList) -> Double {
    if candidates.count < 2 { return 0 }
    var squares = 0.0
    for j in 0..<candidates.count {
      let distance = candidates[position].offset - candidates[j].offset
      squares += distance * distance
    }
    return squareRoot(squares / Double(candidates.count - 1))
  }

  /// Casts out one candidate and returns it, or nil when the rest stays: the largest selection jitter is below the smallest
  /// peer jitter, or no more than `minimum` are left.
  @_noAllocation @_noLocks
  package static func castOut(from candidates: inout CandidateList, minimum: Int) -> Candidate? {
    if candidates.count <= minimum { return nil }
    // Σⱼ (θᵢ − θⱼ)² = n·(θᵢ − m)² + Σⱼ (θⱼ − m)², so the largest selection jitter is that of the farthest from the mean m.
    var mean = 0.0
    for i in 0..<candidates.count { mean += candidates[i].offset }
    mean /= Double(candidates.count)
    var worst = 0
    var farthest = -1.0
    var smallest = Double.infinity
    for i in 0..<candidates.count {
      if candidates[i].jitter < smallest { smallest = candidates[i].jitter }
      let distance = (candidates[i].offset - mean).magnitude
      // On a tie the later one goes: the list is in order of preference.
      if distance >= farthest {
        farthest = distance
        worst = i
      }
    }
    if selectionJitter(of: worst, in: candidates) < smallest { return nil }
    let out = candidates[worst]
    candidates.remove(at: worst)
    return out
  }
}
