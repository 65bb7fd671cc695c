// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import LinuxKernel

@Suite struct NameResolutionTests {
  @Test func numericAddressesInBothProfiles() throws {
    for profile in [KernelProfile.full, .minimal] {
      #expect(try NameResolution.resolve("127.0.0.1", profile: profile) == [.loopback(.ipv4)])
      #expect(try NameResolution.resolve("::1", profile: profile) == [.loopback(.ipv6)])
    }
    #expect(throws: NameResolution.Failure.self) { try NameResolution.resolve("::1", family: .ipv4) }
  }

  @Test func localhostIsALoopbackAddress() throws {
    #expect(try NameResolution.resolve("localhost").allSatisfy(\.isLoopback))
  }

  @Test func theMinimalProfileLooksUpNoNames() {
    let error = #expect(throws: NameResolution.Failure.self) {
      try NameResolution.resolve("localhost", profile: .minimal)
    }
    #expect(error?.description.contains("not a numeric address") == true)
  }

  @Test func nonsenseIsNotFound() {
    for name in ["", String(repeating: "x", count: 300), "a\0b"] {
      #expect(throws: NameResolution.Failure.self) { try NameResolution.resolve(name) }
    }
  }
}
