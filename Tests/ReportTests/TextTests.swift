// SPDX-License-Identifier: Apache-2.0

import Report
import Testing
import TimeTypes

@Suite("Reports as text")
struct TextTests {
  @Test(
    "moments in UTC",
    arguments: [
      (0, "1970-01-01T00:00:00.000000Z"), (1_763_701_387_123_456_789, "2025-11-21T05:03:07.123456Z"),
      (-1, "1969-12-31T23:59:59.999999Z"), (951_782_400_000_000_000, "2000-02-29T00:00:00.000000Z"),
      (Int64.min, "1677-09-21T00:12:43.145224Z"), (Int64.max, "2262-04-11T23:47:16.854775Z"),
    ] as [(Int64, String)])
  func moments(_ nanoseconds: Int64, _ text: String) { #expect(UTCText.text(nanoseconds) == text) }

  @Test("what a provider's queues lost is said below the table, and nothing where nothing was lost")
  func losses() {
    var snapshot = StatusSnapshot()
    snapshot.providers = [ProviderReport(name: "a"), ProviderReport(name: "b")]
    #expect(!snapshot.providersText(.plain).contains("lost"))
    snapshot.providers[0].droppedMessages = 7
    snapshot.providers[1].droppedMessages = 1
    snapshot.providers[1].droppedCommands = 8
    let text = snapshot.providersText(.plain)
    #expect(text.contains("\na: 7 log lines or events lost, as the queue was full\n"))
    #expect(text.hasSuffix("\nb: 1 log lines or events lost, 8 commands lost, as the queue was full\n"))
  }

  @Test("quantities keep three decimals and a fitting unit")
  func quantities() {
    #expect(Quantity.offset(TimeInterval(nanoseconds: 250)) == "+250 ns")
    #expect(Quantity.offset(TimeInterval(nanoseconds: -12_345)) == "-12.345 µs")
    #expect(Quantity.offset(.milliseconds(250)) == "+250.000 ms")
    #expect(Quantity.offset(.seconds(-1)) == "-1.000 s")
    #expect(Quantity.offset(.seconds(3 * 86_400 + 7200)) == "+3 d 2 h")
    #expect(Quantity.offset(nil) == "-")
    #expect(Quantity.span(.max) == "-")
    #expect(Quantity.saturating(.max) == "+106751 d or more")
    #expect(Quantity.saturating(.min) == "-106751 d or more")
    #expect(Quantity.saturating(.seconds(-1)) == "-1.000 s")
    #expect(Quantity.offset(.min).hasPrefix("-"))
    #expect(Quantity.frequency(.partsPerMillion(-40.0124)) == "-40.012 ppm")
    #expect(Quantity.frequency(Frequency(ratio: .nan)) == "-")
    #expect(Quantity.poll(6) == "64 s")
    #expect(Quantity.poll(-2) == "1/4 s")
    #expect(Quantity.poll(.min).hasPrefix("1/"))
    #expect(Quantity.poll(.max).hasSuffix(" s"))
    #expect(Quantity.age(.seconds(3661)) == "1 h 1 min")
  }

  @Test("reference ids: letters at stratum 1, dotted above, hexadecimal where letters do not fit")
  func referenceIDs() {
    #expect(ReferenceID(rawValue: 0x4750_5300).text(stratum: 1) == "GPS")
    #expect(ReferenceID(rawValue: 0xC000_0201).text(stratum: 2) == "192.0.2.1")
    #expect(ReferenceID(rawValue: 0x1B5B_324A).text(stratum: 1) == "0x1b5b324a")
    #expect(ReferenceID.none.text(stratum: 1) == "none")
    // Who follows nobody may say why; an own clock served at a stratum of the operator's choice says so.
    #expect(ReferenceID(rawValue: 0x494E_4954).text(stratum: 16) == "INIT")
    for stratum in [UInt8(0), 1, 5, 10, 16] {
      #expect(ReferenceID(rawValue: 0x4C4F_434C).text(stratum: stratum) == "LOCL")
    }
    #expect(ReferenceID(rawValue: 0x494E_4954).text(stratum: 2) == "73.78.73.84", "a server's address")
  }

  @Test("text from outside cannot act on a terminal")
  func escaped() {
    var snapshot = ReportsJSONTests.snapshot
    snapshot.sources = [ReportsJSONTests.source]
    snapshot.providers = [ReportsJSONTests.provider]
    snapshot.steeringReason = "a\u{9B}31m\u{202E}"
    snapshot.providers[0].lastError = "\u{7}\r"
    let event = EventRecord(.providerError, source: "\u{1B}]0;x\u{7}", text: "line\nbreak")
    let text =
      snapshot.text(.plain) + snapshot.sourcesText(.plain) + snapshot.providersText(.plain) + event.line(.plain)
    #expect(
      text.unicodeScalars.allSatisfy {
        $0 == "\n" || ($0.value >= 32 && !(127..<160).contains($0.value) && $0 != "\u{202E}")
      })
    #expect(text.contains("\\x1b[2J"))
    #expect(event.line(.plain).contains("line\\x0abreak"))
    #expect(printable(String(repeating: "x", count: 600)).count == 501)
  }

