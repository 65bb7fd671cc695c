// SPDX-License-Identifier: Apache-2.0

import Discipline
import Filtering
import Selection
import TimeTypes

/// What sources prove, and what follows from it (Docs/algorithm.md, section 4).
extension Engine {
  /// Whether a sample may be used at all, and whether its source's filter may keep what it has: one that has to prove itself brings
  /// nothing unproven, and proven samples are never mixed with others in one filter.
  @_noAllocation @_noLocks
  mutating func admitsProof(of sample: Sample, _ index: Int) -> Bool {
    let isProven = sample.flags.rawValue & SampleFlags.authenticated.rawValue != 0
    if storage.slots[index].options.mustAuthenticate && !isProven { return false }
    guard storage.slots[index].isProven != isProven else { return true }
    storage.slots[index].isProven = isProven
    guard !storage.slots[index].filter.isEmpty || storage.slots[index].gated.count > 0 else { return true }
    storage.slots[index].forgetSamples()
    joint.forget(storage.slots[index].id)
    return true
  }

  /// How many sources of the network there are of each kind. One that has to prove itself counts as authenticated before it ever did.
  @_noAllocation @_noLocks
  func census() -> AuthenticationPolicy.Census {
    var census = AuthenticationPolicy.Census()
    for i in 0..<capacity where storage.slots[i].isUsed {
      let options = storage.slots[i].options
      if options.noselect || options.referenceClock { continue }
      if options.mustAuthenticate || storage.slots[i].isProven {
        census.authenticated += 1
      } else {
        census.unauthenticated += 1
      }
    }
    return census
  }

  @_noAllocation @_noLocks
  func role(_ index: Int, _ census: AuthenticationPolicy.Census) -> AuthenticationPolicy.Role {
    parameters.authenticationPolicy.role(
      isProven: storage.slots[index].isProven, isReferenceClock: storage.slots[index].options.referenceClock, census)
  }

  /// Whether nothing may be followed without a required source: an operator's, or one that the policy made so.
  @_noAllocation @_noLocks
  func isSourceRequired() -> Bool {
    for i in 0..<capacity where storage.slots[i].isUsed && storage.slots[i].options.require { return true }
    return parameters.authenticationPolicy.requiresTrusted(census())
  }
}
