// SPDX-License-Identifier: Apache-2.0

import Cryptography

/// Signing and verifying packets of 48 bytes as ntp-symmetric does, by the number of the algorithm in `names`.
public final class AuthenticationSubject {
  public static let names = [
    "md5", "sha1", "sha256", "sha384", "sha512", "hmac-sha256", "aes128-cmac", "aes256-cmac",
  ]
  private static let algorithms: [MessageCode.Algorithm] = [
    .md5, .sha1, .sha256, .sha384, .sha512, .hmacSHA256, .aes128CMAC, .aes256CMAC,
  ]

  private let code: MessageCode
  /// Bytes of a code.
  public let length: Int

  public init?(_ number: Int, key: [UInt8]) {
    guard Self.algorithms.indices.contains(number), let code = MessageCode(Self.algorithms[number], key: key.span)
    else {
      return nil
    }
    self.code = code
    length = Self.algorithms[number].length
  }

  /// Signs so many packets, each another one; the sum of the codes' first bytes.
  @inline(never)
  public func sign(_ count: Int) -> UInt64 {
    var packet = [UInt8](repeating: 0, count: 48)
    var signed = [UInt8](repeating: 0, count: length)
    var sum: UInt64 = 0
    for index in 0..<count {
      packet[47] = UInt8(truncatingIfNeeded: index)
      var span = signed.mutableSpan
      guard code.sign(packet.span, into: &span) else { return 0 }
      sum &+= UInt64(signed[0])
    }
    return sum
  }

  /// Verifies one code for so many packets, of which one in 256 is the one that it was made for; how many were right.
  @inline(never)
  public func verify(_ count: Int) -> UInt64 {
    var packet = [UInt8](repeating: 0, count: 48)
    var signed = [UInt8](repeating: 0, count: length)
    var span = signed.mutableSpan
    guard code.sign(packet.span, into: &span) else { return 0 }
    var right: UInt64 = 0
    for index in 0..<count {
      packet[47] = UInt8(truncatingIfNeeded: index)
      if code.verify(packet.span, signed.span) { right += 1 }
    }
    return right
  }
}
