// SPDX-License-Identifier: Apache-2.0

import ClockPort
import Engine
import LinuxKernel
import Numerics
import Synchronization
import TimeTypes

/// An engine with several sources and a virtual clock, in virtual time: what one sample costs, all the engine does for it included.
public final class EngineSubject {
  private final class Now: Sendable {
    let raw = Atomic<Int64>(1_000_000_000_000)
  }

  private let now = Now()
  private var engine = Engine(clock: .system, parameters: EngineParameters())
  private var actions = Actions()
  private var clock: VirtualClock
  private let start: ClockPair
  private let sources: UInt32
  private var sent = 0
  private var random = SplitMix64(seed: 1)
  /// Clock actions so far.
  public private(set) var steers = 0

  /// Each source is polled every 16 s.
  public init(sources: Int) {
    let now = now
    start = ClockPair(raw: RawInstant(nanoseconds: 1_000_000_000_000), time: .seconds(1_790_000_000))
    clock = VirtualClock(
      initialOffset: -.milliseconds(2), initialFrequency: .partsPerMillion(40), start: start,
      readRaw: { RawInstant(nanoseconds: now.raw.load(ordering: .relaxed)) })
    self.sources = UInt32(sources)
    for number in 1...self.sources {
      var options = SourceOptions()
      options.minimumPoll = 4
      handle(.sourceAdded(SourceID(rawValue: number), options, now: raw))
      handle(.sourceChanged(SourceID(rawValue: number), options, reach: 255, now: raw))
    }
  }

  private var raw: RawInstant { RawInstant(nanoseconds: now.raw.load(ordering: .relaxed)) }

  private var sample: Sample?

  /// Lets time pass until the next sample, with the ticks that are due, and makes it.
  public func prepare() {
    sent += 1
    let gap = 16_000_000_000 / Int64(sources)
    for _ in 0..<max(1, gap / 1_000_000_000) {
      now.raw.wrappingAdd(min(gap, 1_000_000_000), ordering: .relaxed)
      handle(.tick(clock.read()))
    }
    sample = measurement()
  }

  /// Gives the engine that sample, and carries out what it asks for.
  public func handle() {
    if let sample { handle(.sample(sample, now: raw)) }
  }

  /// A round trip of 20 ms with some 100 µs of noise on it, sums of uniform numbers.
  private func measurement() -> Sample {
    let reading = clock.read()
    var noise: Int64 = 0
    for _ in 0..<4 {
      noise += Int64(truncatingIfNeeded: random.next() % 100_000)
    }
    let truth = start.time + (reading.raw - start.raw)
    return Sample(
      source: SourceID(rawValue: UInt32(sent) % sources + 1), sequence: UInt32(truncatingIfNeeded: sent), flags: .reply,
      era: reading.era, local: reading.time, reference: truth + TimeInterval(nanoseconds: (noise - 200_000) / 2),
      raw: reading.raw, delay: 20_000_000 + noise, dispersion: 1_000, stratum: 2, poll: 4, receiveKind: .kernel,
      transmitKind: .kernel)
  }

  private func handle(_ event: Event) { engine.handle(event, using: &actions) { action in carryOut(action) } }

  private func carryOut(_ action: Action) -> Event? {
    switch action {
    case .adjust(_, let frequency):
      _ = clock.adjust(frequency: frequency)
      steers += 1
      return .applied(clock.read(), stepped: .zero)
    case .step(_, let interval):
      clock.step(by: interval)
      return .applied(clock.read(), stepped: interval)
    default: return nil
    }
  }
}
