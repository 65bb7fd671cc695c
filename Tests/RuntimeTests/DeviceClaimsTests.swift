// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Runtime

@Suite struct DeviceClaimsTests {
  private let first = DeviceClaims.Owner(name: "a", spelling: "/dev/ptp0")
  private let second = DeviceClaims.Owner(name: "b", spelling: "/dev//ptp0")

  @Test func theSecondIsToldWhoHasIt() {
    let claims = DeviceClaims()
    #expect(claims.claim(.number(1), for: first) == nil)
    #expect(claims.claim(.number(1), for: second) == first)
    #expect(claims.claim(.number(2), for: second) == nil)
    #expect(claims.claim(.auxiliary(1), for: .init(name: "c", spelling: "aux1")) == nil)
  }

  @Test func itsOwnerMayClaimItAgain() {
    let claims = DeviceClaims()
    #expect(claims.claim(.number(1), for: first) == nil)
    #expect(claims.claim(.number(1), for: first) == nil)
    #expect(claims.claim(.number(1), for: second) == first)
  }

  /// A link that leads elsewhere now: the device of before is free.
  @Test func whoTakesAnotherGivesUpTheFirst() {
    let claims = DeviceClaims()
    #expect(claims.claim(.number(1), for: first) == nil)
    #expect(claims.claim(.number(2), for: first) == nil)
    #expect(claims.claim(.number(1), for: second) == nil)
    #expect(claims.claim(.number(2), for: second) == first)
    // What was refused cost nothing.
    #expect(claims.claim(.number(1), for: first) == second)
  }
}
