// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import ProviderHost
import Report

extension SourceProof {
  /// What a provider said of a source, in words. [control]
  init(_ source: ProviderSource) {
    self.init()
    isProven = source.summary.has(TOMPION_SOURCE_AUTHENTICATED)
    switch Int32(source.proofScheme) {
    case TOMPION_PROOF_SYMMETRIC: scheme = .symmetric
    case TOMPION_PROOF_MS_SNTP: scheme = .msSNTP
    case TOMPION_PROOF_NTS: scheme = .nts
    case TOMPION_PROOF_NONE: scheme = isProven ? .other : .none
    default: scheme = .other
    }
    key = source.proofKey == 0 ? nil : source.proofKey
    refusal = Self.words(Int32(source.proofRefusal))
  }

  private static func words(_ refusal: Int32) -> String {
    switch refusal {
    case 0: ""
    case TOMPION_REFUSE_UNKNOWN_KEY: "another key"
    case TOMPION_REFUSE_BAD_CODE: "wrong code"
    case TOMPION_REFUSE_MALFORMED: "malformed"
    case TOMPION_REFUSE_STALE: "key too old"
    case TOMPION_REFUSE_NO_ROOM: "no room"
    case TOMPION_REFUSE_NOT_ALLOWED: "key not for this address"
    case TOMPION_REFUSE_UNAVAILABLE: "no keys"
    case TOMPION_SOURCE_PROOF_MISSING: "no authentication"
    case TOMPION_SOURCE_PROOF_NAK: "crypto-NAK"
    default: "refused"
    }
  }
}
