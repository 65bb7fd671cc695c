// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import MockHost
import ProviderKit
import Testing

@testable import NTPClient

/// What leaves this host: ten thousand requests, and nothing in them but a random number each.
@Suite(.serialized)
struct RequestTests {
  private static let count = 10_000

  @Test func tenThousandRequestsSayNothingAndNeverRepeat() throws {
    let scene = ClientScene(seed: 7)
    scene.names["a.example"] = [ClientScene.address(1)]
    scene.addSource(0, "a.example", ["min_poll": 0, "max_poll": 0])
    #expect(scene.start() == TOMPION_OK)
    var nonces: Set<UInt64> = []
    var ones = [Int](repeating: 0, count: 64)
    var changes = [Int](repeating: 0, count: 64)
    var last: UInt64?
    var sockets: Set<UInt32> = []
    for _ in 0..<Self.count {
      let request = try #require(scene.untilRequest())
      #expect(request.bytes.count == 48 && request.bytes[0] == 0x23 && request.bytes[1..<40].allSatisfy { $0 == 0 })
      let nonce = request.bytes.timestamp(at: 40)
      #expect(nonces.insert(nonce).inserted && nonce != 0)
      for bit in 0..<64 {
        if nonce >> UInt64(bit) & 1 == 1 { ones[bit] += 1 }
        if let last, (nonce ^ last) >> UInt64(bit) & 1 == 1 { changes[bit] += 1 }
      }
      last = nonce
      // A new socket each, its port the kernel's choice, connected to the server; the one before is closed.
      #expect(sockets.insert(request.socket).inserted)
      let socket = try #require(scene.host.sockets[request.socket])
      #expect(socket.local.port == 0 && socket.peer.port == 123)
      #expect(scene.host.sockets.count == 1)
      scene.answer(request)
    }
    #expect(scene.host.socketsOpened == Self.count && scene.host.samples.count == Self.count)
    // Five standard deviations of a fair coin.
    let tolerance = 5 * Double(Self.count).squareRoot() / 2
    for bit in 0..<64 {
      #expect(abs(Double(ones[bit]) - Double(Self.count) / 2) < tolerance, "bit \(bit)")
      #expect(abs(Double(changes[bit]) - Double(Self.count) / 2) < tolerance, "bit \(bit) against the one before")
    }
  }

  @Test func theSpreadOfPollsDoesNotShowTheNonce() {
    // Both come from the host's randomness; the time of a request is on the wire before its nonce counts.
    var association = Association(options: AssociationOptions())
    var actions = AssociationActions()
    let now = AssociationDriver().now
    association.handle(.start, now: now, entropy: Entropy(nonce: 1, spread: 2), into: &actions)
    var list = AddressList()
    list.append(ClientScene.address(1))
    var twin = association
    association.handle(.resolved(list), now: now, entropy: Entropy(nonce: 3, spread: 1 << 60), into: &actions)
    twin.handle(.resolved(list), now: now, entropy: Entropy(nonce: 4, spread: 1 << 60), into: &actions)
    #expect(association.state == twin.state)
  }
}
