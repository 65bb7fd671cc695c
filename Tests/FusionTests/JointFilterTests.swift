// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import TimeTypes

@testable import Filtering
@testable import Fusion

/// Sources over one clock, and the joint filter that hears them all, as the engine runs it.
struct JointScene {
  struct Source {
    var id: SourceID
    /// How far its own time is off, seconds, and the mean queue of its path.
    var bias = 0.0
    var queue = 5e-5
    var isPreferred = false
    /// A pulse: no path, half a microsecond of noise.
    var isPulse = false
    var filter = SourceFilter()
    var isSurvivor = true
  }

  static let prior = FrequencyPrior(mean: .zero, deviation: .partsPerMillion(10))

  var sources: [Source] = []
  var joint = JointFilter()
  var random: SeededGenerator
  var seconds = 1.0
  private(set) var requests: [JointFilter.Request?] = []

  init(_ count: Int, seed: UInt64) {
    random = SeededGenerator(seed: seed)
    for i in 0..<count { sources.append(Source(id: SourceID(rawValue: UInt32(i + 1)))) }
  }

  var now: RawInstant { RawInstant(sinceEpoch: TimeInterval(seconds: seconds)) }

  /// The survivors of this moment; the fresh one is at `index`.
  func survivors(fresh index: Int?) -> SurvivorList {
    var list = SurvivorList()
    for (i, source) in sources.enumerated() where source.isSurvivor {
      guard let estimate = source.filter.estimate(at: now, driftBound: DriftBound(15e-6)) else { continue }
      list.append(
        Survivor(
          source: source.id, estimate: estimate, rootDistance: 1e-2, isFresh: i == index,
          isPreferred: source.isPreferred, isSystemSource: i == 0, rootError: 1e-5))
    }
    return list
  }

  /// One sample of one source, four seconds after the last.
  mutating func measure(_ index: Int) {
    seconds += 4
    let source = sources[index]
    if source.isPulse {
      let noise = 1e-6 * (random.uniform() - 0.5)
      _ = sources[index].filter.add(pulse(at: seconds, offset: source.bias + noise), prior: Self.prior)
      return take(index)
    }
    let (out, back) = (random.exponential(mean: source.queue), random.exponential(mean: source.queue))
    _ = sources[index].filter.add(
      observation(at: seconds, offset: source.bias + 0.5 * (out - back), delay: 0.02 + out + back), prior: Self.prior)
    take(index)
  }

  private mutating func take(_ index: Int) {
    let list = survivors(fresh: index)
    let request = joint.request(list)
    requests.append(request)
    let position: Int
    switch request {
    case .adopt(let best): position = best
    case .add(let fresh), .learn(let fresh): position = fresh
    case nil: return
    }
    guard let chosen = sources.first(where: { $0.id == list[position].source }) else { return }
    joint.take(request ?? .adopt(0), chosen.filter, list, at: now)
  }

  mutating func run(_ rounds: Int) {
    for _ in 0..<rounds { for i in sources.indices where sources[i].isSurvivor { measure(i) } }
  }

  /// Joint line − truth.
  var error: Double {
    guard let prediction = joint.prediction(at: now) else { return .infinity }
    return (prediction.line.time - observation(at: seconds).reference).inSeconds
  }
}

func observation(at seconds: Double, offset: Double = 0, delay: Double = 1e-3) -> Observation {
  let raw = RawInstant(sinceEpoch: TimeInterval(seconds: seconds))
  return Observation(
    raw: raw, reference: .seconds(1_790_000_000) + raw.sinceEpoch + TimeInterval(seconds: offset), delay: delay,
    isOneWay: false, dispersion: 1e-6, asymmetryBound: delay / 2, poll: 2)
}

func pulse(at seconds: Double, offset: Double) -> Observation {
  var observation = observation(at: seconds, offset: offset, delay: 0)
  (observation.isOneWay, observation.asymmetryBound) = (true, 1e-6)
  return observation
}

