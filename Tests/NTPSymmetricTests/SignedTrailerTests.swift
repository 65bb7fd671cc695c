// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import NTPSymmetric

@Suite struct SignedTrailerTests {
  private func trailer(_ bytes: [UInt8], _ lengths: [UInt32: Int] = [:]) -> SignedTrailer {
    SignedTrailer(of: bytes.span) { lengths[$0] }
  }

  private func mac(_ key: UInt8, _ length: Int) -> [UInt8] { [0, 0, 0, key] + [UInt8](repeating: 0x77, count: length) }

  @Test func byVersion() {
    for version in UInt8(1)...3 {
      for length in [16, 20, 32, 48, 64] {
        #expect(
          trailer(header(version: version) + mac(7, length)) == .mac(offset: 48, key: 7, digest: 52..<(52 + length)))
      }
      #expect(trailer(header(version: version)) == .none(plainLength: 48))
      #expect(trailer(header(version: version) + [0, 0, 0, 0]) == .cryptoNAK)
    }
    for length in [16, 20] {
      #expect(trailer(header() + mac(7, length)) == .mac(offset: 48, key: 7, digest: 52..<(52 + length)))
      #expect(trailer(header() + field + mac(7, length)) == .mac(offset: 76, key: 7, digest: 80..<(80 + length)))
    }
    #expect(trailer(header() + field) == .none(plainLength: 76))
    #expect(trailer(header() + field + [0, 0, 0, 0]) == .cryptoNAK)
  }

  /// In version 4 a long MAC has the form of a field: the key tells.
  @Test func wholeDigestsInVersion4() {
    for length in [32, 48, 64] {
      #expect(trailer(header() + mac(7, length)) == .malformed)
      #expect(trailer(header() + mac(7, length), [7: length]) == .mac(offset: 48, key: 7, digest: 52..<(52 + length)))
      #expect(trailer(header() + mac(7, length), [7: 20]) == .malformed)
      #expect(
        trailer(header() + field + mac(7, length), [7: length]) == .mac(offset: 76, key: 7, digest: 80..<(80 + length)))
    }
  }

  @Test func microsofts() {
    let zeros = [UInt8](repeating: 0, count: 64)
    #expect(trailer(header(version: 3) + [0x4f, 4, 0, 0] + zeros[..<16]) == .microsoft)
    #expect(trailer(header(version: 3) + [0x4f, 4, 0, 0, 0, 1, 0, 0] + zeros) == .microsoft)
    #expect(trailer(header(version: 3) + [0, 0, 0, 0] + zeros[..<16]) == .mac(offset: 48, key: 0, digest: 52..<68))
  }

  @Test func anyBytesWillDo() {
    for version in UInt8(0)...7 {
      for length in 0...140 {
        let bytes = Array((header(version: version) + [UInt8](repeating: 0, count: 92)).prefix(length))
        _ = trailer(bytes, [0: 32])
        let counting = Array((header(version: version) + (0..<92).map { UInt8($0) }).prefix(length))
        _ = trailer(counting, [0x10203: 32])
      }
    }
  }
}
