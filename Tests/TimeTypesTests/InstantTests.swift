// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import TimeTypes

@Suite struct InstantTests {
  @Test func pointsAndIntervals() {
    let start = Instant<UTC>(nanoseconds: 1_790_000_000_000_000_000, subnanoseconds: 9)
    let later = start + .seconds(3)
    #expect(later - start == .seconds(3))
    #expect(start - later == .seconds(-3))
    #expect(later - .seconds(3) == start)
    #expect(start < later && later > start)
    #expect(start.nanoseconds == 1_790_000_000_000_000_000 && start.subnanoseconds == 9)
  }

  @Test func endsSaturate() {
    let last = Instant<TAI>(sinceEpoch: .max)
    #expect(last + .seconds(1) == last)
    #expect(last - Instant<TAI>(sinceEpoch: .min) == .max)
  }

  @Test func everyScaleHasItsCode() {
    #expect(UTC.code == .utc && TAI.code == .tai && RawMonotonic.code == .raw)
    #expect(TimescaleCode.utc.rawValue == 0 && TimescaleCode.tai.rawValue == 1 && TimescaleCode.raw.rawValue == 2)
  }

  /// The compiler itself is asked: instants of one scale subtract, instants of two do not, nor do they compare.
  @Test func scalesDoNotMix() throws {
    #expect(try accepts("let difference: TimeInterval = a - a\nlet order = a < a"), "the control must compile")
    #expect(try !accepts("let difference = a - b"))
    #expect(try !accepts("let order = a < b"))
    #expect(try !accepts("let same = a == b"))
  }

  /// True if `swiftc -typecheck` accepts `statements` beside the sources of TimeTypes, with `a` on UTC and `b` on TAI.
  private func accepts(_ statements: String) throws -> Bool {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let sources = try FileManager.default
      .contentsOfDirectory(at: root.appendingPathComponent("Sources/TimeTypes"), includingPropertiesForKeys: nil)
      .filter { $0.pathExtension == "swift" }.map(\.path).sorted()
    let snippet = FileManager.default.temporaryDirectory.appendingPathComponent("scales-\(UUID().uuidString).swift")
    defer { try? FileManager.default.removeItem(at: snippet) }
    let text = "func snippet(_ a: Instant<UTC>, _ b: Instant<TAI>) {\n\(statements)\n}\n"
    try text.write(to: snippet, atomically: true, encoding: .utf8)
    let compiler = Process()
    compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    compiler.arguments =
      ["swiftc", "-typecheck", "-swift-version", "6", "-suppress-warnings", "-module-name", "Snippet"]
      + sources + [snippet.path]
    compiler.standardError = FileHandle.nullDevice
    compiler.standardOutput = FileHandle.nullDevice
    try compiler.run()
    compiler.waitUntilExit()
    return compiler.terminationStatus == 0
  }
}
