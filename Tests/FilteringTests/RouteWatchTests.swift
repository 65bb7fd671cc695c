// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Filtering

@Suite struct RouteWatchTests {
  static let light = 5e-5

  /// What the watch says of queues that are added to light ones; the findings other than none, with their place.
  static func findings(
    _ count: Int = 40, seed: UInt64 = 400, _ added: (Int, inout SeededGenerator) -> (Double, Double)
  ) -> [(at: Int, finding: RouteWatch.Finding)] {
    var random = SeededGenerator(seed: seed)
    var watch = RouteWatch()
    var noise = PathNoise()
    noise.light = light
    var findings: [(at: Int, finding: RouteWatch.Finding)] = []
    for i in 0..<count {
      let (f, b) = added(i, &random)
      let finding = watch.look(
        forward: f + random.exponential(mean: light), backward: b + random.exponential(mean: light), deviation: 5e-6,
        floorDeviation: 5e-6, noise)
      if case .none = finding { continue }
      findings.append((i, finding))
    }
    return findings
  }

  static func isHold(_ finding: RouteWatch.Finding?) -> Bool { if case .hold? = finding { true } else { false } }

  @Test func quietPathsStayTheSame() {
    #expect(Self.findings(3000) { _, _ in (0, 0) }.isEmpty)
  }

  /// A direction that became shorter: the fourth impossible round trip proves it; the one before are held back.
  @Test(arguments: [(-3e-3, 0.0), (0.0, -3e-3), (-1e-3, -1e-3), (-4e-3, -1e-3)])
  func shorter(_ change: (out: Double, back: Double)) throws {
    let found = Self.findings(8) { _, _ in (change.out, change.back) }
    #expect(found.prefix(3).allSatisfy { Self.isHold($0.finding) })
    #expect(found.map(\.at).prefix(4) == [0, 1, 2, 3])
    guard case .route(let forward, let backward)? = found.dropFirst(3).first?.finding else {
      Issue.record("no route")
      return
    }
    #expect((forward - change.out).magnitude < Self.light)
    #expect((backward - change.back).magnitude < Self.light)
  }

  /// What makes no sense is held, but not for ever: the prediction would only get worse, and nothing would be impossible any more.
  @Test func nothingIsHeldForEver() {
    let found = Self.findings(200) { i, _ in i % 2 == 0 ? (-5e-3, 9e-3) : (9e-3, -5e-3) }
    var taken = Set(0..<200)
    for (at, _) in found { taken.remove(at) }
    let marks = [-1] + taken.sorted() + [200]
    let longest = zip(marks, marks.dropFirst()).map { $1 - $0 - 1 }.max() ?? 0
    #expect(longest >= RouteWatch.downCount && longest < RouteWatch.mostHeld, "\(longest)")
  }

  /// The prediction's deviation is large, the floor is known well: both ways became shorter by less than that deviation.
  @Test func shorterBothWaysUnderAnUncertainClock() {
    var random = SeededGenerator(seed: 440)
    var watch = RouteWatch()
    var noise = PathNoise()
    noise.light = Self.light
    var isFound = false
    for _ in 0..<8 {
      let finding = watch.look(
        forward: -1e-3 + random.exponential(mean: Self.light), backward: -1e-3 + random.exponential(mean: Self.light),
        deviation: 2e-3, floorDeviation: 5e-6, noise)
      if case .route(let forward, let backward) = finding {
        isFound = true
        #expect(forward == backward && (forward + 1e-3).magnitude < Self.light)
      }
    }
    #expect(isFound)
  }

  /// Longer ways need twelve round trips in a row, because a queue can do it for a while.
  @Test(arguments: [(1e-3, 0.0), (0.0, 1e-3), (1e-3, 1e-3), (2e-3, 1e-3)])
  func longer(_ change: (out: Double, back: Double)) throws {
    let found = Self.findings(12) { _, _ in (change.out, change.back) }
    #expect(found.count == 1)
    #expect(found.first?.at == 11)
    guard case .route(let forward, let backward)? = found.first?.finding else {
      Issue.record("no route")
      return
    }
    #expect((forward - change.out).magnitude < Self.light)
    #expect((backward - change.back).magnitude < Self.light)
  }

  /// What one direction gains and the other loses is the source's time, not the path.
  @Test(arguments: [5e-3, -5e-3, 100])
  func steps(by change: Double) throws {
    let found = Self.findings(4) { _, _ in (change, -change) }
    #expect(found.count == 4)
    #expect(found.dropLast().allSatisfy { Self.isHold($0.finding) })
    guard case .step(let by, let scatter)? = found.last?.finding else {
      Issue.record("no step")
      return
    }
    #expect((by - change).magnitude < 3 * Self.light)
    #expect(scatter < 6 * Self.light)
  }

  /// A small step is left to the clocks: they follow it as they follow an oscillator.
  @Test func smallStepsAreNotHeldBack() {
    #expect(Self.findings(11) { _, _ in (5e-4, -5e-4) }.isEmpty)
  }

  /// Single lies are held back and forgotten: every tenth, or every other one.
  @Test(arguments: [10, 2])
  func spikesDoNotAddUp(every: Int) {
    let found = Self.findings(200) { i, _ in i % every == 0 ? (0.1, -0.1) : (0, 0) }
    #expect(found.map(\.at) == Array(stride(from: 0, to: 200, by: every)))
    #expect(found.allSatisfy { Self.isHold($0.finding) })
  }

  /// One impossible round trip in ten is held back, and no shorter path follows from them.
  @Test func rareImpossibleRoundTrips() {
    let found = Self.findings(200) { i, _ in i % 10 == 0 ? (-3e-3, 0) : (0, 0) }
    #expect(found.count == 20)
    #expect(found.allSatisfy { Self.isHold($0.finding) })
  }

  /// A queue that stands on one direction for long but breathes is no route.
  @Test(arguments: [UInt64(0), 1, 2, 3])
  func standingQueuesAreNoRoute(seed: UInt64) {
    let found = Self.findings(120, seed: 420 + seed) { _, random in (5e-4 + random.exponential(mean: 2e-3), 0) }
    #expect(found.isEmpty)
  }
}
