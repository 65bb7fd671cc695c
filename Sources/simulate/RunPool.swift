// SPDX-License-Identifier: Apache-2.0

import ClosedLoop
import Engine
import LinuxKernel
import ProviderHost
import Scenarios
import Synchronization

/// Runs scenarios and seeds on several threads. A run shares nothing with another but the providers' code, so that the figures are
/// those of one thread, bit for bit.
final class RunPool: Sendable {
  /// A scenario with one seed.
  struct Job: Sendable {
    var scenario: Scenario
    var seed: UInt64
    /// Whether every second is wanted, for a trace or a plot, or only the figures.
    var isKept = false
    /// Whether the engine's events are wanted, to be replayed.
    var isRecorded = false
  }

  /// What came of a job.
  struct Outcome: Sendable {
    var metrics: RunMetrics
    var parametersDigest: String
    var record: RunRecord?
    var events: [UInt8]?
  }

  private struct State {
    var next = 0
    var outcomes: [Result<Outcome, ProviderError>?]
    var seconds: [Int]
    var isCancelled = false
  }

  private let jobs: [Job]
  private let parameters: EngineParameters
  private let modules: SimulatedModules
  private let state: Mutex<State>

  init(_ jobs: [Job], parameters: EngineParameters, modules: SimulatedModules) {
    self.jobs = jobs
    self.parameters = parameters
    self.modules = modules
    state = Mutex(
      State(outcomes: Array(repeating: nil, count: jobs.count), seconds: Array(repeating: 0, count: jobs.count)))
  }

  /// Starts that many threads; they end when all jobs are done.
  func start(threads: Int) throws(KernelError) -> [RoleThread] {
    var started: [RoleThread] = []
    for number in 0..<max(1, min(threads, jobs.count)) {
      var options = RoleThreadOptions(name: "run-\(number)")
      options.stackBytes = 8 << 20
      started.append(try RoleThread(options) { self.work() })
    }
    return started
  }

  /// Waits for one job's outcome, which is handed over. `progress` hears now and then of the share of its run.
  func outcome(of job: Int, progress: (_ share: Double) -> Void) -> Result<Outcome, ProviderError> {
    while true {
      let (outcome, second) = state.withLock { state in
        defer { if state.outcomes[job] != nil { state.outcomes[job] = nil } }
        return (state.outcomes[job], state.seconds[job])
      }
      if let outcome { return outcome }
      progress(Double(second) / Double(jobs[job].scenario.duration))
      Pause.milliseconds(20)
    }
  }

  /// No further job begins.
  func cancel() { state.withLock { $0.isCancelled = true } }

  private func work() {
    while true {
      let claimed = state.withLock { state -> Int? in
        guard state.next < jobs.count, !state.isCancelled else { return nil }
        defer { state.next += 1 }
        return state.next
      }
      guard let claimed else { return }
      let outcome = run(claimed)
      state.withLock { $0.outcomes[claimed] = outcome }
    }
  }

  private func run(_ number: Int) -> Result<Outcome, ProviderError> {
    let job = jobs[number]
    do throws(ProviderError) {
      let run = try ScenarioRun(
        job.scenario, seed: job.seed, parameters: parameters, modules: modules, isRecorded: job.isRecorded)
      let record = run.run { second in state.withLock { $0.seconds[number] = second } }
      return .success(
        Outcome(
          metrics: RunMetrics(record, warm: job.scenario.warm, isFaulty: job.scenario.isFaulty),
          parametersDigest: run.parametersDigest,
          record: job.isKept ? record : nil, events: run.takeRecord()))
    } catch {
      return .failure(error)
    }
  }
}
