// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A test provider in C (Tests/Providers), built while the tests run.
public enum CompiledProvider {
  public struct CompilerError: Error { public var text: String }

  /// Builds Tests/Providers/`name`.c and hands its path to `use`; each call builds a file of its own, so that no static state is shared.
  public static func with<Result>(_ name: String, _ use: (String) throws -> Result) throws -> Result {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().path
    let library = NSTemporaryDirectory() + "tompion-test-\(name)-\(UUID().uuidString).so"
    let compiler = Process()
    compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    compiler.arguments = [
      "gcc", "-std=c11", "-Wall", "-Wextra", "-Werror", "-fPIC", "-shared",
      "-I\(root)/Sources/CTompionProvider/include",
      "-o", library, "\(root)/Tests/Providers/\(name).c",
    ]
    try compiler.run()
    compiler.waitUntilExit()
    defer { try? FileManager.default.removeItem(atPath: library) }
    guard compiler.terminationStatus == 0 else { throw CompilerError(text: name) }
    return try use(library)
  }
}
