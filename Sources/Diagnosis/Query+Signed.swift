// SPDX-License-Identifier: Apache-2.0

import NTPWire

extension Query {
  /// The request with key number and signature behind it; `sign` gives the code of the 48 bytes, at most 20 bytes of it are sent, as NTPv4
  /// has it. nil = `sign` could not.
  package func signedRequest(key: UInt32, sign: ([UInt8]) -> [UInt8]?) -> [UInt8]? {
    let plain = request
    guard let code = sign(plain), code.count >= 16 else { return nil }
    let id = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: key >> UInt32($0)) }
    return plain + id + code.prefix(20)
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
    let rest = bytes.count - NTPPacket.length
    guard rest > 0 else { return .signatureMissing }
    var cursor = WireCursor(offset: NTPPacket.length)
    guard let id = try? cursor.readUInt32(bytes.span) else { return .signatureMissing }
    if rest == 4 { return id == 0 ? .cryptoNAK : .signatureMissing }
    guard id == key else { return .otherKey(id, wanted: key) }
    let message = Array(bytes[..<NTPPacket.length])
    return verify(message, Array(bytes[(NTPPacket.length + 4)...])) ? nil : .wrongSignature(id)
  }
}
