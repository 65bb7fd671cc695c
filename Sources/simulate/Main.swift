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
  @Option(help: ArgumentHelp("Where libtompion-ntp-client.so and the other providers are.", valueName: "directory"))
  var modules = "."

  private var outputs: OutputFiles { OutputFiles(trace: trace, html: html, record: record) }

  mutating func validate() throws {
    guard 1...Self.mostSeeds ~= seeds else { throw ValidationError("--seeds must be from 1 to \(Self.mostSeeds).") }
    guard jobs ?? 1 > 0 else { throw ValidationError("--jobs must be 1 or more.") }
    guard outputs.areDifferent else { throw ValidationError("--trace, --html and --record must name different files.") }
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
    try outputs.check()
    if let replay { return try Self.replay(replay, json: json, outputs: outputs, defaults: defaultParameters) }
    let known = try file.flatMap(Self.read)
    if list { return Self.show(known) }
    let chosen = try choose(from: known)
    let jobs = runs(of: chosen)
    let pool = RunPool(jobs, parameters: EngineParameters(), modules: try loadModules())
    let threads = try start(pool)
    defer {
      pool.cancel()
      for thread in threads { thread.join() }
    }
    try report(chosen, jobs, pool)
  }

  private static func show(_ known: [Scenario]) {
    for entry in known { Console.write("\(entry.name): \(entry.note)\n") }
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

  /// Every scenario with every seed; only of the last seed the trace and the record are wanted.
  private func runs(of chosen: [Scenario]) -> [RunPool.Job] {
    chosen.flatMap { entry in
      (0..<seeds).map { number in
        let isLast = number == seeds - 1
        return RunPool.Job(
          scenario: entry, seed: firstSeed &+ UInt64(number), isKept: html != nil || trace != nil && isLast,
          isRecorded: record != nil && isLast)
      }
    }
  }

  private func loadModules() throws -> SimulatedModules {
    do {
      return SimulatedModules(
        client: try .load(path: modules + "/libtompion-ntp-client.so"),
        server: try .load(path: modules + "/libtompion-ntp-server.so"),
        gnss: try .load(path: modules + "/libtompion-gnss.so"),
        pps: try .load(path: modules + "/libtompion-pps.so"),
        phc: try .load(path: modules + "/libtompion-phc.so"))
    } catch { throw Self.refusal("the providers cannot be loaded: \(error.description)") }
  }

  private func start(_ pool: RunPool) throws -> [RoleThread] {
    do { return try pool.start(threads: jobs ?? Processors.online) } catch {
      throw Self.refusal("no thread for the runs: \(error)")
    }
  }

  /// One line a scenario as soon as its runs are done, then what was written to files and the summary.
  private func report(_ chosen: [Scenario], _ jobs: [RunPool.Job], _ pool: RunPool) throws {
    let style = Self.style
    var progress = Progress()
    var results: [ScenarioResult] = []
    var page = ResultPage()
    if !json { Console.write(ResultTable.header(style) + "\n") }
    for (position, entry) in chosen.enumerated() {
      let (result, worst) = try collect(entry, position * seeds..<(position + 1) * seeds, jobs, pool, &progress)
      Console.write((json ? result.json.encoded : ResultTable.line(result, style)) + "\n")
      results.append(result)
      if html != nil, let worst { page.add(result, plotted: worst.record, seed: worst.seed) }
    }
    if let html { try OutputFiles.write(Array(page.html.utf8), to: html) }
    if !json { Console.write(ResultTable.summary(results) + "\n") }
  }

  /// A run whose every second was kept.
  private typealias KeptRun = (seed: UInt64, rms: Double, record: RunRecord)

  /// What came of one scenario's runs, and the worst of those that were kept. Writes the last one's trace and record.
  private func collect(
    _ entry: Scenario, _ numbers: Range<Int>, _ jobs: [RunPool.Job], _ pool: RunPool, _ progress: inout Progress
  ) throws -> (ScenarioResult, worst: KeptRun?) {
    var runs: [RunMetrics] = []
    var digest = ""
    var worst: KeptRun?
    for number in numbers {
      let seed = jobs[number].seed
      let outcome: RunPool.Outcome
      do { outcome = try pool.outcome(of: number) { progress.show(entry.name, seed: seed, share: $0) }.get() } catch {
        progress.clear()
        throw Self.refusal("\(entry.name): \(error.description)")
      }
      runs.append(outcome.metrics)
      digest = outcome.parametersDigest
      if let record, let events = outcome.events { try OutputFiles.write(events, to: record) }
      guard let kept = outcome.record else { continue }
      if let trace, number == numbers.upperBound - 1 { try OutputFiles.write(kept, to: trace) }
      if outcome.metrics.rms > worst?.rms ?? -1 { worst = (seed, outcome.metrics.rms, kept) }
    }
    progress.clear()
    return (ScenarioResult(scenario: entry, runs: runs, parametersDigest: digest), worst)
  }
}
