// SPDX-License-Identifier: Apache-2.0

import NTPWire

extension Query {
  /// The request with key number and signature behind it; `sign` gives the code of the 48 bytes, at most 20 bytes of it are sent, as NTPv4
  /// has it. nil = `sign` could not.
  package func signedRequest(key: UInt32, sign: ([UInt8]) -> [UInt8]?) -> [UInt8]? {
    var bytes = request
    guard let code = sign(bytes), code.count >= 16 else { return nil }
    var cursor = WireCursor(offset: bytes.count)
    let digest = Array(code.prefix(20))
    bytes += [UInt8](repeating: 0, count: 4 + digest.count)
    var span = bytes.mutableSpan
    do {
      try cursor.writeMAC(keyID: key, digest: digest.span, to: &span)
    } catch {
      return nil
    }
    return bytes
  }

  /// Judges the answer to that. `verify` tells whether a code is right for a message.
  package func judgeSigned(
    _ outcome: QueryOutcome, key: UInt32, verify: (_ message: [UInt8], _ code: [UInt8]) -> Bool
  ) -> Judgement {
    if case .silent(let seconds) = outcome { return Judgement(faults: [.signedSilence(seconds: seconds)]) }
    let plain = judge(outcome)
    guard case .answered(let replies, _) = outcome, let own = replies.first(where: { isOwn($0.bytes) }) else {
      return plain
    }
    // A kiss code is told as what it is; its signature matters no more than that. What else is wrong the plain query told.
    if plain.faults.contains(where: Self.isKiss) { return plain }
    var judgement = plain
    judgement.faults = signatureFault(own.bytes, key, verify).map { [$0] } ?? []
    return judgement
  }

  private func isOwn(_ bytes: [UInt8]) -> Bool {
    (try? NTPPacket(parsing: bytes.span)).map { $0.origin.rawValue == nonce && $0.mode == .server } ?? false
  }

  private static func isKiss(_ fault: Fault) -> Bool {
    switch fault {
    case .denied, .rateLimited, .otherKiss: true
    default: false
    }
  }

  private func signatureFault(
    _ bytes: [UInt8], _ key: UInt32, _ verify: (_ message: [UInt8], _ code: [UInt8]) -> Bool
  ) -> Fault? {
    guard let mac = Self.authenticator(in: bytes, key) else { return .signatureMissing }
    let id = mac.keyID(in: bytes.span)
    if mac.isCryptoNAK { return id == 0 ? .cryptoNAK : .signatureMissing }
    guard id == key else { return .otherKey(id, wanted: key) }
    return verify(Array(bytes[..<mac.range.lowerBound]), Array(bytes[mac.digest])) ? nil : .wrongSignature(id)
  }

  /// nil = there is none.
  private static func authenticator(in bytes: [UInt8], _ key: UInt32) -> MessageAuthenticator? {
    guard bytes.count >= NTPPacket.length else { return nil }
    let rest = MessageAuthenticator(range: NTPPacket.length..<bytes.count)
    // A whole digest of SHA-256 or more looks like an extension field; the number of our key tells.
    if [32, 48, 64].contains(rest.digest.count), rest.keyID(in: bytes.span) == key { return rest }
    let trailer = PacketTrailer(of: bytes.span, version: bytes[0] >> 3 & 7)
    // So does that of another key.
    if case .malformed = trailer { return rest.digest.count >= 16 ? rest : nil }
    return trailer.mac
  }
}
