// SPDX-License-Identifier: Apache-2.0

import Selection
import Testing
import TimeTypes

@testable import Engine

/// `auth_select` in a closed loop: who is followed by what he proves.
@Suite struct AuthenticationTests {
  private func parameters(_ policy: AuthenticationPolicy) -> EngineParameters {
    var parameters = EngineParameters()
    parameters.authenticationPolicy = policy
    return parameters
  }

  /// A source that lies by so many seconds; `isProven`: authenticated, and configured to be.
  private func source(_ id: UInt32, isProven: Bool, lie: Double = 0) -> ModelSource {
    var source = ModelSource(id)
    source.options.mustAuthenticate = isProven
    source.isAuthenticated = { _ in isProven }
    source.error = { _ in lie }
    return source
  }

  private func isUsed(_ state: SourceState?) -> Bool { state == .selected || state == .combined }

  /// Three plain ones that agree on a lie against one that proves itself.
  private func besieged(_ policy: AuthenticationPolicy, change: (inout [ModelSource]) -> Void = { _ in }) -> ClosedLoop
  {
    var sources = [
      source(1, isProven: false, lie: 0.05), source(2, isProven: false, lie: 0.05),
      source(3, isProven: false, lie: 0.05), source(4, isProven: true),
    ]
    change(&sources)
    return ClosedLoop(parameters: parameters(policy), sources: sources)
  }

  @Test(arguments: [AuthenticationPolicy.require, .prefer])
  func plainOnesAreNotFollowed(_ policy: AuthenticationPolicy) {
    let loop = besieged(policy)
    loop.run(until: 120)
    for id in UInt32(1)...3 { #expect(loop.report(id)?.state == .unselectable(.unauthenticated)) }
    #expect(loop.report(4)?.state == .selected)
    #expect(loop.errors(after: 20).allSatisfy { $0.magnitude < 1e-3 })
  }

  @Test func mixedOnesHaveToAgreeWithTheAuthenticated() {
    let loop = besieged(.mix) { $0[2].error = { _ in 0 } }
    loop.run(until: 120)
    #expect(loop.report(1)?.state == .falseticker && loop.report(2)?.state == .falseticker)
    #expect(isUsed(loop.report(3)?.state) && isUsed(loop.report(4)?.state), "who agrees is used")
    #expect(loop.errors(after: 20).allSatisfy { $0.magnitude < 1e-3 })
  }

  /// The control: without a policy the majority wins.
  @Test func ignoredTheMajorityWins() {
    let loop = besieged(.ignore)
    loop.run(until: 120)
    #expect(loop.report(4)?.state == .falseticker)
    #expect(loop.error.magnitude > 0.04)
  }

  /// Whoever can drop the authenticated one's packets does not have the others followed.
  @Test(arguments: [AuthenticationPolicy.require, .prefer, .mix])
  func silenceIsNoDowngrade(_ policy: AuthenticationPolicy) {
    let loop = besieged(policy) { $0[3].isUp = { $0 < 60 } }
    loop.run(until: 59)
    #expect(loop.state.synchronized)
    loop.run(until: 400)
    for id in UInt32(1)...3 { #expect(!isUsed(loop.report(id)?.state)) }
    #expect(loop.errors(after: 60).allSatisfy { $0.magnitude < 1e-3 }, "it coasts")
    #expect(loop.steps.isEmpty)
  }

  @Test(arguments: [AuthenticationPolicy.prefer, .mix])
  func neverHeardItIsNoneEither(_ policy: AuthenticationPolicy) {
    let loop = besieged(policy) { $0[3].isUp = { _ in false } }
    loop.run(until: 120)
    #expect(!loop.state.synchronized && loop.error.magnitude < 1e-3)
  }

  @Test func aloneThePlainOnesAreFollowedUnlessProofIsRequired() {
    for policy in AuthenticationPolicy.allCases {
      let loop = ClosedLoop(
        parameters: parameters(policy), sources: [source(1, isProven: false), source(2, isProven: false)])
      loop.run(until: 60)
      #expect(loop.state.synchronized == (policy != .require), "\(policy)")
    }
  }

  /// One that is only watched is of neither kind.
  @Test func theWatchedDoNotCount() {
    let loop = besieged(.prefer) { $0[3].options.noselect = true }
    loop.run(until: 60)
    #expect(loop.report(1)?.state == .selected || isUsed(loop.report(2)?.state))
  }

  /// A reference clock is as good as authenticated, and trusted with them, but calls no policy forth by itself.
  @Test func referenceClocksCountAsAuthenticated() {
    func loop(_ policy: AuthenticationPolicy) -> ClosedLoop {
      besieged(policy) {
        $0[3] = source(4, isProven: false)
        $0[3].options.referenceClock = true
      }
    }
    let required = loop(.require)
    required.run(until: 60)
    #expect(required.report(4)?.state == .selected && required.error.magnitude < 1e-3)
    let mixed = loop(.mix)
    mixed.run(until: 60)
    #expect(mixed.report(4)?.state == .falseticker)
  }

  /// A source that has to prove itself brings nothing unproven, whatever its provider says and whatever the policy is.
  @Test(arguments: AuthenticationPolicy.allCases)
  func whatIsNotProvenIsNoSampleOfIt(_ policy: AuthenticationPolicy) {
    var liar = source(1, isProven: true)
    liar.isAuthenticated = { _ in false }
    let loop = ClosedLoop(parameters: parameters(policy), sources: [liar])
    loop.run(until: 60)
    #expect(loop.report(1)?.samples == 0 && loop.strayed > 10 && !loop.state.synchronized)
  }

  /// Proven samples and others are never of one filter: what was not proven does not count as if it were.
  @Test func kindsAreNotMixedInAFilter() throws {
    var late = source(1, isProven: false)
    late.isAuthenticated = { $0 > 60 }
    late.error = { $0 > 60 ? 0 : 0.05 }
    let loop = ClosedLoop(parameters: parameters(.require), sources: [late])
    loop.run(until: 60)
    #expect(!loop.state.synchronized && loop.error.magnitude < 1e-9, "not followed yet")
    let before = try #require(loop.report(1)).samples
    loop.run(until: 80)
    #expect(try #require(loop.report(1)).samples < before, "it begins anew")
    #expect(loop.state.synchronized && loop.errors(after: 60).allSatisfy { $0.magnitude < 1e-3 })
  }

  /// Nor can they make the clock suspect.
  @Test func plainOnesRaiseNoSuspicion() {
    let loop = besieged(.require) { sources in
      for i in 0..<3 { sources[i].error = { _ in 400_000 } }
      sources[3].isUp = { _ in false }
    }
    loop.run(until: 120)
    #expect(!loop.has { if case .localClockSuspect = $0 { true } else { false } })
  }
}
