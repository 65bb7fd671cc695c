// SPDX-License-Identifier: Apache-2.0

import Addresses
import Cryptography
package import KeyFiles
import Synchronization

/// A key in use: its code, who may use it, and whether it was used. Nothing of its secret but in `code`, which wipes it.
package final class RingKey: Sendable {
  package let id: UInt32
  package let algorithm: KeyAlgorithm
  let code: MessageCode
  let addresses: [AddressPrefix]
  /// Seconds since 1970 (UTC); nil = it has no end.
  let expiry: Int64?
  /// Of its file, from 1.
  package let line: Int
  /// Since it was asked last.
  private let wasUsed = Atomic<Bool>(false)

  /// So many threads may use a key at once: an NTP server's workers, 64 at most, and the one of the clients.
  package static let threadLimit = 65
  /// In one file, 1 KB each.
  private static let laneLimit = 2048

  /// How many threads may be in one CMAC key at once, if a file has so many of them: as many as there can be, unless the file has so many
  /// keys that the memory counts; then fewer, and a thread that finds no lane says `Outcome.unavailable`.
  static func lanes(for keyCount: Int) -> Int { max(4, min(threadLimit, laneLimit / max(1, keyCount))) }

  /// nil = the algorithm cannot take the key (CMAC: its length), or there is no memory.
  package init?(_ key: SymmetricKey, lanes: Int = RingKey.threadLimit) {
    guard let code = MessageCode(key.algorithm.code, key: key.secret.span, lanes: lanes) else { return nil }
    self.code = code
    (id, algorithm, addresses, expiry, line) = (key.id, key.algorithm, key.addresses, key.expiry, key.line)
  }

  /// Bytes of a whole digest.
  var digestLength: Int { algorithm.digestLength }
  /// The longest that fits into a version 4 packet (RFC 7822: a MAC has 20 or 24 bytes), as all peers cut it.
  var shortLength: Int { min(digestLength, 20) }

  /// An address is already what it is behind IPv6's clothes (`NumericAddress.unmapped`).
  func allows(_ peer: NumericAddress) -> Bool {
    if addresses.isEmpty { return true }
    for index in 0..<addresses.count where addresses[index].holds(peer) { return true }
    return false
  }

  /// It proved a packet. Looked at first: a cache line that all workers write would be slow. [capture]
  func markUsed() {
    if !wasUsed.load(ordering: .relaxed) { wasUsed.store(true, ordering: .relaxed) }
  }

  /// Whether it was used since this was asked last. [control]
  func takeUsed() -> Bool { wasUsed.exchange(false, ordering: .relaxed) }
}

extension KeyAlgorithm {
  var code: MessageCode.Algorithm {
    switch self {
    case .md5: .md5
    case .sha1: .sha1
    case .sha256: .sha256
    case .sha384: .sha384
    case .sha512: .sha512
    case .hmacSHA256: .hmacSHA256
    case .aes128CMAC: .aes128CMAC
    case .aes256CMAC: .aes256CMAC
    }
  }
}
