// SPDX-License-Identifier: Apache-2.0

import Settings
import TestSupport
import Testing

@testable import Runtime

/// Configuration+File.
@Suite struct ConfigurationFileTests {
  let directory: TemporaryDirectory
  let path: String

  init() throws {
    directory = try TemporaryDirectory()
    path = directory.file("tompion.toml")
  }

  /// The complaint of a file that must not pass.
  private func complaint() -> String {
    do throws(StartFailure) {
      _ = try Configuration(readingFrom: path)
      return ""
    } catch {
      return error.description
    }
  }

  @Test func aFileIsReadAndRemembered() throws {
    try directory.write("tompion.toml", "state_directory = \"/somewhere\"\nloop = \"single\"\n")
    let configuration = try Configuration(readingFrom: path)
    #expect(configuration.stateDirectory == "/somewhere" && configuration.loop == .single)
    #expect(configuration.file == path)
  }

  @Test func aMissingFileIsNamed() {
    #expect(complaint().hasPrefix(path) && complaint().contains("open"))
  }

  @Test func aDirectoryIsNoFile() throws {
    #expect(throws: StartFailure.self) { try Configuration(readingFrom: directory.path) }
  }

  /// Nobody waits for whoever would write to a pipe.
  @Test func whatIsNoFileIsSaid() {
    for (path, says) in [("/dev/null", "a pipe, a socket or a device"), (directory.path, "it is a directory")] {
      do throws(StartFailure) {
        _ = try Configuration(readingFrom: path)
        Issue.record("\(path) was read")
      } catch {
        #expect(error.description.hasPrefix("\(path): ") && error.description.contains(says), "\(error)")
      }
    }
  }

  @Test func bytesThatAreNotUTF8AreRefused() throws {
    try directory.write("tompion.toml", Array("state_directory = \"".utf8) + [0xC3, 0x28] + Array("\"\n".utf8))
    #expect(complaint().hasPrefix(path) && complaint().contains("UTF-8"))
  }

  @Test func aMebibyteIsEnough() throws {
    let limit = 1 << 20
    let head = Array("loop = \"single\"\n#".utf8)
    try directory.write("tompion.toml", head + Array(repeating: UInt8(ascii: "x"), count: limit - head.count))
    #expect(complaint().isEmpty)
    try directory.write("tompion.toml", head + Array(repeating: UInt8(ascii: "x"), count: limit - head.count + 1))
    #expect(complaint().hasPrefix(path) && complaint().contains("large"))
  }

  @Test func everythingThatIsWrongIsTold() throws {
    try directory.write("tompion.toml", "loop = \"twice\"\nprofile = \"tiny\"\n")
    let complaints: [String]
    do throws(StartFailure) {
      _ = try Configuration(readingFrom: path)
      complaints = []
    } catch {
      complaints = error.complaints
    }
    #expect(complaints.count == 2)
    #expect(complaints.allSatisfy { $0.hasPrefix(path) })
  }
}
