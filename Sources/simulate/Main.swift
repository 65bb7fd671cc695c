// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ClosedLoop
import Engine
import LinuxKernel
import ProviderHost
import Report
import Scenarios

/// simulate [SCENARIO…|--all]: runs the engine and the real providers in virtual time and compares with the truth.
@main
struct Main: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate", abstract: "Runs scenarios in virtual time and tells how far the clock was off.",
    discussion:
      "A table of medians over the seeds; in brackets what it is of chrony's figure at the same poll interval.")

  /// Each run is kept in memory until its scenario is done.
  private static let mostSeeds = 10_000

  @Argument(help: "Names of scenarios.") var scenario: [String] = []
  @Flag(help: "Every scenario of every file.") var all = false
  @Flag(help: "The names of all scenarios, and what each is.") var list = false
  @Option(help: "Runs of each scenario, with seeds 1, 2, 3 and so on.") var seeds = 3
  @Option(help: "The first seed.") var firstSeed: UInt64 = 1
  @Flag(help: "One JSON object a scenario instead of the table.") var json = false
  @Option(help: ArgumentHelp("Writes every second of the last run as CSV.", valueName: "file")) var trace: String?
  @Option(
    help: ArgumentHelp("Writes a page with plots of each scenario's worst seed.", valueName: "file")) var html: String?
  @Option(
    help: ArgumentHelp("Writes the events that the engine of the last run took, for --replay.", valueName: "file"))
  var record: String?
  @Option(
    help: ArgumentHelp("Runs the engine on a record of tompiond's (record.file) or of --record.", valueName: "file"))
  var replay: String?
  @Flag(help: "With --replay: the parameters of this program instead of the recorded ones.") var defaultParameters =
    false
  @Option(help: "Runs at a time (default: one for each processor).") var jobs: Int?
  @Option(help: ArgumentHelp("Scenario files; may be repeated.", valueName: "file")) var file: [String] = []
  @Option(help: ArgumentHelp("Where libtompion-ntp-client.so and -server.so are.", valueName: "directory"))
  var modules = "."

  mutating func validate() throws {
    guard 1...Self.mostSeeds ~= seeds else { throw ValidationError("--seeds must be from 1 to \(Self.mostSeeds).") }
    guard jobs ?? 1 > 0 else { throw ValidationError("--jobs must be 1 or more.") }
    guard replay == nil || scenario.isEmpty && !all && !list && record == nil else {
      throw ValidationError("--replay runs a record alone: no scenario, --all, --list or --record beside it.")
    }
    guard replay != nil || !defaultParameters else {
      throw ValidationError("--default-parameters is for --replay; scenarios always run with them.")
    }
    guard replay != nil || !file.isEmpty else {
      throw ValidationError("at least one --file is needed; ./Tools/simulate gives them.")
    }
  }

  mutating func run() throws {
    if let replay { return try Self.replay(replay, json: json, html: html, trace: trace, defaults: defaultParameters) }
    var known: [Scenario] = []
    for path in file { known += try Self.read(path) }
    if list {
      for entry in known { Console.write("\(entry.name): \(entry.note)\n") }
      return
    }
    let chosen = try choose(from: known)
    let loaded: SimulatedModules
    do {
      loaded = SimulatedModules(
        client: try .load(path: modules + "/libtompion-ntp-client.so"),
        server: try .load(path: modules + "/libtompion-ntp-server.so"))
    } catch { throw ValidationError("the providers cannot be loaded: \(error.description)") }
    let parameters = EngineParameters()
    let jobs = chosen.flatMap { entry in
      (0..<seeds).map { number in
        RunPool.Job(
          scenario: entry, seed: firstSeed &+ UInt64(number),
          isKept: html != nil || trace != nil && number == seeds - 1, isRecorded: record != nil && number == seeds - 1)
      }
    }
    let pool = RunPool(jobs, parameters: parameters, modules: loaded)
    let threads: [RoleThread]
    do { threads = try pool.start(threads: self.jobs ?? Processors.online) } catch {
      throw ValidationError("no thread for the runs: \(error)")
    }
    defer {
      pool.cancel()
      for thread in threads { thread.join() }
    }
    let style = Self.style
    var progress = Progress()
    var results: [ScenarioResult] = []
    if !json { Console.write(ResultTable.header(style) + "\n") }
    var page = ResultPage()
    for (position, entry) in chosen.enumerated() {
      var runs: [RunMetrics] = []
      var digest = ""
      var worst: (seed: UInt64, rms: Double, record: RunRecord)?
      for number in position * seeds..<(position + 1) * seeds {
        let outcome = pool.outcome(of: number) { progress.show(entry.name, seed: jobs[number].seed, share: $0) }
        switch outcome {
        case .success(let outcome):
          runs.append(outcome.metrics)
          digest = outcome.parametersDigest
          if let record, let events = outcome.events { try Self.write(events, to: record) }
          guard let record = outcome.record else { continue }
          if let trace, number == (position + 1) * seeds - 1 { try Self.write(record, to: trace) }
          if worst.map({ outcome.metrics.rms > $0.rms }) ?? true {
            worst = (jobs[number].seed, outcome.metrics.rms, record)
          }
        case .failure(let error): throw ValidationError("\(entry.name): \(error.description)")
        }
      }
      progress.clear()
      let result = ScenarioResult(scenario: entry, runs: runs, parametersDigest: digest)
      Console.write((json ? result.json.encoded : ResultTable.line(result, style)) + "\n")
      results.append(result)
      if html != nil, let worst { page.add(result, plotted: worst.record, seed: worst.seed) }
    }
    if let html { try Self.write(Array(page.html.utf8), to: html) }
    if !json { Console.write(ResultTable.summary(results) + "\n") }
  }

  /// Colours only on a terminal, and not where NO_COLOR is set (no-color.org).
  static var style: TextStyle {
    TextStyle(isColoured: Console.isTerminal(Console.output) && (Console.environment("NO_COLOR") ?? "").isEmpty)
  }

  private func choose(from known: [Scenario]) throws -> [Scenario] {
    if all { return known }
    guard !scenario.isEmpty else { throw ValidationError("name a scenario, or say --all; --list shows them.") }
    return try scenario.map { name in
      guard let found = known.first(where: { $0.name == name }) else {
        throw ValidationError("there is no scenario \(name); known are \(known.map(\.name).joined(separator: ", ")).")
      }
      return found
    }
  }

  private static func read(_ path: String) throws -> [Scenario] {
    let bytes: [UInt8]
    do { bytes = try SmallFile.read(path, limit: 1 << 26) } catch { throw ValidationError("\(path): \(error)") }
    do { return try Scenario.read(bytes) } catch { throw ValidationError("\(path): \(error.description)") }
  }

  private static func write(_ record: RunRecord, to path: String) throws {
    var text = "second,offset_s,frequency,bound_statistical_s,bound_hard_s\n"
    for index in record.offsets.indices {
      text += "\(index + 1),\(record.offsets[index]),\(record.frequencies[index]),"
      text += "\(record.statisticalBounds[index]),\(record.hardBounds[index])\n"
    }
    try write(Array(text.utf8), to: path)
  }

  static func write(_ bytes: [UInt8], to path: String) throws {
    do { try SmallFile.replace(path, with: bytes, mode: 0o644) } catch {
      throw ValidationError("\(path): \(error)")
    }
  }
}
