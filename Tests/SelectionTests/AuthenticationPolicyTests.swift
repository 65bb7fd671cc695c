// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Selection

/// The four modes of `auth_select`, as chrony.conf(5) has them.
@Suite struct AuthenticationPolicyTests {
  typealias Census = AuthenticationPolicy.Census
  static let both = Census(authenticated: 2, unauthenticated: 3)
  static let onlyGood = Census(authenticated: 2)
  static let onlyPlain = Census(unauthenticated: 3)

  private func roles(_ policy: AuthenticationPolicy, _ census: Census) -> [AuthenticationPolicy.Role] {
    [
      policy.role(isProven: true, isReferenceClock: false, census),
      policy.role(isProven: false, isReferenceClock: false, census),
      policy.role(isProven: false, isReferenceClock: true, census),
    ]
  }

  @Test(arguments: [both, onlyGood, onlyPlain, Census()])
  func requireLeavesOthersOut(_ census: Census) {
    #expect(roles(.require, census) == [.ordinary, .leftOut, .ordinary])
    #expect(!AuthenticationPolicy.require.requiresTrusted(census))
  }

  @Test func preferDoesSoWhereOneIsConfigured() {
    #expect(roles(.prefer, Self.both) == [.ordinary, .leftOut, .ordinary])
    #expect(roles(.prefer, Self.onlyPlain) == [.ordinary, .ordinary, .ordinary])
    #expect(roles(.prefer, Census()) == [.ordinary, .ordinary, .ordinary], "a reference clock is no reason")
    #expect(!AuthenticationPolicy.prefer.requiresTrusted(Self.both))
  }

  @Test func mixTrustsWhereThereAreBoth() {
    #expect(roles(.mix, Self.both) == [.trusted, .ordinary, .trusted])
    #expect(AuthenticationPolicy.mix.requiresTrusted(Self.both))
    for census in [Self.onlyGood, Self.onlyPlain, Census()] {
      #expect(roles(.mix, census) == [.ordinary, .ordinary, .ordinary])
      #expect(!AuthenticationPolicy.mix.requiresTrusted(census))
    }
  }

  @Test(arguments: [both, onlyGood, onlyPlain, Census()])
  func ignoreMakesNoDifference(_ census: Census) {
    #expect(roles(.ignore, census) == [.ordinary, .ordinary, .ordinary])
    #expect(!AuthenticationPolicy.ignore.requiresTrusted(census))
  }
}
