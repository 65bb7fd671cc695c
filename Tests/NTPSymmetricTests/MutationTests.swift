// SPDX-License-Identifier: Apache-2.0

import Foundation
import KeyFiles
import Numerics
import ProviderKit
import TestSupport
import Testing

@testable import NTPSymmetric

/// Signed packets, mutated at random. `./Tools/test auth` runs 100,000 (TOMPION_MUTATIONS), the unit tests fewer.
@Suite struct MutationTests {
  private static var count: Int {
    ProcessInfo.processInfo.environment["TOMPION_MUTATIONS"].flatMap { Int($0) } ?? 5000
  }

  /// One to four changes: bits flipped, bytes set, cut, appended, put in, swapped with another packet's.
  private static func mutate(_ packet: [UInt8], other: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
    var bytes = packet
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      let place = bytes.isEmpty ? 0 : Int.random(in: 0..<bytes.count, using: &random)
      switch Int.random(in: 0..<8, using: &random) {
      case 0, 1: if !bytes.isEmpty { bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random) }
      case 2: if !bytes.isEmpty { bytes[place] = .random(in: 0...255, using: &random) }
      case 3: bytes = Array(bytes.prefix(place))
      case 4: bytes += (0..<4 * Int.random(in: 1...8, using: &random)).map { _ in .random(in: 0...255, using: &random) }
      case 5: bytes.insert(contentsOf: field, at: min(48, bytes.count))
      case 6: bytes = Array(bytes.prefix(place)) + other.dropFirst(place)
      default: bytes.insert(contentsOf: [0, 0, 0, UInt8.random(in: 0..<10, using: &random)], at: place)
      }
    }
    return bytes
  }

  @Test func noMutationIsTaken() {
    var random = SeededGenerator(seed: 0x5ee_d6)
    let scheme = Scheme(ring: Keys.ring())
    var mutated = 0
    var taken: [String] = []
    while mutated < Self.count {
      let algorithm = KeyAlgorithm.allCases.randomElement(using: &random) ?? .md5
      let version = UInt8.random(in: 3...4, using: &random)
      var plain = header(version: version, mode: 4)
      for index in 1..<48 { plain[index] = .random(in: 0...255, using: &random) }
      if Bool.random(using: &random), version == 4 { plain += field }
      let id = Keys.id(algorithm)
      let packet = scheme.request(plain, key: id).bytes
      let other = scheme.request(header(version: version, mode: 4), key: Keys.id(.sha1)).bytes
      let wrong = Self.mutate(packet, other: other, &random)
      // The other one is as good.
      guard wrong != packet, wrong != other, !wrong.isEmpty else { continue }
      mutated += 1
      let client = scheme.take(reply: wrong, key: id)
      // Cut to one of the two forms of the same code it is the same proof of the same bytes.
      if client.packet.verdict != .refuse, wrong != Array(packet.prefix(wrong.count)) {
        taken.append("client: \(algorithm) \(wrong)")
      }
      if !client.outcome.isRefusal, client.packet.verdict == .refuse {
        taken.append("client's count: \(client.outcome)")
      }
      let server = scheme.take(request: wrong)
      if server.packet.verdict == .ok, wrong != Array(packet.prefix(wrong.count)) {
        taken.append("server: \(algorithm) \(wrong)")
      }
      let reply = scheme.reply(header(version: version, mode: 4), request: server.packet.request, limit: wrong.count)
      if reply.bytes.count > max(wrong.count, 48) || server.packet.length > wrong.count {
        taken.append("longer: \(algorithm) \(wrong)")
      }
    }
    #expect(taken.isEmpty, "\(taken.count) of \(mutated), \(taken.first ?? "")")
    // For `./Tools/test auth`.
    print("mutations: \(mutated) packets, \(taken.count) taken")
  }
}

extension Outcome {
  fileprivate var isRefusal: Bool { refusal != nil }
}
