// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Measures what is asked for and reports it. Exit status: 0, or 1 where a limit was broken, 2 for a wrong command line.
@main
struct Main {
  static func main() {
    do {
      exit(try run(Arguments(Array(CommandLine.arguments.dropFirst()))))
    } catch {
      say((error as? Arguments.Wrong)?.text ?? "\(error)")
      exit(2)
    }
  }

  static func run(_ arguments: Arguments) throws -> Int32 {
    let entries = Registry.entries.filter(arguments.wants)
    guard !entries.isEmpty else {
      throw Arguments.Wrong(text: "there is no entry \(arguments.names.joined(separator: ", ")); try --list")
    }
    if arguments.isList {
      for entry in entries { print("\(entry.names.joined(separator: " "))\n    \(entry.summary)") }
      return 0
    }
    let old = try arguments.compare.map(readOld) ?? [:]
    let environment = Environment()
    say(TextReport.environment(environment))
    let context = RunContext(isQuick: arguments.isQuick, root: arguments.root)
    var outcomes: [Outcome] = []
    for entry in entries {
      let found = measure(entry, context)
      outcomes += found
      for outcome in found {
        print(arguments.isJSON ? outcome.json : TextReport.line(outcome, old: old[outcome.name]))
        fflush(nil)
        if arguments.isJSON, outcome.isOverLimit { say(TextReport.line(outcome)) }
      }
      if !arguments.isJSON, let distribution = found.compactMap(\.distribution).first {
        print(TextReport.plot(distribution))
      }
    }
    if let path = arguments.html {
      try HTMLReport(outcomes: outcomes, old: old, environment: environment).text
        .write(toFile: path, atomically: true, encoding: .utf8)
      say("written: \(path)")
    }
    return outcomes.contains(where: \.isOverLimit) ? 1 : 0
  }

  private static func measure(_ entry: any Entry, _ context: RunContext) -> [Outcome] {
    do {
      return try entry.run(context)
    } catch {
      let reason = (error as? Skip)?.reason ?? "it failed: \(error)"
      return entry.names.map { .skip($0, reason) }
    }
  }

  private static func readOld(_ path: String) throws -> [String: Outcome] {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw Arguments.Wrong(text: "--compare: \(path) cannot be read; give a file written by Bench/run --json")
    }
    let outcomes = text.split(separator: "\n").compactMap { Outcome(json: String($0)) }
    return Dictionary(outcomes.map { ($0.name, $0) }) { $1 }
  }

  static func say(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}
