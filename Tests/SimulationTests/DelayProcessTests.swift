// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@testable import Simulation

@Suite struct DelayProcessTests {
  private func delays(_ extras: [DelayExtra], every interval: Double, count: Int, seed: UInt64 = 3) -> [Double] {
    var process = DelayProcess(DelayModel(constant: .milliseconds(10), extras: extras))
    var random = SimulationRandom(seed: seed)
    return (0..<count).map {
      process.draw(at: RawInstant(sinceEpoch: TimeInterval(seconds: Double($0) * interval)), &random).inSeconds
    }
  }

  @Test func windowsAreOnWhenTheySayAndOffOtherwise() {
    let window = DelayExtra.window(period: 100, from: 75, to: 100, constant: 0.002, .none)
    for (second, delay) in delays([window], every: 1, count: 300).enumerated() {
      #expect(abs(delay - (second % 100 >= 75 ? 0.012 : 0.010)) < 1e-12)
    }
  }

  @Test func routesStepUpAndDown() {
    let steps = [DelayExtra.route(at: 10, change: 0.005), .route(at: 20, change: -0.003)]
    let delays = delays(steps, every: 1, count: 30)
    #expect(abs(delays[9] - 0.010) < 1e-12 && abs(delays[10] - 0.015) < 1e-12 && abs(delays[20] - 0.012) < 1e-12)
  }

  @Test func jitterChangesItsFamily() {
    let delays = delays([.jitter(from: 50, .uniform(maximum: .milliseconds(1)))], every: 1, count: 100)
    #expect(delays[..<50].allSatisfy { $0 == delays[0] })
    #expect(Set(delays[50...]).count == 50)
  }

  @Test func sporadicHappensAsOftenAsItSays() {
    let count = 5000
    let late = delays(
      [.sporadic(probability: 0.1, .uniform(maximum: .milliseconds(50)))], every: 1, count: count)
    let share = Double(late.filter { $0 > 0.010_000_1 }.count) / Double(count)
    #expect(abs(share - 0.1) < 5 * (0.09 / Double(count)).squareRoot())
  }

  /// Mean, and the autocorrelation exp(−Δ/T), of a queue looked at every half correlation time.
  @Test func correlatedDelayHasItsMeanAndItsMemory() {
    let queue = CorrelatedDelay(mean: .milliseconds(1), times: [20])
    let values = delays([.correlated(queue)], every: 10, count: 40_000).map { $0 - 0.010 }
    let mean = values.reduce(0, +) / Double(values.count)
    // Of a chain with correlation ρ = e^−½ a step, (1 + ρ) / (1 − ρ) = 4.1 draws count as one.
    #expect(abs(mean - 1e-3) < 5e-3 * (4.1 / Double(values.count)).squareRoot())
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    for (lag, expected) in [(1, 0.606_53), (2, 0.367_88), (6, 0.049_79)] {
      let covariance = zip(values, values.dropFirst(lag)).reduce(0) { $0 + ($1.0 - mean) * ($1.1 - mean) }
      #expect(abs(covariance / variance - expected) < 0.08)
    }
  }

  /// Correlated over scales: at a lag of a thousand shortest times it still remembers, where one part would have forgotten.
  @Test func selfSimilarDelayRemembersLonger() {
    let queue = CorrelatedDelay.selfSimilar(mean: .milliseconds(1), shortest: 1, longest: 20_000)
    #expect(queue.times.count == 8)
    let values = delays([.correlated(queue)], every: 10, count: 40_000)
    let mean = values.reduce(0, +) / Double(values.count)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let covariance = zip(values, values.dropFirst(100)).reduce(0) { $0 + ($1.0 - mean) * ($1.1 - mean) }
    #expect(covariance / variance > 0.1)
  }

  @Test func outagesLoseEverything() {
    var network = VirtualNetwork(
      seed: 1, defaultPath: PathModel(delay: DelayModel(constant: .milliseconds(1)), outages: [10..<20]))
    for second in 0..<30 {
      let arrivals = network.send(
        from: NodeID(rawValue: 0), to: NodeID(rawValue: 1), now: RawInstant(sinceEpoch: .seconds(Int64(second))))
      #expect((arrivals?.first == nil) == (10..<20).contains(second))
    }
  }
}
