// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

/// What a server of stratum 0 says instead of the time: four ASCII characters in the reference id (RFC 5905, section 7.4).
package struct KissCode: RawRepresentable, Hashable, Sendable, BitwiseCopyable {
  package var rawValue: UInt32

  @_noLocks @_noAllocation
  package init(rawValue: UInt32) { self.rawValue = rawValue }

  @_noLocks @_noAllocation
  package init(_ id: ReferenceID) { rawValue = id.rawValue }

  /// "RATE": asked too often; the poll interval has to grow.
  package static var rate: KissCode {
    @_noLocks @_noAllocation get { KissCode(rawValue: 0x5241_5445) }
  }
  /// "DENY": access denied; do not ask again.
  package static var deny: KissCode {
    @_noLocks @_noAllocation get { KissCode(rawValue: 0x4445_4E59) }
  }
  /// "RSTR": access restricted; do not ask again.
  package static var restrict: KissCode {
    @_noLocks @_noAllocation get { KissCode(rawValue: 0x5253_5452) }
  }
  /// "NTSN": the cookie was not good (RFC 8915, section 5.7).
  package static var ntsNAK: KissCode {
    @_noLocks @_noAllocation get { KissCode(rawValue: 0x4E54_534E) }
  }
  /// "INIT": the server has not yet synchronized for the first time.
  package static var initializing: KissCode {
    @_noLocks @_noAllocation get { KissCode(rawValue: 0x494E_4954) }
  }
  /// "STEP": the server's clock was stepped and is not yet synchronized again.
  package static var stepped: KissCode {
    @_noLocks @_noAllocation get { KissCode(rawValue: 0x5354_4550) }
  }

  /// The four characters; a question mark for what is not printable ASCII. [control]
  package var text: String {
    var text = ""
    for shift: UInt32 in [24, 16, 8, 0] {
      let byte = UInt8(truncatingIfNeeded: rawValue >> shift)
      text.unicodeScalars.append(Unicode.Scalar((0x20...0x7E).contains(byte) ? byte : 0x3F))
    }
    return text
  }
}
