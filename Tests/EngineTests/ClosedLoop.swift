// SPDX-License-Identifier: Apache-2.0

import ClockPort
import TestSupport
import TimeTypes

@testable import Engine

/// A source of the model: where its time lies against the truth and how its packets travel.
struct ModelSource {
  var id: SourceID
  var options = SourceOptions()
  /// Its error against true UTC in seconds, at a raw second.
  var error: (Double) -> Double = { _ in 0 }
  /// One-way delay: base plus an exponential of that mean, each direction.
  var base = 20e-6
  var jitter = 20e-6
  var stratum: UInt8 = 1
  var referenceID = ReferenceID.none
  var leap = LeapIndicator.none
  var rootDelay = 0.0
  var rootDispersion = 10e-6
  /// Its samples are authenticated while this holds.
  var isAuthenticated: (Double) -> Bool = { _ in false }
  /// More flags of its samples.
  var flags: SampleFlags = []
  /// Answers only while this holds.
  var isUp: (Double) -> Bool = { _ in true }
  /// Packets of the burst at the start, two seconds apart.
  var burst = 4
  var poll: Int8
  var nextPoll = 0.1
  var sent = 0
  var reach: UInt8 = 0

  init(_ id: UInt32, poll: Int8 = 0, maximumPoll: Int8 = 2) {
    self.id = SourceID(rawValue: id)
    options.minimumPoll = poll
    options.maximumPoll = maximumPoll
    self.poll = poll
  }
}

/// The engine with a clock, an oscillator and sources made of formulas: one raw second after another, the same every time.
final class ClosedLoop {
  var engine: Engine
  var actions = Actions()
  var random: SeededGenerator
  var sources: [ModelSource]
  /// Seconds of the raw counter.
  var now = 0.0
  /// The reference against the raw counter: how fast true UTC runs on it.
  var referenceFrequency: Double
  /// What UTC gains beside that on the raw counter up to a second, seconds.
  var drift: (Double) -> Double = { _ in 0 }
  /// How fast a sensor says that the oscillator runs; told every 30 s.
  var compensation: ((Double) -> Frequency?)?
  /// True UTC at raw zero, nanoseconds since 1970.
  let epoch: Int64
  private(set) var clock: ClockLine
  private(set) var era = ClockEra(rawValue: 0)
  /// What the clock answers to adjust and step; nil = does it.
  var refusal: ClockError?
  private(set) var events: [(at: Double, event: EngineEvent)] = []
  private(set) var states: [(at: Double, state: TimeState, error: Double)] = []
  private(set) var adjustments = 0
  private(set) var steps: [Double] = []
  private(set) var statuses: [ClockStatus] = []
  private var nextTick = 0.0
  private var sequence: UInt32 = 0

  /// `offset`: the clock's lead over true UTC at the start, seconds. `frequency`: how fast the clock is at the start.
  init(
    parameters: EngineParameters = EngineParameters(), sources: [ModelSource], offset: Double = 0,
    frequency: Double = 0,
    referenceFrequency: Double = 0, seed: UInt64 = 1, epoch: Int64 = 1_790_000_000_000_000_000
  ) {
    self.epoch = epoch
    engine = Engine(clock: .system, parameters: parameters)
    random = SeededGenerator(seed: seed)
    self.sources = sources
    self.referenceFrequency = referenceFrequency
    clock = ClockLine(
      raw: RawInstant(nanoseconds: 0), time: TimeInterval(nanoseconds: epoch) + TimeInterval(seconds: offset),
      frequency: Frequency(ratio: frequency))
    for i in self.sources.indices {
      self.sources[i].nextPoll = 0.1 + 0.01 * Double(i)
      send(.sourceAdded(self.sources[i].id, self.sources[i].options, now: raw(0)))
    }
  }

  func raw(_ seconds: Double) -> RawInstant { RawInstant(sinceEpoch: TimeInterval(seconds: seconds)) }

  /// True UTC at a raw second.
  func truth(_ seconds: Double) -> TimeInterval {
    TimeInterval(nanoseconds: epoch) + TimeInterval(seconds: seconds)
      + TimeInterval(seconds: seconds * referenceFrequency) + TimeInterval(seconds: drift(seconds))
  }

  /// Truth − clock now: positive means that the clock is behind.
  var error: Double { (truth(now) - clock.time(at: raw(now))).inSeconds }

  /// What the clock's readings are off by, at most, seconds; its own sequence, so that it changes no other draw.
  var readingNoise = 0.0
  private var noise = SeededGenerator(seed: 99)

  var reading: ClockReading {
    let line = clock.moved(to: raw(now))
    var time = line.time
    if readingNoise > 0 { time = time + TimeInterval(seconds: Double.random(in: -1...1, using: &noise) * readingNoise) }
    return ClockReading(clock: .system, era: era, raw: line.raw, time: time, frequency: line.frequency)
  }

