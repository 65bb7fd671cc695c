// SPDX-License-Identifier: Apache-2.0

import Addresses
import KeyFiles
import Testing

@Suite("Keys that may not be used")
struct KeyObstacleTests {
  static func key(
    _ algorithm: KeyAlgorithm = .sha256, addresses: [AddressPrefix] = [], expiry: Int64? = nil
  ) -> SymmetricKey {
    SymmetricKey(id: 7, algorithm: algorithm, secret: [1, 2, 3], addresses: addresses, expiry: expiry)
  }

  @Test("the second at which its time is over counts")
  func expiry() {
    let key = Self.key(expiry: 1_577_923_200)
    #expect(KeyObstacle(key, peer: nil, now: 1_577_923_199, allowed: []) == nil)
    let obstacle = KeyObstacle(key, peer: nil, now: 1_577_923_200, allowed: [])
    #expect(obstacle == .expired(1_577_923_200) && obstacle?.finding.contains("2020-01-01") == true)
  }

  @Test("the server's address is among the key's, in either family's clothes")
  func addresses() throws {
    let prefix = try #require(AddressPrefix("192.0.2.0/24"))
    let key = Self.key(addresses: [prefix])
    for (text, isGood) in [
      ("192.0.2.9", true), ("::ffff:192.0.2.9", true), ("192.0.3.9", false), ("2001:db8::1", false),
    ] {
      let peer = try #require(NumericAddress(text))
      let obstacle = KeyObstacle(key, peer: peer, now: 0, allowed: [])
      #expect(obstacle == (isGood ? nil : .foreignAddress(peer, of: [prefix])), "\(text)")
      #expect(obstacle.map { $0.finding.contains("192.0.2.0/24") } != false)
    }
  }

  @Test("deprecated ones only where they are allowed", arguments: KeyAlgorithm.allCases)
  func deprecated(algorithm: KeyAlgorithm) {
    let obstacle = KeyObstacle(Self.key(algorithm), peer: nil, now: 0, allowed: [])
    #expect(obstacle == ([.md5, .sha1].contains(algorithm) ? .deprecated(algorithm) : nil))
    #expect(KeyObstacle(Self.key(algorithm), peer: nil, now: 0, allowed: [algorithm]) == nil)
  }
}
