// SPDX-License-Identifier: Apache-2.0

import Addresses
import KeyFiles
import NTPSymmetric
import ProviderKit

/// A key of each algorithm: number 1 + its raw value, with a secret of its own.
enum Keys {
  static func id(_ algorithm: KeyAlgorithm) -> UInt32 { UInt32(algorithm.rawValue) + 1 }

  static func secret(_ algorithm: KeyAlgorithm) -> [UInt8] {
    (0..<(algorithm.keyLength ?? 20)).map { UInt8($0 * 7) &+ algorithm.rawValue &+ 1 }
  }

  static func symmetric(
    _ algorithm: KeyAlgorithm, id: UInt32? = nil, addresses: [String] = [], expiry: Int64? = nil
  ) -> SymmetricKey {
    SymmetricKey(
      id: id ?? Self.id(algorithm), algorithm: algorithm, secret: secret(algorithm),
      addresses: addresses.compactMap { AddressPrefix($0) }, expiry: expiry)
  }

  static func ring(_ keys: [SymmetricKey]? = nil, shortDigests: Bool = false) -> KeyRing {
    KeyRing(
      (keys ?? KeyAlgorithm.allCases.map { symmetric($0) }).compactMap { RingKey($0, lanes: 4) },
      shortDigests: shortDigests)
  }

  /// A line of our own format.
  static func line(_ algorithm: KeyAlgorithm, id: UInt32? = nil) -> String {
    symmetric(algorithm, id: id).fileLine(.tompion) ?? ""
  }

  /// Our own format, all algorithms.
  static var file: String { KeyFile.header + "\n" + KeyAlgorithm.allCases.map { line($0) }.joined() }
}

/// What a scheme's function did with a packet.
struct Decided: Equatable {
  var bytes: [UInt8]
  var packet: Protection
  var outcome: Outcome

  typealias Function = (inout MutableSpan<UInt8>, inout Protection) -> Outcome

  init(
    _ bytes: [UInt8], limit: Int = 200, peer: SocketAddress = .none, request: UInt64 = 0, by function: Function
  ) {
    var buffer = bytes + [UInt8](repeating: 0xcc, count: max(0, limit - bytes.count))
    packet = Protection(length: bytes.count, limit: max(limit, bytes.count), peer: peer, request: request)
    var span = buffer.mutableSpan
    outcome = function(&span, &packet)
    self.bytes = Array(buffer.prefix(packet.length))
  }
}

/// The four functions over arrays.
struct Scheme {
  var ring: KeyRing
  var now: Int64 = 1_800_000_000

  func request(_ bytes: [UInt8], key: UInt32, limit: Int = 200) -> Decided {
    Decided(bytes, limit: limit) { SymmetricScheme.protectRequest(key: key, ring, now: { now }, &$0, &$1) }
  }
  func take(reply bytes: [UInt8], key: UInt32, peer: SocketAddress = .none) -> Decided {
    Decided(bytes, limit: bytes.count, peer: peer) {
      SymmetricScheme.unprotectReply(key: key, ring, now: { now }, &$0, &$1)
    }
  }
  func take(request bytes: [UInt8], peer: SocketAddress = .none) -> Decided {
    Decided(bytes, limit: bytes.count, peer: peer) {
      SymmetricScheme.unprotectRequest(ring, now: { now }, &$0, &$1)
    }
  }
  func reply(_ bytes: [UInt8], request: UInt64, limit: Int = 200) -> Decided {
    Decided(bytes, limit: limit, request: request) {
      SymmetricScheme.protectReply(ring, now: { now }, &$0, &$1)
    }
  }
}

/// A header of that version and mode with something in each field.
func header(version: UInt8 = 4, mode: UInt8 = 3) -> [UInt8] {
  [version << 3 | mode] + (1..<48).map { UInt8($0) }
}

/// An extension field of 28 bytes.
let field: [UInt8] = [0x20, 0x05, 0, 28] + [UInt8](repeating: 0x5a, count: 24)
