// SPDX-License-Identifier: Apache-2.0

import Settings
import Testing
import TimeTypes

@Suite("leap-seconds.list")
struct LeapSecondsListTests {
  /// The last entries of the IERS list of 2025, with its own update and expiry lines; the digest is sha1sum's of the digits
  /// "3960835200" "3991593600" "3644697600" "36" "3692217600" "37" in a row.
  static let excerpt = """
    #  ATOMIC TIME
    #$\t3960835200
    #@\t3991593600
    3644697600      36      # 1 Jul 2015
    3692217600      37      # 1 Jan 2017
    #h\t@HASH@
    """
  static let good = excerpt.replacing("@HASH@", with: "ae85f6f9 da6aaf74 c8eb0544 5e2ec81d ef95e0a4")

  private func utc(_ seconds: Int64) -> Instant<UTC> { Instant(sinceEpoch: .seconds(seconds)) }

  @Test("entries, update and expiry")
  func parsed() throws {
    let list = try LeapSecondsList(text: Self.good)
    #expect(list.isHashed)
    // date -u -d 2015-07-01 +%s and so on.
    #expect(
      list.entries == [.init(from: utc(1_435_708_800), taiOffset: 36), .init(from: utc(1_483_228_800), taiOffset: 37)])
    #expect(list.updated == utc(3_960_835_200 - 2_208_988_800))
    #expect(list.expires == utc(3_991_593_600 - 2_208_988_800))
  }

  @Test("TAI - UTC changes at the second, and the next change is known before it")
  func offsets() throws {
    let list = try LeapSecondsList(text: Self.good)
    #expect(list.taiOffset(at: utc(0)) == nil)
    #expect(list.taiOffset(at: utc(1_483_228_799)) == 36)
    #expect(list.taiOffset(at: utc(1_483_228_800)) == 37)
    #expect(list.next(after: utc(1_483_228_799))?.taiOffset == 37)
    #expect(list.next(after: utc(1_483_228_800)) == nil)
  }

  @Test("expiry is warned of 30 days ahead, and said afterwards")
  func expiry() throws {
    let list = try LeapSecondsList(text: Self.good)
    let expires = try #require(list.expires)
    #expect(list.warning(at: expires - .seconds(31 * 86_400)) == nil)
    #expect(list.warning(at: expires - .seconds(29 * 86_400))?.contains("expires on 2026-06-28") == true)
    #expect(!list.isExpired(at: expires - .seconds(1)))
    #expect(list.isExpired(at: expires))
    #expect(list.warning(at: expires)?.contains("expired on 2026-06-28") == true)
  }

  @Test("any changed digit breaks the hash")
  func damaged() {
    for (old, new) in [("3692217600", "3692217601"), ("3960835200", "3960835201"), ("3991593600", "3991593601")] {
      #expect(throws: LeapSecondsError.wrongHash) { try LeapSecondsList(text: Self.good.replacing(old, with: new)) }
    }
  }

  @Test("without a hash it is taken, and says so")
  func unhashed() throws {
    let text = Self.excerpt.replacing("#h", with: "#")
    #expect(try !LeapSecondsList(text: text).isHashed)
  }

  @Test(
    "what is wrong is named by its line",
    arguments: [
      ("", .empty), ("# nothing", .empty), ("3644697600", .malformedLine(1)), ("\nx 36", .malformedLine(2)),
      ("3644697600 36\n3644697600 37", .notAscending(line: 2)),
      ("3644697600 36\n3692217600 38", .impossibleOffset(line: 2)),
      ("99999999999999999999 3", .malformedLine(1)), ("#$ soon\n3644697600 36", .malformedLine(1)),
    ] as [(String, LeapSecondsError)])
  func wrong(_ text: String, _ error: LeapSecondsError) {
    #expect(throws: error) { try LeapSecondsList(text: text) }
  }

  @Test("a list of the wrong size is refused")
  func tooLong() {
    #expect(throws: LeapSecondsError.tooLong) { try LeapSecondsList(text: String(repeating: "# x\n", count: 20_000)) }
  }
}
