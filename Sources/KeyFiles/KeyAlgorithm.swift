// SPDX-License-Identifier: Apache-2.0

/// How a symmetric key signs an NTP packet.
package enum KeyAlgorithm: UInt8, Hashable, Sendable, CaseIterable, BitwiseCopyable {
  /// Digest of the key's bytes followed by the packet's (RFC 5905, section 7.3): no HMAC, so whoever knows a digest can extend the
  /// packet, and MD5 is deprecated besides (RFC 8573).
  case md5, sha1, sha256, sha384, sha512
  /// RFC 2104 with SHA-256: NIST's servers offer it.
  case hmacSHA256
  /// RFC 4493, as RFC 8573 asks for it: the key is exactly a block cipher's.
  case aes128CMAC, aes256CMAC

  /// The name in our own key files, in the command line and in reports.
  package var name: String {
    switch self {
    case .md5: "md5"
    case .sha1: "sha1"
    case .sha256: "sha256"
    case .sha384: "sha384"
    case .sha512: "sha512"
    case .hmacSHA256: "hmac-sha256"
    case .aes128CMAC: "aes128-cmac"
    case .aes256CMAC: "aes256-cmac"
    }
  }

  /// By that name, in either case.
  package init?(name: String) {
    let lower = name.lowercased()
    guard let known = Self.allCases.first(where: { $0.name == lower }) else { return nil }
    self = known
  }

  /// Bytes of a whole digest.
  package var digestLength: Int {
    switch self {
    case .md5, .aes128CMAC, .aes256CMAC: 16
    case .sha1: 20
    case .sha256, .hmacSHA256: 32
    case .sha384: 48
    case .sha512: 64
    }
  }

  /// Bytes of the key itself, where the algorithm takes no others.
  package var keyLength: Int? {
    switch self {
    case .aes128CMAC: 16
    case .aes256CMAC: 32
    default: nil
    }
  }

  /// What wants an explicit opt-in: MD5 and SHA-1.
  package var isDeprecated: Bool { self == .md5 || self == .sha1 }

  /// Whether a digest tells how to sign the packet with something appended (Merkle–Damgård without HMAC).
  package var isLengthExtendable: Bool {
    switch self {
    case .md5, .sha1, .sha256, .sha384, .sha512: true
    case .hmacSHA256, .aes128CMAC, .aes256CMAC: false
    }
  }
}

extension KeyAlgorithm {
  /// What ntpd and NTPsec call it, in either case (OpenSSL's short names); "HMAC-SHA256" is neither's, but NIST's.
  init?(ntpType: String) {
    switch ntpType.uppercased() {
    case "MD5", "M": self = .md5
    case "SHA1": self = .sha1
    case "SHA256": self = .sha256
    case "SHA384": self = .sha384
    case "SHA512": self = .sha512
    case "HMAC-SHA256", "HMACSHA256": self = .hmacSHA256
    case "AES128CMAC", "AES", "AES-128", "AES-128-CBC": self = .aes128CMAC
    case "AES-256", "AES-256-CBC": self = .aes256CMAC
    default: return nil
    }
  }

  /// chrony.conf(5), "keyfile": upper case only.
  init?(chronyType: String) {
    switch chronyType {
    case "MD5": self = .md5
    case "SHA1": self = .sha1
    case "SHA256": self = .sha256
    case "SHA384": self = .sha384
    case "SHA512": self = .sha512
    case "AES128": self = .aes128CMAC
    case "AES256": self = .aes256CMAC
    default: return nil
    }
  }

  /// Of either, for the guess which format a file has, and for keys that were forgotten.
  static func isKnownType(_ word: String) -> Bool {
    KeyAlgorithm(ntpType: word) != nil || KeyAlgorithm(chronyType: word) != nil || KeyAlgorithm(name: word) != nil
  }
}