@Suite struct JointFilterTests {
  /// A server 700 µs off by its path beside a pulse: it does not pull the clock, but is known when the pulse is gone.
  @Test(arguments: [true, false])
  func aServerBesideAPulseIsLearnedAndNotHeard(isServerFirst: Bool) {
    var scene = JointScene(2, seed: 1005)
    scene.sources[0].bias = 700e-6
    scene.sources[1].isPulse = true
    if isServerFirst {
      scene.sources[1].isSurvivor = false
      scene.run(40)
      #expect(scene.error > 500e-6, "nobody knows better yet")
      scene.sources[1].isSurvivor = true
    }
    scene.run(17)
    for _ in 0..<100 {
      scene.measure(1)
      #expect(scene.error.magnitude < 1e-6)
      scene.measure(0)
      #expect(scene.error.magnitude < 1e-6 && scene.requests.last == .learn(0))
    }
    scene.sources[1].isSurvivor = false
    scene.run(40)
    #expect(scene.error.magnitude < 60e-6, "\(scene.error)")
    scene.sources[1].isSurvivor = true
    scene.run(40)
    #expect(scene.error.magnitude < 1e-6, "\(scene.error)")
  }

  /// One whose path hides no more than the pulse may be off by is heard beside it.
  @Test func aServerAsGoodAsAPulseIsHeard() {
    var scene = JointScene(2, seed: 1006)
    scene.sources[1].isPulse = true
    scene.run(17)
    let list = scene.survivors(fresh: 0)
    let (server, pulse) = (list[0], list[1])
    let (least, young, preferred) = (
      list.leastReach(16, preferred: false), list.leastReach(100, preferred: false),
      list.leastReach(16, preferred: true)
    )
    #expect(server.isCoarse(beside: pulse.reach) && !server.isCoarse(beside: 1e-3) && !pulse.isCoarse(beside: 0))
    #expect(least == pulse.reach && young == .infinity && preferred == .infinity)
  }

  @Test func nothingIsKnownBeforeTheFirst() {
    let joint = JointFilter()
    #expect(joint.request(SurvivorList()) == nil)
    #expect(joint.prediction(at: RawInstant(nanoseconds: 0)) == nil)
    #expect(joint.bias(of: SourceID(rawValue: 1)) == nil)
  }

  /// With one survivor the joint estimate is that source's own, at every moment.
  @Test func aSingleSurvivorIsItsOwnBank() throws {
    var scene = JointScene(1, seed: 1000)
    for _ in 0..<30 {
      scene.measure(0)
      let own = try #require(scene.sources[0].filter.estimate(at: scene.now, driftBound: DriftBound(15e-6)))
      let joint = try #require(scene.joint.prediction(at: scene.now))
      #expect((joint.line.time - own.line.time).inSeconds.magnitude < 1e-12)
      #expect(joint.line.frequency == own.line.frequency)
      #expect((joint.offsetError - own.offsetError).magnitude < 1e-12)
    }
    #expect(scene.requests.allSatisfy { $0 == .adopt(0) })
    #expect(scene.joint.request(scene.survivors(fresh: nil)) == nil)
  }

  /// Until one of them has sixteen samples the best is adopted; from then on those with fewer wait, and each fresh one is added.
  @Test func theMatureOnesAreHeard() {
    var scene = JointScene(2, seed: 1010)
    for _ in 0..<15 {
      scene.measure(0)
      scene.measure(1)
    }
    #expect(scene.requests.allSatisfy { if case .adopt? = $0 { true } else { false } })
    scene.measure(0)
    // Source 1 alone is mature now: it is adopted, and a sample of the other is not asked for.
    #expect(scene.requests.last == .adopt(0))
    #expect(scene.joint.request(scene.survivors(fresh: 1)) == nil)
    scene.measure(1)
    #expect(scene.requests.last == .add(1))
    scene.measure(0)
    #expect(scene.requests.last == .add(0))
  }

  /// A preferred source speaks alone, as long as it survives.
  @Test func thePreferredAlone() {
    var scene = JointScene(3, seed: 1020)
    scene.sources[1].isPreferred = true
    scene.sources[1].bias = 2e-3
    scene.run(30)
    #expect((scene.error - 2e-3).magnitude < 5e-5)
    #expect(scene.joint.request(scene.survivors(fresh: 0)) == nil)
    scene.sources[1].isSurvivor = false
    scene.run(2)
    #expect(scene.requests.last == .add(1))
  }

