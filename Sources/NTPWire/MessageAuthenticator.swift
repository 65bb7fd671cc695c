// SPDX-License-Identifier: Apache-2.0

/// Where a MAC stands in a datagram: a 32-bit key id and a digest (RFC 5905, section 7.3), or four zero bytes, a crypto-NAK.
package struct MessageAuthenticator: Hashable, Sendable {
  /// The key id and the digest. What comes before the range is what the digest covers.
  package var range: Range<Int>

  @_noLocks @_noAllocation
  package init(range: Range<Int>) { self.range = range }

  /// The digest alone; empty in a crypto-NAK.
  package var digest: Range<Int> {
    @_noLocks @_noAllocation get {
      let start = range.upperBound &- range.lowerBound < 4 ? range.upperBound : range.lowerBound &+ 4
      return start..<range.upperBound
    }
  }

  /// Only a key id and no digest: the server could not verify the request. Whether the id is really 0 is for the reader to check.
  package var isCryptoNAK: Bool {
    @_noLocks @_noAllocation get { range.upperBound &- range.lowerBound == 4 }
  }

  /// The key id; 0 if the range is not inside `bytes`.
  @_noLocks @_noAllocation
  package func keyID(in bytes: Span<UInt8>) -> UInt32 {
    var cursor = WireCursor(offset: range.lowerBound)
    do { return try cursor.readUInt32(bytes) } catch { return 0 }
  }
}

extension WireCursor {
  /// Writes a MAC: key id and digest. Throws, and writes nothing, if both do not fit. [capture]
  @_noLocks @_noAllocation
  package mutating func writeMAC(keyID: UInt32, digest: Span<UInt8>, to bytes: inout MutableSpan<UInt8>)
    throws(WireError)
  {
    guard digest.count &+ 4 <= bytes.count &- offset else {
      throw .truncated(offset: offset, needed: digest.count &+ 4, available: bytes.count)
    }
    try write(keyID, to: &bytes)
    try write(digest, to: &bytes)
  }
}
