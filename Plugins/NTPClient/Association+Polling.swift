// SPDX-License-Identifier: Apache-2.0

import NTPWire
import ProviderKit
import TimeTypes

/// When to ask: rounds, the poll interval and giving up.
extension Association {
  private var interval: TimeInterval { .seconds(1 << Int64(poll)) }

  /// The least time between two requests.
  private var headway: TimeInterval { .seconds(1 << Int64(min(AssociationLimits.headway, poll))) }

  /// Asks once more, as a part of the round or as the first of a new one.
  mutating func send(now: RawInstant, entropy: Entropy, into actions: inout AssociationActions) {
    if !state.round.goesOn { beginRound(now: now) }
    // An answer later than the next request, or than any that would be believed, is of no use.
    let pause = state.round.gap(poll: poll)
    let patience = min(options.maximumDelay, pause - TimeInterval(nanoseconds: pause.nanoseconds >> 3))
    state.serial &+= 1
    state.round.sent &+= 1
    counters.polls &+= 1
    counters.isServerAlive = false
    counters.unproven = nil
    var request = Request(
      serial: state.serial, nonce: entropy.nonce == 0 ? 1 : entropy.nonce, peer: state.candidates.current,
      version: options.version, timeout: now + patience)
    nameReply(for: &request, now: now, entropy: entropy)
    state.request = request
    state.reply = nil
    state.lastSent = now
    state.phase = .awaiting
    state.deadline = request.timeout
    actions.append(.send(request))
  }

  /// In the interleaved mode a request names the reply before, by what the server told of its own receipt.
  private mutating func nameReply(for request: inout Request, now: RawInstant, entropy: Entropy) {
    let second = entropy.interleavedNonce
    guard options.interleaved, second != 0, second != request.nonce, let origin = state.interleaving.origin(now: now)
    else { return }
    request.origin = origin
    request.interleavedNonce = second
  }

  private mutating func beginRound(now: RawInstant) {
    let mayBurst = state.rateFloor <= options.minimumPoll
    let isLost = state.reach == 0 && state.lastReply.map { now - $0 >= AssociationLimits.longSilence } ?? true
    if mayBurst && isLost && options.iburst {
      // Three attempts at the first sight of a server; after that it has to answer a probe first.
      state.round = .startUp(poll: answeredPoll, attempts: state.isFresh ? AssociationLimits.burstAttempts : 1)
    } else if mayBurst && state.reach & 1 != 0 && options.burst && poll >= AssociationLimits.burstPoll {
      state.round = .burst
    } else {
      state.round = .single
    }
    state.reach <<= 1
  }

  /// The open request brought nothing.
  mutating func giveUpRequest(now: RawInstant, entropy: Entropy, into actions: inout AssociationActions) {
    if let request = state.request {
      state.abandonedNonce = request.nonce
      if request.interleavedNonce != 0, state.interleaving.missed() {
        actions.append(.notice(.interleaving(false)))
      }
    }
    if counters.isServerAlive { state.round.isExcused = true }
    if let reason = counters.unproven {
      state.isUnproven = true
      if let untold = state.proofNews.unproven(reason, now: now) {
        actions.append(.notice(.unproven(reason, untold: untold)))
      }
    }
    closeRequest(into: &actions)
    requestEnded(now: now, entropy: entropy, into: &actions)
  }

  /// The request could not leave this host: no route to that family, or no network at all. No server is to blame, so that the
  /// next address has its turn soon, and the pauses stay short.
  mutating func notSent(serial: UInt32, now: RawInstant, into actions: inout AssociationActions) {
    guard state.request?.serial == serial else { return }
    closeRequest(into: &actions)
    state.round = .none
    if state.unanswered < .max { state.unanswered &+= 1 }
    if state.reach == 0 && state.isReachable {
      state.isReachable = false
      actions.append(.notice(.unreachable))
    }
    let hasMore = state.candidates.advance()
    if state.candidates.count > 1 { serverChanged(into: &actions) }
    guard !hasMore else {
      state.phase = .waiting
      state.deadline = now + headway
      return
    }
    let doubled = TimeInterval(
      nanoseconds: AssociationLimits.lookupRetry.nanoseconds &<< Int64(min(state.failedSends, 16)))
    if state.failedSends < .max { state.failedSends &+= 1 }
    state.phase = .resting
    state.deadline = now + min(doubled, AssociationLimits.longestNetworkPause)
  }

  /// A request is over, one way or the other: the next one of the round, or the end of the round.
  mutating func requestEnded(now: RawInstant, entropy: Entropy, into actions: inout AssociationActions) {
    state.phase = .waiting
    let lastSent = state.lastSent ?? now
    if state.round.goesOn {
      state.deadline = max(now, lastSent + state.round.gap(poll: poll))
      return
    }
    state.isFresh = false
    if state.round.received > 0 {
      state.unanswered = 0
      // The engine says only once what it advises: an interval that losses shortened goes back to that.
      state.poll = state.advised
    } else if missed(now: now, entropy: entropy, into: &actions) {
      return
    }
    state.deadline = max(now, lastSent + spread(interval, by: entropy))
  }

