// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import NTPWire
package import ProviderKit

/// What a reply could prove of itself, as the source's authenticator said.
package enum Proof: Hashable, Sendable, BitwiseCopyable {
  /// It was not asked: the source wants none, or who sent the reply is in doubt already.
  case notAsked
  /// Proven with the key of that number, 0 = not told which.
  case proven(key: UInt32)
  case refused(Rejection)

  /// An authenticator's answer; what is neither proven nor pending is refused. That a packet carries nothing of the scheme at all
  /// (NONE) is a refusal like another: who asked for proof takes nothing without it.
  /// - Parameter length: of the datagram as it came. A bare header makes sense, it only proves nothing, whatever the authenticator calls it.
  package init(_ packet: Protection, length: Int) {
    switch packet.verdict {
    case .ok: self = .proven(key: packet.key)
    case .none: self = .refused(.noAuthentication)
    default:
      let reason = Rejection(refusal: packet.reason)
      let isBare = reason == .malformedAuthentication && length == NTPPacket.length
      self = .refused(isBare ? .noAuthentication : reason)
    }
  }
}

extension Rejection {
  /// TOMPION_REFUSE_* of an authenticator as a reason.
  package init(refusal: UInt32) {
    switch Int32(bitPattern: refusal) {
    case TOMPION_REFUSE_UNKNOWN_KEY: self = .unknownKey
    case TOMPION_REFUSE_BAD_CODE: self = .badAuthentication
    case TOMPION_REFUSE_MALFORMED, TOMPION_REFUSE_NO_ROOM: self = .malformedAuthentication
    case TOMPION_REFUSE_STALE: self = .staleAuthentication
    case TOMPION_REFUSE_NOT_ALLOWED: self = .keyNotAllowed
    default: self = .authenticationUnavailable
    }
  }

  /// In the event catalogue (Docs/events.md); nil = it is no news of what the source proves.
  var event: EventNumber? {
    switch self {
    case .noAuthentication, .cryptoNAK, .malformedAuthentication: .signatureMissing
    case .badAuthentication, .unknownKey, .staleAuthentication, .keyNotAllowed: .signatureWrong
    // Said with the reason by whoever lost the keys.
    default: nil
    }
  }

  /// The code of source/1 for a reply that proved nothing; 0 = it was refused for something else.
  var proofCode: UInt8 {
    let code: Int32 =
      switch self {
      case .noAuthentication: TOMPION_SOURCE_PROOF_MISSING
      case .cryptoNAK: TOMPION_SOURCE_PROOF_NAK
      case .unknownKey: TOMPION_REFUSE_UNKNOWN_KEY
      case .badAuthentication: TOMPION_REFUSE_BAD_CODE
      case .malformedAuthentication: TOMPION_REFUSE_MALFORMED
      case .staleAuthentication: TOMPION_REFUSE_STALE
      case .keyNotAllowed: TOMPION_REFUSE_NOT_ALLOWED
      case .authenticationUnavailable: TOMPION_REFUSE_UNAVAILABLE
      default: 0
      }
    return UInt8(truncatingIfNeeded: code)
  }
}

extension PacketTrailer {
  /// Four zero bytes behind the header: the server says that it could not verify the request. Anybody can say so: a hint, no more.
  package static func isCryptoNAK(_ bytes: borrowing Span<UInt8>) -> Bool {
    guard bytes.count == NTPPacket.length + 4 else { return false }
    for index in NTPPacket.length..<bytes.count where bytes[index] != 0 { return false }
    return true
  }
}
