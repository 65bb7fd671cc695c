// SPDX-License-Identifier: Apache-2.0

import Foundation
import Report
import Testing

@Suite("The event catalogue")
struct EventKindTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  @Test("slugs are unique, plain and stand in Docs/events.md with number, severity and meaning")
  func catalogue() throws {
    let page = try String(contentsOf: Self.root.appendingPathComponent("Docs/events.md"), encoding: .utf8)
    #expect(Set(EventKind.allCases.map(\.slug)).count == EventKind.allCases.count)
    for kind in EventKind.allCases {
      #expect(kind.slug.allSatisfy { $0.isLowercase || $0 == "-" }, "\(kind.slug)")
      let row = "| \(kind.rawValue) | \(kind.slug) | \(kind.severity.rawValue) | \(kind.meaning) |"
      #expect(page.contains(row), "missing in Docs/events.md: \(row)")
    }
  }

  /// The words after a dot in what is no comment, outside the catalogue and the providers' list of it.
  private static func named() throws -> Set<String> {
    var words: Set<String> = []
    for folder in ["Sources", "Plugins"] {
      let directory = root.appendingPathComponent(folder)
      let paths = try #require(FileManager.default.enumerator(atPath: directory.path))
      while let path = paths.nextObject() as? String {
        let name = path.split(separator: "/").last ?? ""
        guard name.hasSuffix(".swift"), !name.hasPrefix("EventKind"), name != "EventNumber.swift" else { continue }
        let text = try String(contentsOf: directory.appendingPathComponent(path), encoding: .utf8)
        for line in text.split(separator: "\n") where !line.drop(while: { $0 == " " }).hasPrefix("//") {
          for part in line.split(separator: ".").dropFirst() {
            words.insert(String(part.prefix { $0.isLetter || $0.isNumber }))
          }
        }
      }
    }
    return words
  }

  @Test("what the catalogue has is raised somewhere, or its meaning says that it is not yet")
  func raised() throws {
    let named = try Self.named()
    for kind in EventKind.allCases {
      let isReserved = kind.meaning.contains("Not raised yet")
      #expect(named.contains("\(kind)") != isReserved, "\(kind.slug)")
    }
  }

  @Test("the numbers of the Windows Time service keep their meaning")
  func numbers() {
    #expect(EventKind.clockStepped.rawValue == 33)
    #expect(EventKind.sampleTooBig.rawValue == 34)
    #expect(EventKind.sourceChosen.rawValue == 35)
    #expect(EventKind.unsynchronized.rawValue == 36)
    #expect(EventKind.sourceReachable.rawValue == 37)
    #expect(EventKind.sourceUnreachable.rawValue == 38)
    #expect(EventKind.sourceDropped.rawValue == 47)
  }

  @Test("a provider's event: the catalogue's numbers keep slug and severity, others become the provider's")
  func ofProvider() {
    #expect(EventRecord.ofProvider("ntp-client", number: 47, source: "a", text: "t").slug == "source-dropped")
    let spoofed = EventRecord.ofProvider("x", number: 33, source: nil, text: "the clock was stepped")
    #expect(spoofed.slug == "provider" && spoofed.number == 10_000)
    let own = EventRecord.ofProvider("x", number: 10_007, source: nil, text: "t")
    #expect(own.number == 10_007 && own.slug == "provider" && own.source == "x")
    #expect(EventRecord.ofProvider("x", number: 700, source: nil, text: "t").number == 10_000)
    #expect(EventRecord.ofProvider("x", number: .max, source: nil, text: "t").number == .max)
  }

  @Test("severities are ordered by importance")
  func order() {
    #expect(EventSeverity.error > .warning && EventSeverity.warning > .notice && EventSeverity.notice > .debug)
  }
}