  /// Two sources whose paths are unlike pull to both sides: each one's distance is learned, and their middle is kept.
  @Test func biasesAreLearnedAndCentered() throws {
    var scene = JointScene(2, seed: 1030)
    scene.sources[0].bias = 4e-4
    scene.sources[1].bias = -4e-4
    scene.run(120)
    let biases = try scene.sources.map { try #require(scene.joint.bias(of: $0.id)) }
    #expect(biases.allSatisfy { $0.isEstablished })
    #expect((biases[0].value - biases[1].value - 8e-4).magnitude < 1.5e-4)
    #expect((biases[0].value + biases[1].value).magnitude < 1.5e-4)
    #expect(scene.error.magnitude < 1.5e-4)
  }

  /// All of them together are better than the best alone.
  @Test func manyAreBetterThanOne() {
    var joint = 0.0
    var single = 0.0
    for seed in UInt64(0)..<6 {
      var scene = JointScene(4, seed: 1040 + seed)
      scene.run(40)
      joint += scene.error * scene.error
      for source in scene.sources {
        guard let own = source.filter.estimate(at: scene.now, driftBound: DriftBound(15e-6)) else { continue }
        let error = (own.line.time - observation(at: scene.seconds).reference).inSeconds
        single += 0.25 * error * error
      }
    }
    #expect(joint < 0.8 * single)
  }

  /// A source that turned out to be false: what it contributed goes with it.
  @Test func distrustBeginsWithAnother() throws {
    var scene = JointScene(2, seed: 1060)
    scene.run(20)
    scene.joint.distrust(SourceID(rawValue: 99))
    #expect(scene.joint.request(scene.survivors(fresh: nil)) == nil)
    scene.joint.distrust(scene.sources[0].id)
    scene.sources[0].isSurvivor = false
    let list = scene.survivors(fresh: nil)
    #expect(scene.joint.request(list) == .adopt(0))
    #expect(list[0].source == scene.sources[1].id)
    scene.joint.take(.adopt(0), scene.sources[1].filter, list, at: scene.now)
    #expect(scene.joint.request(list) == nil)
    let own = try #require(scene.sources[1].filter.estimate(at: scene.now, driftBound: DriftBound(15e-6)))
    let value = try #require(scene.joint.bias(of: scene.sources[1].id)).value
    #expect((try #require(scene.joint.prediction(at: scene.now)).line.time - own.line.time).inSeconds + value < 1e-9)
  }

  @Test func forgetsAndShifts() throws {
    var scene = JointScene(2, seed: 1070)
    scene.run(20)
    scene.joint.forget(scene.sources[0].id)
    #expect(scene.joint.bias(of: scene.sources[0].id) == nil)
    #expect(scene.joint.bias(of: scene.sources[1].id) != nil)
    let before = try #require(scene.joint.prediction(at: scene.now))
    scene.joint.shift(by: .seconds(-1))
    #expect(try #require(scene.joint.prediction(at: scene.now)).line.time == before.line.time - .seconds(1))
  }

  /// Without samples the errors grow, and a biased crowd of strangers finds room for 64 and no more.
  @Test func coastsAndIsBounded() throws {
    var scene = JointScene(2, seed: 1080)
    scene.run(20)
    let near = try #require(scene.joint.prediction(at: scene.now))
    let far = try #require(scene.joint.prediction(at: scene.now + .seconds(3600)))
    #expect(far.offsetError > 2 * near.offsetError)
    #expect(far.frequencyError >= near.frequencyError)
    for id in UInt32(100)..<200 {
      var list = SurvivorList()
      let source = scene.sources[0]
      let estimate = try #require(source.filter.estimate(at: scene.now, driftBound: DriftBound(15e-6)))
      list.append(
        Survivor(
          source: SourceID(rawValue: id), estimate: estimate, rootDistance: 1e-2, isFresh: true, isPreferred: false,
          isSystemSource: true, rootError: 0))
      scene.joint.take(.add(0), source.filter, list, at: scene.now)
    }
    let known = (UInt32(1)..<200).filter { scene.joint.bias(of: SourceID(rawValue: $0)) != nil }
    #expect(known.count == 64)
    #expect(try #require(scene.joint.prediction(at: scene.now)).offsetError.isFinite)
  }

  /// How much samples move the estimate, per second: more through a noisy path than through a quiet one.
  @Test func agitation() throws {
    let figures = try [1e-5, 1e-3].map { queue in
      var scene = JointScene(1, seed: 1090)
      scene.sources[0].queue = queue
      scene.run(60)
      return try #require(scene.joint.prediction(at: scene.now)).agitation
    }
    #expect(figures[0] > 0)
    #expect(figures[1] > 30 * figures[0])
  }
}