  func send(_ event: Event) {
    actions.removeAll()
    engine.handle(event, into: &actions)
    var answers: [Event] = []
    for i in 0..<actions.count {
      switch actions[i] {
      case .adjust(_, let frequency):
        if let refusal {
          answers.append(.refused(refusal, now: raw(now)))
        } else {
          adjustments += 1
          clock = clock.moved(to: raw(now))
          // Linux keeps the frequency in units of 2⁻¹⁶ ppm.
          clock.frequency = Frequency(ratio: (frequency.ratio * 1e6 * 65536).rounded() / 65536 * 1e-6)
          answers.append(.applied(reading, stepped: .zero))
        }
      case .step(_, let interval):
        if let refusal {
          answers.append(.refused(refusal, now: raw(now)))
        } else {
          move(by: interval)
          steps.append(interval.inSeconds)
          answers.append(.applied(reading, stepped: interval))
        }
      case .setStatus(_, let status): statuses.append(status)
      case .publish(let state): states.append((now, state, error))
      case .requestPoll(let id, let poll):
        for i in sources.indices where sources[i].id == id { sources[i].poll = poll }
      case .log(let event): events.append((now, event))
      }
    }
    for answer in answers { send(answer) }
  }

  private func move(by interval: TimeInterval) {
    clock = clock.moved(to: raw(now))
    clock.time = clock.time + interval
    era = era.next
  }

  /// Someone else moves the clock.
  func moveByHand(_ seconds: Double, announced: Bool = true) {
    move(by: TimeInterval(seconds: seconds))
    if announced { send(.clockMoved(reading, by: TimeInterval(seconds: seconds))) }
  }

  func run(until end: Double) {
    while true {
      var next = nextTick
      var index = -1
      for i in sources.indices where sources[i].nextPoll < next {
        next = sources[i].nextPoll
        index = i
      }
      if next > end { break }
      now = next
      if index < 0 {
        if Int(nextTick) % 30 == 0, let frequency = compensation?(now) { send(.compensated(frequency, now: raw(now))) }
        nextTick += 1
        send(.tick(reading))
      } else {
        poll(index)
      }
    }
    now = end
  }

  private func poll(_ index: Int) {
    var source = sources[index]
    source.sent += 1
    let interval = source.sent < source.burst ? 2.0 : Double(sign: .plus, exponent: Int(source.poll), significand: 1)
    source.nextPoll += source.sent < source.burst && interval > 2 ? 2.0 : interval
    let isUp = source.isUp(now)
    source.reach = source.reach << 1 | (isUp ? 1 : 0)
    sources[index] = source
    send(.sourceChanged(source.id, source.options, reach: source.reach, now: raw(now)))
    if !isUp { return }
    let forth = source.base + random.exponential(mean: source.jitter)
    let back = source.base + random.exponential(mean: source.jitter)
    let sent = now
    let middle = sent + 0.5 * (forth + back)
    // The server stamps when the request arrives, which is taken for the middle: half the imbalance is the error.
    let reference = truth(sent + forth) + TimeInterval(seconds: source.error(now))
    now = sent + forth + back
    sequence += 1
    var flags: SampleFlags = source.sent <= source.burst ? [.reply, .burst] : .reply
    if source.isAuthenticated(now) { flags.insert(.authenticated) }
    flags.formUnion(source.flags)
    let sample = Sample(
      source: source.id, sequence: sequence, flags: flags, era: era,
      local: clock.time(at: raw(middle)), reference: reference, raw: RawInstant(nanoseconds: raw(middle).nanoseconds),
      delay: Int64((forth + back) * 1e9), dispersion: 1000, rootDelay: UInt64(source.rootDelay * 1e9),
      rootDispersion: UInt64(source.rootDispersion * 1e9), referenceID: source.referenceID, leap: source.leap,
      stratum: source.stratum, poll: source.poll
    )
    send(.sample(sample, now: raw(now)))
  }

  /// The first second from which the clock stays within `limit` of the truth to the end of the record.
  func settled(within limit: Double) -> Double? {
    guard let last = states.last, last.error.magnitude <= limit else { return nil }
    let bad = states.lastIndex { $0.error.magnitude > limit }
    guard let bad else { return states.first?.at }
    return states[bad + 1].at
  }

  // A value that cannot be copied cannot stand in an #expect, so what tests ask of the engine is told here.
  var state: TimeState { engine.timeState }
  var steering: SteeringState { engine.steeringState }
  var sanity: SanityState { engine.sanityState }
  var strayed: UInt64 { engine.strayed }
  var tickInterval: Double { engine.tickInterval }
  var slew: Frequency { engine.slew }
  var sourceCount: Int {
    var count = 0
    for slot in 0..<engine.capacity where engine.report(slot: slot) != nil { count += 1 }
    return count
  }
  var frequency: (frequency: Frequency, deviation: Frequency)? { engine.frequencyEstimate }
  func report(_ id: UInt32) -> SourceReport? { engine.report(of: SourceID(rawValue: id)) }

  func errors(after start: Double) -> [Double] { states.filter { $0.at >= start }.map(\.error) }
  func has(_ matches: (EngineEvent) -> Bool) -> Bool { events.contains { matches($0.event) } }
}
