// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Other work for the machine while `body` measures: children that only spin, two for each core, bounded in time, ended afterwards.
enum Stress {
  static func during<Result>(seconds: Int, _ body: () throws -> Result) throws -> Result {
    var children: [Process] = []
    defer {
      for child in children {
        child.terminate()
        child.waitUntilExit()
      }
    }
    for _ in 0..<2 * ProcessInfo.processInfo.activeProcessorCount {
      let child = Process()
      child.executableURL = URL(fileURLWithPath: "/usr/bin/timeout")
      // Ends by itself whatever happens to us.
      child.arguments = ["--kill-after=1", "\(seconds)", "/bin/sh", "-c", "while :; do :; done"]
      child.standardInput = FileHandle.nullDevice
      do { try child.run() } catch { throw Skip(reason: "no children that spin can be started: \(error)") }
      children.append(child)
    }
    usleep(200_000)
    return try body()
  }
}
