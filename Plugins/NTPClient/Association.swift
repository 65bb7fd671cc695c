// SPDX-License-Identifier: Apache-2.0

import ProviderKit
package import TimeTypes

/// One server as a client sees it (RFC 5905, association): when to ask, what to believe, when to give up.
///
/// Pure: events come in with the raw time, actions go out, nothing is read, drawn or allocated here. Its adapter
/// (`NTPClientProvider`) carries the actions out in order and sees that `.deadline` arrives when `state.deadline` says.
/// A packet that fails a test changes `counters` and nothing of `state`.
package struct Association: Sendable {
  package let options: AssociationOptions
  /// The port of the server.
  package let port: UInt16
  /// The precision of the local clock, log2 s.
  package var localPrecision: Int8 = -20
  package internal(set) var state = AssociationState()
  package internal(set) var counters = AssociationCounters()

  package init(options: AssociationOptions, port: UInt16 = 123) {
    self.options = options
    self.port = port
    state.poll = options.minimumPoll
    state.advised = options.minimumPoll
    state.rateFloor = options.minimumPoll
  }

  /// - Parameter now: CLOCK_MONOTONIC_RAW, never earlier than at the event before.
  package mutating func handle(
    _ event: AssociationEvent, now: RawInstant, entropy: Entropy, into actions: inout AssociationActions
  ) {
    switch event {
    case .start:
      guard state.phase == .stopped else { return }
      lookUp(now: now, into: &actions)
    case .stop: stop(into: &actions)
    case .keysLost: keysLost(into: &actions)
    case .deadline: deadlineReached(now: now, entropy: entropy, into: &actions)
    case .resolved(let list): resolved(list, now: now, entropy: entropy, into: &actions)
    case .notResolved: notResolved(now: now, into: &actions)
    case .sent(let serial, let socket, let local, let stamp):
      sent(serial: serial, socket: socket, local: local, stamp: stamp, into: &actions)
    case .notSent(let serial): notSent(serial: serial, now: now, into: &actions)
    case .transmitted(let serial, let stamp):
      transmitted(serial: serial, stamp: stamp, now: now, entropy: entropy, into: &actions)
    case .pollAdvised(let poll): advise(poll, now: now)
    case .pollNow: measureSoon(now: now, into: &actions)
    case .networkChanged: measureSoon(now: now, into: &actions)
    }
  }

  /// The poll interval in force, as advised, not below what the server asked for, and longer while it is silent; log2 s.
  package var poll: Int8 { options.clamped(answeredPoll &+ Int8(clamping: state.doublings)) }

  /// The poll interval while it answers; log2 s.
  var answeredPoll: Int8 { options.clamped(max(state.poll, state.rateFloor)) }

  private mutating func deadlineReached(now: RawInstant, entropy: Entropy, into actions: inout AssociationActions) {
    guard let deadline = state.deadline, now >= deadline else { return }
    switch state.phase {
    case .stopped: state.deadline = nil
    case .resolving: notResolved(now: now, into: &actions)
    case .resting: lookUp(now: now, into: &actions)
    case .waiting: send(now: now, entropy: entropy, into: &actions)
    case .awaiting:
      if state.reply != nil {
        complete(now: now, entropy: entropy, into: &actions)
      } else {
        giveUpRequest(now: now, entropy: entropy, into: &actions)
      }
    }
  }

  private mutating func stop(into actions: inout AssociationActions) {
    closeRequest(into: &actions)
    state.phase = .stopped
    state.deadline = nil
    state.round = .none
  }

  /// As after eight silent polls, without waiting for them: what it said last is not confirmed any more.
  private mutating func keysLost(into actions: inout AssociationActions) {
    guard state.phase != .stopped else { return }
    stop(into: &actions)
    state.reach = 0
    if state.isReachable {
      state.isReachable = false
      actions.append(.notice(.unreachable))
    }
    state.proofNews.lost()
    guard !state.isUnproven else { return }
    state.isUnproven = true
    actions.append(.notice(.unproven(.authenticationUnavailable)))
  }

  /// Ends the open request, if there is one: its socket is closed and its nonce is worth nothing any more.
  mutating func closeRequest(into actions: inout AssociationActions) {
    guard let request = state.request else { return }
    if request.socket != 0 { actions.append(.close(socket: request.socket)) }
    state.request = nil
    state.reply = nil
  }
}
