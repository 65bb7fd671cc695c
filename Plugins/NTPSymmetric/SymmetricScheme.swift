// SPDX-License-Identifier: Apache-2.0

import Addresses
import NTPWire
package import ProviderKit

/// Signs and verifies packets with the keys of a ring: the rules, without state (RFC 5905, section 7.3; RFC 7822; what peers do, in
/// Docs/authentication.md). Nothing is allocated or waited for, every thread may be in it. [any]
package enum SymmetricScheme {
  /// The longest MAC: key number and SHA-512.
  package static let longestMAC = 68

  // MARK: the client's side

  /// Adds the MAC of the association's key to a request.
  package static func protectRequest(
    key id: UInt32, _ ring: KeyRing, now: () -> Int64, _ bytes: inout MutableSpan<UInt8>, _ packet: inout Protection
  ) -> Outcome {
    guard packet.length >= NTPPacket.length else { return refuse(.malformed, id, &packet) }
    let isWhole = bytes[0] >> 3 & 7 < 4 && !ring.shortDigests
    return ring.withKey(id) {
      sign($0, length: isWhole ? $0.digestLength : $0.shortLength, now, &bytes, &packet)
    } ?? refuse(.unknownKey, id, &packet)
  }

  /// Verifies a reply: the association's key alone is good, whoever else's is known here.
  package static func unprotectReply(
    key id: UInt32, _ ring: KeyRing, now: () -> Int64, _ bytes: inout MutableSpan<UInt8>, _ packet: inout Protection
  ) -> Outcome {
    let datagram = bytes.span.extracting(0..<packet.length)
    switch SignedTrailer(of: datagram, digestLength: { $0 == id ? ring.digestLength($0) : nil }) {
    case .none: return refuse(.unsigned, 0, &packet)
    case .cryptoNAK: return refuse(.cryptoNAK, 0, &packet)
    case .microsoft, .malformed: return refuse(.malformed, 0, &packet)
    case .mac(let offset, let named, let digest):
      guard named == id else {
        return refuse(ring.digestLength(named) == nil ? .unknownKey : .otherKey, named, &packet)
      }
      return ring.withKey(id) { take($0, datagram, offset, digest, now, &packet) } ?? refuse(.unknownKey, id, &packet)
    }
  }

  // MARK: the server's side

  /// Verifies a request; what it was signed with goes into `packet.request`. A request without a signature, or with key 0, is good if its
  /// address is one that a key names.
  package static func unprotectRequest(
    _ ring: KeyRing, now: () -> Int64, _ bytes: inout MutableSpan<UInt8>, _ packet: inout Protection
  ) -> Outcome {
    packet.request = 0
    let datagram = bytes.span.extracting(0..<packet.length)
    switch SignedTrailer(of: datagram, digestLength: { ring.digestLength($0) }) {
    case .none: return takePlain(length: packet.length, ring, &packet)
    case .cryptoNAK: return refuse(.cryptoNAK, 0, &packet)
    case .malformed: return refuse(.malformed, 0, &packet)
    case .microsoft:
      packet.leaveToOthers()
      return .others
    case .mac(let offset, 0, _): return takePlain(length: offset, ring, &packet)
    case .mac(let offset, let id, let digest):
      let outcome = ring.withKey(id) { take($0, datagram, offset, digest, now, &packet) }
      if outcome == .verified { packet.request = RequestForm(key: id, digestLength: digest.count).rawValue }
      return outcome ?? refuse(.unknownKey, id, &packet)
    }
  }

  /// Signs a reply with the key of its request, in its request's form.
  package static func protectReply(
    _ ring: KeyRing, now: () -> Int64, _ bytes: inout MutableSpan<UInt8>, _ packet: inout Protection
  ) -> Outcome {
    guard packet.length >= NTPPacket.length else { return refuse(.malformed, 0, &packet) }
    guard packet.request != 0 else {
      packet.accept(length: packet.length)
      return .plain
    }
    guard let form = RequestForm(rawValue: packet.request) else { return refuse(.unknownKey, 0, &packet) }
    return ring.withKey(form.key) { key in
      form.digestLength == key.digestLength || form.digestLength == key.shortLength
        ? sign(key, length: form.digestLength, now, &bytes, &packet) : refuse(.unknownKey, 0, &packet)
    } ?? refuse(.unknownKey, 0, &packet)
  }

  private static func takePlain(length: Int, _ ring: KeyRing, _ packet: inout Protection) -> Outcome {
    // Whether strangers are answered is the server's to say, and another scheme may know them.
    guard ring.knowsAddresses, let peer = NumericAddress(packet.peer), ring.isRegistered(peer) else {
      packet.leaveToOthers()
      return ring.knowsAddresses ? .stranger : .others
    }
    packet.accept(length: length)
    return .plain
  }

  // MARK: both

  private static func refuse(_ outcome: Outcome, _ key: UInt32, _ packet: inout Protection) -> Outcome {
    packet.refuse(outcome.refusal ?? .fault, key: key)
    return outcome
  }

  /// Verifies a packet by a key.
  private static func take(
    _ key: RingKey, _ datagram: Span<UInt8>, _ offset: Int, _ digest: Range<Int>, _ now: () -> Int64,
    _ packet: inout Protection
  ) -> Outcome {
    if let wrong = judge(key, digest, now, packet.peer) ?? verify(key, datagram, offset, digest) {
      return refuse(wrong, key.id, &packet)
    }
    // Whoever knows a digest of such an algorithm can append to the packet and compute that digest, too: what stands between the header
    // and the MAC is not to be believed.
    packet.accept(length: key.algorithm.isLengthExtendable ? NTPPacket.length : offset, key: key.id)
    return .verified
  }

  /// What is known to be wrong before anything is computed.
  private static func judge(
    _ key: RingKey, _ digest: Range<Int>, _ now: () -> Int64, _ address: SocketAddress
  ) -> Outcome? {
    guard digest.count == key.digestLength || digest.count == key.shortLength else { return .malformed }
    if !key.addresses.isEmpty {
      guard let peer = NumericAddress(address), key.allows(peer) else { return .notAllowed }
    }
    return isExpired(key, now) ? .expired : nil
  }

  /// The clock is read only for a key that ends.
  private static func isExpired(_ key: RingKey, _ now: () -> Int64) -> Bool {
    guard let expiry = key.expiry else { return false }
    return now() >= expiry
  }

  private static func verify(_ key: RingKey, _ datagram: Span<UInt8>, _ offset: Int, _ digest: Range<Int>) -> Outcome? {
    switch key.code.check(datagram.extracting(0..<offset), datagram.extracting(digest)) {
    case .right:
      key.markUsed()
      return nil
    case .wrong: return .badCode
    case .unavailable: return .unavailable
    }
  }

  private static func sign(
    _ key: RingKey, length: Int, _ now: () -> Int64, _ bytes: inout MutableSpan<UInt8>, _ packet: inout Protection
  ) -> Outcome {
    let start = packet.length
    guard start + 4 + length <= packet.limit, packet.limit <= bytes.count else {
      return refuse(.noRoom, key.id, &packet)
    }
    guard !isExpired(key, now) else { return refuse(.expired, key.id, &packet) }
    var digest = InlineArray<64, UInt8>(repeating: 0)
    var span = digest.mutableSpan
    guard key.code.sign(bytes.span.extracting(0..<start), into: &span) else {
      return refuse(.unavailable, key.id, &packet)
    }
    for index in 0..<4 { bytes[start + index] = UInt8(truncatingIfNeeded: key.id >> UInt32(24 - 8 * index)) }
    for index in 0..<length { bytes[start + 4 + index] = digest[index] }
    packet.accept(length: start + 4 + length, key: key.id)
    return .signed
  }
}

/// A request's key and the length of its digest, as they wait for the reply: `Protection.request`.
struct RequestForm: Hashable, Sendable {
  var key: UInt32
  var digestLength: Int

  init(key: UInt32, digestLength: Int) { (self.key, self.digestLength) = (key, digestLength) }

  /// nil = it comes from nowhere here.
  init?(rawValue: UInt64) {
    guard rawValue >> 40 == 0, rawValue >> 8 != 0 else { return nil }
    (key, digestLength) = (UInt32(truncatingIfNeeded: rawValue >> 8), Int(rawValue & 0xff))
  }

  var rawValue: UInt64 { UInt64(key) << 8 | UInt64(digestLength & 0xff) }
}

extension NumericAddress {
  /// As keys name it, whatever clothes it wears; nil = there is none.
  init?(_ peer: SocketAddress) {
    switch peer.family {
    case .none: return nil
    case .ipv4: self.init(ipv4: peer.ipv4)
    case .ipv6: self = NumericAddress(ipv6High: peer.high, low: peer.low).unmapped
    }
  }
}
