// SPDX-License-Identifier: Apache-2.0

import NTPWire
import ProviderKit
import TimeTypes

/// From a name to an address, and on to the next one.
extension Association {
  mutating func lookUp(now: RawInstant, into actions: inout AssociationActions) {
    state.phase = .resolving
    state.deadline = now + AssociationLimits.lookup
    actions.append(.resolve)
  }

  mutating func resolved(
    _ list: AddressList, now: RawInstant, entropy: Entropy, into actions: inout AssociationActions
  ) {
    guard state.phase == .resolving else { return }
    let candidates = Candidates(list, port: port)
    guard !candidates.isEmpty else {
      notResolved(now: now, into: &actions)
      return
    }
    let before = state.candidates.current
    let isKnown = state.candidates.contains(candidates.current)
    if state.failedLookups > 0 { actions.append(.notice(.nameResolved)) }
    state.failedLookups = 0
    state.candidates = candidates
    state.round = .none
    if !isKnown {
      // Somebody else to ask, at last.
      heard()
      state.isRefused = false
    }
    if before != candidates.current { serverChanged(into: &actions) }
    state.phase = .waiting
    // Up to an eighth of a second, so that the sources of one start do not ask at once.
    let soon = now + TimeInterval(nanoseconds: Int64(entropy.spread >> 37))
    state.deadline = max(soon, state.notBefore ?? soon)
    state.notBefore = nil
  }

  mutating func notResolved(now: RawInstant, into actions: inout AssociationActions) {
    guard state.phase == .resolving else { return }
    let longest = options.firstRetry
    let doubled = TimeInterval(
      nanoseconds: AssociationLimits.lookupRetry.nanoseconds &<< Int64(min(state.failedLookups, 16)))
    let pause = max(.seconds(1), min(doubled, longest))
    if state.failedLookups == 0 { actions.append(.notice(.nameNotResolved(pause: pause))) }
    if state.failedLookups < .max { state.failedLookups &+= 1 }
    if state.candidates.isEmpty {
      state.phase = .resting
      state.deadline = now + pause
    } else {
      // What was right before the resolver failed may still be.
      state.phase = .waiting
      state.deadline = max(now, state.notBefore ?? now)
      state.notBefore = nil
    }
  }

  /// A sign of the server, or another server: nobody is silent any more.
  mutating func heard() {
    state.silent = 0
    state.doublings = 0
    state.isGivenUp = false
    state.notBefore = nil
  }

  /// Another server answers from now on: what was remembered of the old one does not hold for it.
  mutating func serverChanged(into actions: inout AssociationActions) {
    state.server = ServerState()
    state.interleaving = Interleaving()
    state.lastTransmit = .zero
    state.reach = 0
    state.rateFloor = options.minimumPoll
    state.advised = options.minimumPoll
    state.poll = options.minimumPoll
    state.goodReplies = 0
    state.silent = 0
    state.lastReply = nil
    state.isFresh = !state.isGivenUp
    actions.append(.serverChanged)
  }
}
