// SPDX-License-Identifier: Apache-2.0

import CMeasure
import ClockPort
import Engine
import TimeTypes

/// What the engine spends on a sample with several sources in virtual time: selecting, estimating, steering and publishing included.
struct EngineCost: ~Copyable {
  private var engine = Engine(clock: .system, parameters: EngineParameters())
  private var actions = Actions()
  private var raw: Int64 = 1_000_000_000_000
  private var clock: ClockReading
  private let sources: UInt32
  private var sent: UInt32 = 0
  private var random: UInt64 = 1
  private static let epoch: Int64 = 1_790_000_000_000_000_000

  init(sources: UInt32) {
    self.sources = sources
    clock = ClockReading(
      clock: .system, era: ClockEra(rawValue: 0), raw: RawInstant(nanoseconds: raw),
      time: TimeInterval(nanoseconds: Self.epoch), frequency: .zero)
    for number in 1...sources {
      var options = SourceOptions()
      options.minimumPoll = 4
      handle(.sourceAdded(SourceID(rawValue: number), options, now: now))
      handle(.sourceChanged(SourceID(rawValue: number), options, reach: 255, now: now))
    }
  }

  /// Processor nanoseconds a sample, and allocations in all, over `count` samples; every source is polled every 16 s.
  mutating func measure(_ count: Int) -> (nanoseconds: Double, allocations: UInt64) {
    for _ in 0..<2000 { _ = step() }
    var nanoseconds = 0.0
    for _ in 0..<count { nanoseconds += step() }
    measure_allocations_start()
    for _ in 0..<count { _ = step() }
    return (nanoseconds / Double(count), measure_allocations_stop())
  }

  private var now: RawInstant { RawInstant(nanoseconds: raw) }

  /// Two seconds with their ticks, then a sample; the processor time of the sample alone.
  private mutating func step() -> Double {
    for _ in 0..<2 {
      raw += 1_000_000_000
      move()
      handle(.tick(clock))
    }
    sent &+= 1
    let sample = measurement()
    let before = measure_thread_time()
    handle(.sample(sample, now: now))
    return Double(measure_thread_time() - before)
  }

  /// The clock goes on at the frequency that was last set; the counter itself gains 20 ppm on the truth.
  private mutating func move() {
    let line = ClockLine(raw: clock.raw, time: clock.time, frequency: clock.frequency)
    clock = ClockReading(
      clock: .system, era: clock.era, raw: now, time: line.time(at: now), frequency: clock.frequency)
  }

  /// A round trip of 2 ms with an exponential queue of 50 µs each way.
  private mutating func measurement() -> Sample {
    let out = queue()
    let back = queue()
    let truth = Self.epoch + (raw - 1_000_000_000_000) - (raw - 1_000_000_000_000) / 50_000
    return Sample(
      source: SourceID(rawValue: sent % sources + 1), sequence: sent, flags: .reply, local: clock.time,
      reference: TimeInterval(nanoseconds: truth + (out - back) / 2), raw: now, delay: 2_000_000 + out + back,
      dispersion: 1000, stratum: 2, precision: -29, poll: 4, receiveKind: .kernel, transmitKind: .kernel)
  }

  /// The sum of geometric halvings: near enough to an exponential of mean 50 µs.
  private mutating func queue() -> Int64 {
    random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    let uniform = (random >> 40) + 1
    // −ln(u/2²⁴) in steps of an eighth of an octave.
    let octaves = 24 - (63 - uniform.leadingZeroBitCount)
    let rest = Int64((random >> 30) & 1023)
    return Int64(octaves) * 34_657 + rest * 34
  }

  private mutating func handle(_ event: Event) {
    actions.removeAll()
    engine.handle(event, into: &actions)
    for _ in 0..<4 {
      var feedback: Event?
      for position in 0..<actions.count {
        if case .adjust(_, let frequency) = actions[position] {
          clock = ClockReading(clock: .system, era: clock.era, raw: clock.raw, time: clock.time, frequency: frequency)
          feedback = .applied(clock, stepped: .zero)
        }
      }
      actions.removeAll()
      guard let feedback else { return }
      engine.handle(feedback, into: &actions)
    }
  }
}
