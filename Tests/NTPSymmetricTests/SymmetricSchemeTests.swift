// SPDX-License-Identifier: Apache-2.0

import KeyFiles
import ProviderKit
import Testing

@testable import NTPSymmetric

@Suite struct SymmetricSchemeTests {
  private let scheme = Scheme(ring: Keys.ring())

  /// What peers send: cut to 20 bytes in version 4, whole in version 3.
  @Test(arguments: KeyAlgorithm.allCases, [UInt8(3), 4])
  func bothSidesUnderstandEachOther(algorithm: KeyAlgorithm, version: UInt8) {
    let id = Keys.id(algorithm)
    let length = version == 4 ? min(algorithm.digestLength, 20) : algorithm.digestLength
    let request = scheme.request(header(version: version), key: id)
    #expect(request.outcome == .signed && request.packet.verdict == .ok && request.packet.key == id)
    #expect(request.bytes.count == 48 + 4 + length)
    #expect(Array(request.bytes[..<48]) == header(version: version) && request.bytes[48..<52] == [0, 0, 0, UInt8(id)])

    let taken = scheme.take(request: request.bytes)
    #expect(taken.outcome == .verified && taken.packet.length == 48 && taken.packet.key == id)
    let plain = header(version: version, mode: 4)
    let reply = scheme.reply(plain, request: taken.packet.request, limit: request.bytes.count)
    #expect(
      reply.outcome == .signed && reply.bytes.count == request.bytes.count, "in its request's form, and no longer")