  /// A poll brought no valid reply. True = the server was given up.
  private mutating func missed(now: RawInstant, entropy: Entropy, into actions: inout AssociationActions) -> Bool {
    if state.unanswered < .max { state.unanswered &+= 1 }
    if state.reach == 0 && state.isReachable {
      state.isReachable = false
      actions.append(.notice(.unreachable))
    }
    guard !state.round.isExcused else {
      heard()
      return false
    }
    state.silent &+= 1
    let isOne = state.candidates.count <= 1
    let isTurn = state.silent == AssociationLimits.missesBeforePatience || state.silent == AssociationLimits.misses
    if state.isGivenUp || isOne && isTurn {
      state.doublings = min(state.doublings &+ 1, 17)
    } else if !isOne && state.silent >= AssociationLimits.missesBeforeHaste {
      state.poll = max(options.minimumPoll, poll &- 1)
    }
    // Where all have been silent each probe goes to the next one.
    guard state.silent % AssociationLimits.misses == 0 || state.isGivenUp && !isOne else { return false }
    fellSilent(now: now, entropy: entropy, into: &actions)
    return true
  }

  /// Silent for too long: the next address of the name at once. When all had their turn the name is looked up again, and polling goes
  /// on with one probe after each interval, which doubles: nobody has said that this host is not welcome.
  private mutating func fellSilent(now: RawInstant, entropy: Entropy, into actions: inout AssociationActions) {
    guard !state.isRefused else {
      drop(now: now, kiss: nil, into: &actions)
      return
    }
    state.round = .none
    let isNews = !state.isGivenUp
    let hasMore = state.candidates.advance()
    if !hasMore { state.isGivenUp = true }
    // After the last address the first is next: another server as well.
    let isAnother = state.candidates.count > 1
    if isAnother { state.isReachable = false }
    if isNews && hasMore {
      actions.append(.notice(.dropped(pause: .zero)))
      serverChanged(into: &actions)
      state.phase = .waiting
      state.deadline = now + headway
      return
    }
    if isAnother { serverChanged(into: &actions) }
    let next = max(now, (state.lastSent ?? now) + spread(interval, by: entropy))
    if isNews { actions.append(.notice(.silent(longest: .seconds(1 << Int64(options.maximumPoll))))) }
    if hasMore {
      state.phase = .waiting
      state.deadline = next
    } else {
      state.notBefore = next
      lookUp(now: now, into: &actions)
    }
  }

  /// The server refuses service, or fell silent after it did: the next address of the name at once, or a long pause and a new look-up when
  /// all had their turn ([MS-SNTP] note 8).
  mutating func drop(now: RawInstant, kiss: KissCode?, into actions: inout AssociationActions) {
    closeRequest(into: &actions)
    heard()
    state.round = .none
    state.reach = 0
    state.isReachable = false
    state.isFresh = false
    state.isRefused = true
    state.rateFloor = options.minimumPoll
    state.poll = options.minimumPoll
    let hasMore = state.candidates.advance()
    let pause = hasMore ? .zero : pauseAfterDrop()
    if let kiss {
      actions.append(.notice(.refused(code: kiss, pause: pause)))
    } else {
      actions.append(.notice(.dropped(pause: pause)))
    }
    // After the last address the first is next: another server as well.
    if state.candidates.count > 1 { serverChanged(into: &actions) }
    if hasMore {
      state.phase = .waiting
      state.deadline = now + headway
    } else {
      state.phase = .resting
      state.deadline = now + pause
    }
  }

  private mutating func pauseAfterDrop() -> TimeInterval {
    let doublings = min(state.drops, AssociationLimits.doublings)
    if state.drops < .max { state.drops &+= 1 }
    return TimeInterval(nanoseconds: options.firstRetry.nanoseconds &<< Int64(doublings))
  }

  mutating func advise(_ advice: Int8, now: RawInstant) {
    state.advised = options.clamped(advice)
    state.poll = state.advised
    // With its last request on its way a round is not over yet.
    if state.phase == .awaiting || state.round.goesOn { state.round.pollChanged(to: answeredPoll) }
    guard state.phase == .waiting, let lastSent = state.lastSent, let deadline = state.deadline else { return }
    // A shorter interval counts from the last request on, in a round as well; a longer one from the next.
    state.deadline = min(deadline, max(now, lastSent + interval))
  }

  /// Measures as soon as manners allow: requests keep their headway.
  mutating func measureSoon(now: RawInstant, into actions: inout AssociationActions) {
    switch state.phase {
    case .stopped, .awaiting, .resolving: return
    case .resting: lookUp(now: now, into: &actions)
    case .waiting:
      guard state.rateFloor <= options.minimumPoll, let deadline = state.deadline else { return }
      let earliest = state.lastSent.map { $0 + headway } ?? now
      state.deadline = min(deadline, max(now, earliest))
    }
  }

  /// Shortens an interval by up to 1/32, at random, so that clients do not fall into step; that of a silent server gets longer by so
  /// much, so that it is never asked more often than the interval says.
  private func spread(_ interval: TimeInterval, by entropy: Entropy) -> TimeInterval {
    let room = UInt64(max(0, interval.nanoseconds >> 5))
    let (high, _) = entropy.spread.multipliedFullWidth(by: room)
    let shift = TimeInterval(nanoseconds: Int64(truncatingIfNeeded: high))
    return state.silent > 0 || state.isGivenUp ? interval + shift : interval - shift
  }
}