  @Test("tables are aligned, and colours add nothing to their widths")
  func table() {
    var table = TextTable([("A", .left), ("Number", .right), ("Last", .left)])
    table.add(["long name", "1", ""], colour: .green)
    table.add(["x", "20000000", "y"])
    #expect(table.text(.plain) == "A            Number  Last\nlong name         1\nx          20000000  y\n")
    let coloured = table.text(TextStyle(isColoured: true))
    #expect(coloured.contains("\u{1B}[32mlong name\u{1B}[0m"))
    let bare = coloured.replacing("\u{1B}[32m", with: "").replacing("\u{1B}[1m", with: "").replacing(
      "\u{1B}[0m", with: "")
    #expect(bare == table.text(.plain))
  }

  @Test("status says the facts, a virtual clock's true error among them")
  func status() {
    let text = ReportsJSONTests.snapshot.text(.plain)
    for part in [
      "synchronized", "virtual clock, refused: CAP_SYS_TIME is missing", "True error", "-4.000 µs", "37 s",
      "statistical 20.000 µs, hard 2.000 ms", " 1 step, ",
    ] {
      #expect(text.contains(part), "\(part)")
    }
    #expect(!StatusSnapshot().text(.plain).contains("True error"))
    #expect(!text.contains("\u{1B}"))
    #expect(ReportsJSONTests.snapshot.text(TextStyle(isColoured: true)).contains("\u{1B}[32msynchronized"))
  }

  @Test("sources show reach in octal and their mark")
  func sources() {
    var snapshot = StatusSnapshot()
    #expect(snapshot.sourcesText(.plain) == "There is no source.\n")
    snapshot.sources = [ReportsJSONTests.source]
    let row = snapshot.sourcesText(.plain).split(separator: "\n")[1]
    #expect(row.hasPrefix("*") && row.contains(" 377 ") && row.contains("-12.000 µs"))
    // An operator is not polled.
    (snapshot.sources[0].manual, snapshot.sources[0].poll) = (true, 17)
    #expect(SourceReport(json: snapshot.sources[0].json).manual)
    #expect(!snapshot.sourcesText(.plain).contains("131072 s"))
    snapshot.sources[0].manual = false
    #expect(snapshot.sourcesText(.plain).contains("131072 s"))
  }

  @Test("what a source proved stands in its line, and how many do in the status")
  func proof() {
    var proof = SourceProof()
    #expect(proof.text == "-")
    proof.scheme = .symmetric
    #expect(proof.text == "symmetric: not proven")
    proof.refusal = "wrong code"
    #expect(proof.text == "symmetric: wrong code")
    (proof.isProven, proof.key) = (true, 7)
    #expect(proof.text == "key 7")
    proof.scheme = .msSNTP
    #expect(proof.text == "ms-sntp, key 7")
    (proof.scheme, proof.key) = (.nts, nil)
    #expect(proof.text == "nts")
    var snapshot = ReportsJSONTests.snapshot
    snapshot.sources = [ReportsJSONTests.source]
    #expect(snapshot.text(.plain).contains("auth_select = require; 2 of 3 sources prove themselves\n"))
    #expect(snapshot.sourcesText(.plain).contains("  key 4294967295  "))
    snapshot.sources[0].state = .unreachable
    #expect(snapshot.sourcesText(.plain).contains("  was key 4294967295  "))
    snapshot.authSelect = ""
    #expect(!snapshot.text(.plain).contains("auth_select"))
  }
}
