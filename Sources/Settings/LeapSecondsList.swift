// SPDX-License-Identifier: Apache-2.0

package import TimeTypes

/// A leap-seconds.list as IERS, NIST and tzdata publish it: since when TAI − UTC has had which value, and until when the list is
/// good. Source: the comments at the head of https://hpiers.obspm.fr/iers/bul/bulc/ntp/leap-seconds.list
package struct LeapSecondsList: Sendable, Equatable {
  package struct Entry: Sendable, Equatable {
    /// The first second of UTC at which the offset holds, so the one after the leap second itself.
    package var from: Instant<UTC>
    /// TAI − UTC, s.
    package var taiOffset: Int16

    package init(from: Instant<UTC>, taiOffset: Int16) {
      self.from = from
      self.taiOffset = taiOffset
    }
  }

  /// Ascending; never empty.
  package private(set) var entries: [Entry]
  /// The `#$` line: when the list was last changed.
  package private(set) var updated: Instant<UTC>?
  /// The `#@` line: what it says of later times is unknown.
  package private(set) var expires: Instant<UTC>?
  /// Whether there was a `#h` line (which then was right).
  package private(set) var isHashed: Bool

  /// 1900-01-01 to 1970-01-01, s.
  static let ntpToUnix: Int64 = 2_208_988_800

  package init(text: String) throws(LeapSecondsError) {
    guard text.utf8.count <= 65_536 else { throw .tooLong }
    entries = []
    isHashed = false
    var hashed: [UInt8] = []
    var updatedText: [UInt8] = []
    var expiresText: [UInt8] = []
    var hash: [UInt32]?
    var number = 0
    for line in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      number += 1
      let words = line.split(whereSeparator: { $0 == 32 || $0 == 9 || $0 == 13 }).map(Array.init)
      guard let first = words.first else { continue }
      if first.first == UInt8(ascii: "#") {
        // The mark may touch its number or stand apart.
        let rest = first.count > 2 ? [Array(first.dropFirst(2))] + words.dropFirst() : Array(words.dropFirst())
        switch first.count > 1 ? first[1] : 0 {
        case UInt8(ascii: "$"): (updated, updatedText) = try Self.time(rest.first, line: number)
        case UInt8(ascii: "@"): (expires, expiresText) = try Self.time(rest.first, line: number)
        case UInt8(ascii: "h"): hash = Self.words(rest) ?? hash
        default: break
        }
        continue
      }
      let (from, fromText) = try Self.time(first, line: number)
      guard let from, words.count >= 2, let offset = Int16(String(decoding: words[1], as: UTF8.self)) else {
        throw .malformedLine(number)
      }
      if let last = entries.last {
        guard last.from < from else { throw .notAscending(line: number) }
        guard abs(Int(last.taiOffset) - Int(offset)) == 1 else { throw .impossibleOffset(line: number) }
      }
      entries.append(Entry(from: from, taiOffset: offset))
      hashed += fromText + words[1]
    }
    guard !entries.isEmpty else { throw .empty }
    if let hash {
      guard SHA1.digest(updatedText + expiresText + hashed) == hash else { throw .wrongHash }
      isHashed = true
    }
  }

  /// TAI − UTC at that moment; nil before the first entry (1972).
  package func taiOffset(at time: Instant<UTC>) -> Int16? {
    entries.last { $0.from <= time }?.taiOffset
  }

  /// The first change after that moment, if one is announced.
  package func next(after time: Instant<UTC>) -> Entry? {
    entries.first { $0.from > time }
  }

  package func isExpired(at time: Instant<UTC>) -> Bool { expires.map { $0 <= time } ?? false }

  /// One line for people if the list is past its expiry, or will be within `notice` (30 days); nil = it is good.
  package func warning(at time: Instant<UTC>, notice: TimeInterval = .seconds(30 * 86_400)) -> String? {
    guard let expires, expires <= time + notice else { return nil }
    let date = CivilDay(secondsSince1970: expires.nanoseconds / 1_000_000_000).text
    return expires <= time
      ? "leap-seconds.list expired on \(date): leap seconds announced since are not known; update tzdata"
      : "leap-seconds.list expires on \(date): update tzdata"
  }

  /// An NTP time in seconds, and its digits for the hash.
  private static func time(_ word: [UInt8]?, line: Int) throws(LeapSecondsError) -> (Instant<UTC>?, [UInt8]) {
    guard let word, word.allSatisfy({ (48...57).contains($0) }),
      let seconds = Int64(String(decoding: word, as: UTF8.self)),
      // Within what 64-bit nanoseconds since 1970 hold.
      seconds < 9_000_000_000
    else { throw .malformedLine(line) }
    return (Instant(sinceEpoch: .seconds(seconds - ntpToUnix)), word)
  }

  /// Five hexadecimal words, leading zeros optional; nil if there are not five.
  private static func words(_ texts: [[UInt8]]) -> [UInt32]? {
    let words = texts.prefix(5).compactMap { UInt32(String(decoding: $0, as: UTF8.self), radix: 16) }
    return words.count == 5 ? words : nil
  }
}
