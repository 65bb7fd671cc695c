// SPDX-License-Identifier: Apache-2.0

import ProviderKit
import TimeTypes

extension SocketAddress {
  /// The reference id of a host that follows the server at this address (RFC 5905, section 7.3): the IPv4 address itself, or the
  /// first four octets of the MD5 hash of the IPv6 address; none without an address. Port and scope do not count. [capture]
  var referenceID: ReferenceID {
    switch family {
    case .none: .none
    case .ipv4: ReferenceID(rawValue: ipv4)
    case .ipv6: ReferenceID(rawValue: hash)
    }
  }

  private var hash: UInt32 {
    var octets = InlineArray<16, UInt8>(repeating: 0)
    for index in 0..<8 {
      octets[index] = UInt8(truncatingIfNeeded: high >> UInt64(56 - 8 * index))
      octets[index + 8] = UInt8(truncatingIfNeeded: low >> UInt64(56 - 8 * index))
    }
    return MD5(octets.span).leadingWord
  }

  /// In 127.0.0.0/8 (also as IPv4-mapped IPv6), or ::1.
  var isLoopback: Bool {
    switch family {
    case .none: false
    case .ipv4: ipv4 >> 24 == 127
    case .ipv6: high == 0 && (low == 1 || low >> 24 == 0xffff7f)
    }
  }
}
