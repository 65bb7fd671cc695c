// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import LinuxKernel
import Report
import Scenarios

extension Main {
  /// What was asked for cannot be done: a plain line and status 2, whether the command line is at fault or a file.
  static func main() {
    do {
      var command = try parse()
      try command.run()
      Console.exit(0)
    } catch {
      // Help and deliberate statuses are the parser's; a mistake in the arguments is told in a line, without the usage.
      let code = exitCode(for: error)
      guard code == .validationFailure else {
        let text = fullMessage(for: error)
        if !text.isEmpty { Console.write(text + "\n", to: code == .success ? Console.output : Console.error) }
        Console.exit(code.rawValue)
      }
      Console.write("simulate: \(printable(message(for: error)))\nSee simulate --help.\n", to: Console.error)
      exit(withError: ExitCode(2))
    }
  }

  /// A file's fault, or this machine's: without the usage.
  static func refusal(_ text: String) -> ExitCode {
    Console.write("simulate: \(printable(text))\n", to: Console.error)
    return ExitCode(2)
  }

  /// Colours only on a terminal, and not where NO_COLOR is set (no-color.org).
  static var style: TextStyle {
    TextStyle(isColoured: Console.isTerminal(Console.output) && (Console.environment("NO_COLOR") ?? "").isEmpty)
  }

  static func read(_ path: String) throws -> [Scenario] {
    let bytes: [UInt8]
    do { bytes = try SmallFile.read(path, limit: 1 << 26) } catch { throw refusal("\(path): \(error)") }
    do { return try Scenario.read(bytes) } catch { throw refusal("\(path): \(error.description)") }
  }
}
