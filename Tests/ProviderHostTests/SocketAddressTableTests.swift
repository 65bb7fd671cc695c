// SPDX-License-Identifier: Apache-2.0

import LinuxKernel
import TestSupport
import Testing

@testable import ProviderHost

/// Races are sought by Tests/ThreadSanitizer/Addresses.
@Suite struct SocketAddressTableTests {
  @Test func anOpenSocketsAddressIsFoundByItsHandleAlone() {
    let table = SocketAddressTable(count: 3)
    let address = SocketAddress(family: .ipv6, high: 1 << 63, low: 7, port: 123, scope: 3)
    #expect(table.words(of: 0) == nil && table.words(of: 1) == nil)
    table.set(2, handle: 41, SocketAddressTable.Words(address))
    #expect(table.words(of: 41).map { SocketAddress($0) } == address)
    #expect(table.words(of: 0) == nil, "no handle is not a closed place")
    table.clear(2)
    #expect(table.words(of: 41) == nil)
    // A place out of bounds is nobody's.
    table.set(3, handle: 42, SocketAddressTable.Words(address))
    table.set(-1, handle: 42, SocketAddressTable.Words(address))
    #expect(table.words(of: 42) == nil)
  }

  @Test(arguments: [1, 2] as [UInt64])
  func everyAddressComesBackAsItWas(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let table = SocketAddressTable(count: 8)
    for handle in 1...200 as ClosedRange<UInt32> {
      let address = SocketAddress(
        family: Bool.random(using: &random) ? .ipv4 : .ipv6, high: random.next(), low: random.next(),
        port: .random(in: 0...(.max), using: &random), scope: .random(in: 0...(.max), using: &random))
      table.set(Int(handle) % 8, handle: handle, SocketAddressTable.Words(address))
      #expect(table.words(of: handle).map { SocketAddress($0) } == address)
      if handle > 8 { #expect(table.words(of: handle - 8) == nil) }
    }
  }
}
