// SPDX-License-Identifier: Apache-2.0

import Foundation
import Report
import TestSupport
import Testing
import TimeTypes

@testable import Runtime

@Suite struct StateDirectoryTests {
  /// A directory of the test's own, removed after it.
  private func inScratch(_ body: (String) throws -> Void) throws {
    let path = NSTemporaryDirectory() + "tompion-state-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(path)
  }

  @Test func whatIsMissingIsMadeAndFine() throws {
    try inScratch { scratch in
      let directory = StateDirectory(path: scratch + "/a/state")
      #expect(directory.complaint(user: "tompion")?.contains("install -d -m 750 -o tompion \(directory.path)") == true)
      directory.prepare(owner: nil)
      #expect(directory.complaint(user: nil) == nil)
    }
  }

  @Test func whatIsNoDirectoryIsNamed() throws {
    try inScratch { scratch in
      let file = StateDirectory(path: scratch + "/file")
      #expect(FileManager.default.createFile(atPath: file.path, contents: Data()))
      let link = StateDirectory(path: scratch + "/link")
      try FileManager.default.createSymbolicLink(atPath: link.path, withDestinationPath: scratch + "/nowhere")
      for (directory, reason) in [(file, "it is not a directory"), (link, "a symbolic link to nothing")] {
        directory.prepare(owner: nil)
        let complaint = try #require(directory.complaint(user: nil))
        #expect(complaint.contains(directory.path) && complaint.contains(reason))
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: scratch).sorted() == ["file", "link"])
    }
  }

  @Test func theDriftFileIsToldOf() throws {
    try inScratch { scratch in
      let keeper = DriftKeeper(directory: scratch, isMinimal: false)
      #expect(keeper.load().news == nil)
      let record = DriftRecord(frequency: .partsPerMillion(-12))
      try Data(record.text.utf8).write(to: URL(fileURLWithPath: scratch + "/drift"))
      #expect(keeper.load().frequency == record.frequency)
      #expect(keeper.load().news?.number == EventKind.driftLoaded.rawValue)
      for garbage in ["", "garbage", "tompion drift 1\nfrequency_ppb = nan\n", String(repeating: "x", count: 5000)] {
        try Data(garbage.utf8).write(to: URL(fileURLWithPath: scratch + "/drift"))
        #expect(keeper.load().frequency == nil)
        #expect(keeper.load().news?.number == EventKind.driftIgnored.rawValue)
      }
    }
  }
}