    let read = scheme.take(reply: reply.bytes, key: id)
    #expect(read.outcome == .verified && read.bytes == plain && read.packet.key == id)
  }

  /// w32time.md, section 8: key `_HQm!vNh`, and the cut that peers make of SHA-256.
  @Test func publishedVector() throws {
    let key = SymmetricKey(id: 7, algorithm: .sha256, secret: Array("_HQm!vNh".utf8))
    let packet = [UInt8](0...0x2f)
    // Its first byte says version 0; the code is the same for whoever asks for it.
    var signed = try #require(RingKey(key)).code.bytes(packet)
    #expect(signed.count == 32)
    signed = Array(signed.prefix(20))
    #expect(
      signed == [
        0xdb, 0xfb, 0xf0, 0x72, 0x2c, 0xca, 0x4a, 0xee, 0x4c, 0x7e, 0xc6, 0xa5, 0x85, 0xf1, 0x54, 0xf5, 0x19, 0x73,
        0xc6,
        0x90,
      ])
  }

  /// What others might send: whole digests in version 4, cut ones in version 3; the reply has the same form.
  @Test(arguments: [KeyAlgorithm.sha256, .sha384, .sha512, .hmacSHA256], [UInt8(1), 2, 3, 4])
  func theOtherFormIsTaken(algorithm: KeyAlgorithm, version: UInt8) throws {
    let key = try #require(RingKey(Keys.symmetric(algorithm)))
    let whole = key.code.bytes(header(version: version))
    for length in [20, algorithm.digestLength] {
      let request = header(version: version) + [0, 0, 0, UInt8(key.id)] + whole.prefix(length)
      let taken = scheme.take(request: request)
      #expect(taken.outcome == .verified && taken.packet.length == 48)
      let reply = scheme.reply(header(version: version, mode: 4), request: taken.packet.request, limit: request.count)
      #expect(reply.bytes.count == request.count)
      #expect(scheme.take(reply: reply.bytes, key: key.id).outcome == .verified)
    }
  }

  @Test func shortDigestsAreForVersion3() {
    let short = Scheme(ring: Keys.ring(shortDigests: true))
    #expect(short.request(header(version: 3), key: Keys.id(.sha512)).bytes.count == 72)
    #expect(short.request(header(version: 3), key: Keys.id(.aes128CMAC)).bytes.count == 68)
    #expect(scheme.request(header(version: 3), key: Keys.id(.sha512)).bytes.count == 116)
  }

  /// Every length of what follows the header, in every version, random and zero: nothing but a whole signature is taken.
  @Test(arguments: KeyAlgorithm.allCases) func everyLengthOfMAC(algorithm: KeyAlgorithm) throws {
    let key = try #require(RingKey(Keys.symmetric(algorithm)))
    let lone = Scheme(ring: Keys.ring([Keys.symmetric(algorithm)]))
    for version in UInt8(0)...7 {
      let code = [0, 0, 0, UInt8(key.id)] + key.code.bytes(header(version: version))
      for length in 0...68 {
        let mac =
          length <= code.count ? Array(code.prefix(length)) : code + [UInt8](repeating: 0, count: length - code.count)
        let packet = header(version: version) + mac
        let isGood =
          (1...4).contains(version)
          && (length == 4 + algorithm.digestLength || length == 4 + min(algorithm.digestLength, 20))
        let server = lone.take(request: packet)
        #expect((server.outcome == .verified) == isGood, "version \(version), \(length) bytes: \(server.outcome)")
        let client = lone.take(reply: packet, key: key.id)
        #expect((client.outcome == .verified) == isGood, "version \(version), \(length) bytes: \(client.outcome)")
        #expect(isGood || client.packet.verdict == .refuse, "a client takes nothing without proof")
        #expect(server.packet.length <= packet.count && client.packet.length <= packet.count)
      }
    }
  }

  @Test func aReplyNeedsItsAssociationsKey() {
    let (own, other) = (Keys.id(.aes128CMAC), Keys.id(.sha256))
    let signed = scheme.request(header(mode: 4), key: other).bytes
    let taken = scheme.take(reply: signed, key: own)
    #expect(taken.outcome == .otherKey && taken.packet.refusal == .unknownKey && taken.packet.key == other)
    var renamed = scheme.request(header(mode: 4), key: other).bytes
    renamed[51] = UInt8(own)
    #expect(scheme.take(reply: renamed, key: own).outcome == .malformed, "its digest has another length")
    var stranger = signed
    stranger[48] = 0x77
    #expect(scheme.take(reply: stranger, key: own).outcome == .unknownKey)
    #expect(scheme.take(reply: header(mode: 4), key: own).outcome == .unsigned)
    #expect(scheme.take(reply: header(mode: 4) + field, key: own).outcome == .unsigned)
    let nak = scheme.take(reply: header(mode: 4) + [0, 0, 0, 0], key: own)
    #expect(nak.outcome == .cryptoNAK && nak.packet.refusal == .unknownKey && nak.packet.key == 0)
    #expect(scheme.take(reply: header(mode: 4) + [0, 0, 0, 1], key: own).outcome == .malformed)
    #expect(scheme.take(reply: signed, key: 4711).outcome == .otherKey, "a key that is not there is good for nothing")
    #expect(scheme.request(header(), key: 4711).outcome == .unknownKey)
  }

  @Test(arguments: KeyAlgorithm.allCases, [UInt8(3), 4]) func everyBitCounts(algorithm: KeyAlgorithm, version: UInt8) {
    let id = Keys.id(algorithm)
    let request = scheme.request(header(version: version), key: id).bytes
    let reply = scheme.request(header(version: version, mode: 4), key: id).bytes
    for bit in 0..<(8 * request.count) {
      var wrong = request
      wrong[bit / 8] ^= 0x80 >> UInt8(bit % 8)
      // One bit makes number 1 into 0: a packet without a signature, which is nobody's here.
      #expect(scheme.take(request: wrong).packet.verdict != .ok)
      wrong = reply
      wrong[bit / 8] ^= 0x80 >> UInt8(bit % 8)
      #expect(scheme.take(reply: wrong, key: id).packet.verdict == .refuse)
    }
  }

  /// Extension fields are covered by the MAC; under a digest of key and packet they are dropped all the same, because whoever has one such
  /// packet can append to it.
  @Test(arguments: KeyAlgorithm.allCases) func extensionFields(algorithm: KeyAlgorithm) {
    let id = Keys.id(algorithm)
    let isKept = [.hmacSHA256, .aes128CMAC, .aes256CMAC].contains(algorithm)
    let signed = scheme.request(header() + field, key: id).bytes
    let taken = scheme.take(request: signed)
    #expect(taken.outcome == .verified && taken.packet.length == (isKept ? 48 + field.count : 48))
    let read = scheme.take(reply: signed, key: id)
    #expect(read.outcome == .verified && read.packet.length == (isKept ? 48 + field.count : 48))
    var wrong = signed
    wrong[60] ^= 1
    #expect(scheme.take(request: wrong).outcome == .badCode)
    #expect(scheme.take(reply: wrong, key: id).outcome == .badCode)
    // A field put behind a signed header is not covered.
    let header = scheme.request(header(), key: id).bytes
    let inserted = Array(header[..<48]) + field + header[48...]
    #expect(scheme.take(request: inserted).outcome == .badCode)
  }

  @Test(arguments: KeyAlgorithm.allCases) func keysEnd(algorithm: KeyAlgorithm) {
    let id = Keys.id(algorithm)
    var scheme = Scheme(ring: Keys.ring([Keys.symmetric(algorithm, expiry: 1000)]), now: 999)
    let signed = scheme.request(header(), key: id).bytes
    let taken = scheme.take(request: signed)
    #expect(taken.outcome == .verified && scheme.take(reply: signed, key: id).outcome == .verified)
    scheme.now = 1000
    #expect(scheme.request(header(), key: id).outcome == .expired)
    #expect(scheme.reply(header(), request: taken.packet.request).outcome == .expired)
    let late = scheme.take(request: signed)
    #expect(late.outcome == .expired && late.packet.refusal == .stale)
    #expect(scheme.take(reply: signed, key: id).outcome == .expired)
  }

  private func address(_ text: String) -> SocketAddress {
    let parts = text.split(separator: ".").compactMap { UInt32($0) }
    return SocketAddress(ipv4: parts.reduce(0) { $0 << 8 | $1 }, port: 123)
  }

  /// NIST's rules: a key is its owner's addresses', and plain requests are for whoever has a key.
  @Test func keysBelongToAddresses() {
    let first = Keys.symmetric(.sha256, addresses: ["192.0.2.1", "198.51.100.0/24"])
    let second = Keys.symmetric(.aes128CMAC, addresses: ["192.0.2.2", "2001:db8::/32"])
    let scheme = Scheme(ring: Keys.ring([first, second]))
    let signed = scheme.request(header(), key: first.id).bytes
    func outcome(_ bytes: [UInt8], _ peer: SocketAddress) -> Outcome { scheme.take(request: bytes, peer: peer).outcome }
    #expect(outcome(signed, address("192.0.2.1")) == .verified)
    #expect(outcome(signed, address("198.51.100.77")) == .verified)
    #expect(outcome(signed, SocketAddress(family: .ipv6, low: 0xffff_c000_0201)) == .verified, "::ffff:192.0.2.1")
    #expect(outcome(signed, address("192.0.2.2")) == .notAllowed, "another's key")
    #expect(outcome(signed, address("203.0.113.1")) == .notAllowed)
    #expect(outcome(signed, .none) == .notAllowed)
    #expect(scheme.take(reply: signed, key: first.id, peer: address("192.0.2.2")).outcome == .notAllowed)
    #expect(scheme.take(reply: signed, key: first.id, peer: address("192.0.2.1")).outcome == .verified)
    let sixth = SocketAddress(family: .ipv6, high: 0x2001_0db8_0000_0000, low: 9)
    for plain in [header(), header() + field, header() + [0, 0, 0, 0] + [UInt8](repeating: 3, count: 16)] {
      for good in [address("192.0.2.1"), address("192.0.2.2"), address("198.51.100.1"), sixth] {
        let taken = scheme.take(request: plain, peer: good)
        #expect(
          taken.outcome == .plain && taken.packet.verdict == .ok && taken.packet.key == 0 && taken.packet.request == 0)
        #expect(taken.packet.length == (plain.count == 68 ? 48 : plain.count), "key 0 is cut off")
        #expect(scheme.reply(header(mode: 4), request: 0).bytes == header(mode: 4), "and its reply is plain")
      }
      let refused = scheme.take(request: plain, peer: address("203.0.113.1"))
      #expect(
        refused.outcome == .stranger && refused.packet.verdict == .none, "whether it is answered is the server's to say"
      )
    }
  }

  /// Where no key names an address nobody is registered: others decide about plain requests.
  @Test func withoutAddressesPlainRequestsAreOthers() {
    for plain in [header(), header() + [0, 0, 0, 0] + [UInt8](repeating: 3, count: 16)] {
      let taken = scheme.take(request: plain, peer: address("192.0.2.1"))
      #expect(taken.outcome == .others && taken.packet.verdict == .none)
    }
  }

  @Test func microsoftsRequestsAreOthers() {
    let short = header(version: 3) + [0x4f, 0x04, 0, 0] + [UInt8](repeating: 0, count: 16)
    let long = header(version: 3) + [0x4f, 0x04, 0, 0, 0, 1, 0, 0] + [UInt8](repeating: 0, count: 64)
    for request in [short, long] {
      #expect(scheme.take(request: request).packet.verdict == .none)
      #expect(scheme.take(reply: request, key: 1).packet.verdict == .refuse)
    }
    #expect(
      scheme.take(request: header() + [0x4f, 0x04, 0, 0] + [UInt8](repeating: 0, count: 16)).outcome == .unknownKey)
  }

  @Test func cryptoNAKsAndTooLittleToServers() {
    #expect(scheme.take(request: header() + [0, 0, 0, 0]).outcome == .cryptoNAK)
    #expect(scheme.take(request: header() + [0, 0, 0, 1]).outcome == .malformed)
    for length in 1..<48 { #expect(scheme.take(request: Array(header().prefix(length))).outcome == .malformed) }
    for length in 1..<48 { #expect(scheme.take(reply: Array(header().prefix(length)), key: 1).outcome == .malformed) }
  }

  @Test(arguments: KeyAlgorithm.allCases) func nothingGrowsBeyondItsLimit(algorithm: KeyAlgorithm) {
    let id = Keys.id(algorithm)
    let length = 52 + min(algorithm.digestLength, 20)
    for limit in 48...80 {
      let signed = scheme.request(header(), key: id, limit: limit)
      #expect((signed.outcome == .signed) == (limit >= length) && signed.bytes.count <= limit)
      #expect(
        signed.outcome == .signed || signed.outcome == .noRoom && signed.bytes == header(), "nothing is half written")
    }
  }

  /// What does not come from a request here signs nothing.
  @Test func aReplyNeedsARequest() {
    let whole = scheme.request(header(), key: Keys.id(.sha256)).bytes
    let good = scheme.take(request: whole).packet.request
    for bit in 0..<64 {
      let wrong = good ^ 1 << UInt64(bit)
      let reply = scheme.reply(header(mode: 4), request: wrong)
      let form = RequestForm(rawValue: wrong)
      let isOthers = form.map { form in
        scheme.ring.key(form.key).map { [$0.digestLength, $0.shortLength].contains(form.digestLength) } ?? false
      }
      #expect((reply.outcome == .signed) == (isOthers ?? false))
    }
  }
}
