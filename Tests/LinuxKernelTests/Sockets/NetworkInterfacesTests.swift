// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import LinuxKernel

@Suite struct NetworkInterfacesTests {
  @Test func loopbackIsThereWithItsPrefix() throws {
    let all = NetworkInterfaces.all()
    let loopback = try #require(all.first { $0.address.host == "127.0.0.1" })
    #expect(loopback.isLoopback && loopback.isUp)
    #expect(loopback.prefixLength == 8)
    #expect(loopback.index == NetworkInterfaces.index(of: loopback.name))
    #expect(all.filter { $0.address.host == "::1" }.allSatisfy { $0.prefixLength == 128 })
    #expect(NetworkInterfaces.index(of: "no-such-if") == 0)
  }
}
