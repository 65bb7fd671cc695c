// SPDX-License-Identifier: Apache-2.0

import Addresses
import KeyFiles
import Testing

@testable import NTPSymmetric

@Suite struct KeyRingTests {
  @Test func keysAreFoundByNumber() throws {
    let ids: [UInt32] = [90, 7, 4_294_967_295, 1, 65_535]
    let ring = Keys.ring(ids.map { Keys.symmetric(.sha256, id: $0) })
    #expect(ring.keys.map(\.id) == ids.sorted())
    for id in ids { #expect(ring.key(id)?.id == id) }
    for id in [0, 2, 6, 8, 91, 65_536] as [UInt32] { #expect(ring.key(id) == nil) }
    #expect(KeyRing().key(1) == nil)
  }

  @Test func ofTwoWithOneNumberTheFirstCounts() {
    let ring = Keys.ring([Keys.symmetric(.sha512, id: 5), Keys.symmetric(.sha256, id: 5)])
    #expect(ring.keys.count == 1 && ring.key(5)?.algorithm == .sha512)
  }

  @Test func registeredAddresses() throws {
    let ring = Keys.ring([
      Keys.symmetric(.sha256, id: 1, addresses: ["192.0.2.9", "192.0.2.1", "2001:db8::1"]),
      Keys.symmetric(.sha256, id: 2, addresses: ["192.0.2.5", "10.0.0.0/8"]),
    ])
    func isRegistered(_ text: String) throws -> Bool { ring.isRegistered(try #require(NumericAddress(text))) }
    #expect(ring.knowsAddresses && !Keys.ring().knowsAddresses)
    for text in ["192.0.2.1", "192.0.2.5", "192.0.2.9", "2001:db8::1", "10.1.2.3"] { #expect(try isRegistered(text)) }
    for text in ["192.0.2.0", "192.0.2.2", "192.0.2.10", "2001:db8::2", "11.0.0.0", "::"] {
      #expect(try !isRegistered(text))
    }
  }

  @Test func cipherKeysOfAnotherLengthAreRefused() {
    #expect(RingKey(SymmetricKey(id: 1, algorithm: .aes128CMAC, secret: [1, 2, 3])) == nil)
  }
}
