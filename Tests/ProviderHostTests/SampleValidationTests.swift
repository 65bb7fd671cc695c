// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import Testing
import TimeTypes

@testable import ProviderHost

@Suite struct SampleValidationTests {
  let now = RawInstant(nanoseconds: 10_000_000_000)

  static func good() -> tompion_sample_t {
    var sample = tompion_sample_t()
    sample.size = 128
    sample.source = 1
    sample.stratum = 1
    sample.raw_ns = 5_000_000_000
    sample.asymmetry_bound_ns = .max
    return sample
  }

  func verdict(_ change: (inout tompion_sample_t) -> Void) -> Misbehaviour? {
    var sample = Self.good()
    change(&sample)
    switch SampleValidation.check(sample, lastRaw: 4_000_000_000, now: now, clocks: 0b101) {
    case .valid: return nil
    case .refused(let why): return why
    }
  }

  @Test func eachRuleIsKeptAtItsEdge() {
    #expect(verdict { _ in } == nil)
    #expect(verdict { $0.size = 127 } == .badArgument)
    #expect(verdict { $0.size = 136 } == .badArgument)
    #expect(verdict { $0.clock = 2 } == nil)
    #expect(verdict { $0.clock = 1 } == .wrongClock)
    #expect(verdict { $0.clock = 64 } == .wrongClock)
    #expect(verdict { $0.raw_ns = 4_000_000_000 } == nil)
    #expect(verdict { $0.raw_ns = 3_999_999_999 } == .notMonotone)
    #expect(verdict { $0.raw_ns = now.nanoseconds + SampleValidation.ahead } == nil)
    #expect(verdict { $0.raw_ns = now.nanoseconds + SampleValidation.ahead + 1 } == .notMonotone)
    #expect(verdict { $0.leap = 2 } == nil)
    #expect(verdict { $0.leap = 3 } == .outOfRange)
    #expect(verdict { $0.leap = 4 } == .outOfRange)
    for (stratum, fine) in [(UInt8(0), false), (1, true), (15, true), (16, false), (255, false)] {
      #expect((verdict { $0.stratum = stratum } == nil) == fine)
    }
    // A reference clock alone is of stratum 0.
    var pulse = Self.good()
    for (stratum, fine) in [(UInt8(0), true), (15, true), (16, false)] {
      pulse.stratum = stratum
      let found = SampleValidation.check(pulse, lastRaw: 0, now: now, clocks: 1, isReference: true)
      if case .valid = found { #expect(fine) } else { #expect(!fine) }
    }
    // A source configured as reliable may call itself unsynchronized.
    let reliable = UInt32(TOMPION_SAMPLE_RELIABLE)
    #expect(
      verdict {
        $0.flags = reliable
        $0.leap = 3
        $0.stratum = 16
      } == nil)
    #expect(
      verdict {
        $0.flags = reliable
        $0.stratum = 17
      } == .outOfRange)
    #expect(verdict { $0.timescale = 2 } == .outOfRange)
    #expect(verdict { $0.rx_kind = 4 } == .outOfRange)
    #expect(verdict { $0.tx_kind = 255 } == .outOfRange)
    #expect(verdict { $0.reserved8 = 1 } == .outOfRange)
    #expect(verdict { $0.reserved64 = 1 } == .outOfRange)
    #expect(verdict { $0.flags = TOMPION_SAMPLE_NO_LEAP } == nil)
    #expect(verdict { $0.flags = 1 << 9 } == .outOfRange)
    #expect(verdict { $0.delay_ns = .min } == .outOfRange)
    #expect(verdict { $0.delay_ns = -SampleValidation.longest } == nil)
    #expect(verdict { $0.turnaround_ns = .min } == .outOfRange)
    #expect(verdict { $0.dispersion_ns = .max } == .outOfRange)
    #expect(verdict { $0.root_delay_ns = .max } == .outOfRange)
    #expect(verdict { $0.root_dispersion_ns = UInt64(SampleValidation.longest) + 1 } == .outOfRange)
    #expect(verdict { $0.asymmetry_bound_ns = .max - 1 } == .outOfRange)
    #expect(verdict { $0.frequency = .min } == .outOfRange)
  }

  @Test func unknownSourceFullRingAndOrderAreCounted() throws {
    let outbox = ProviderOutbox(number: 2)
    var info = tompion_source_info_t()
    info.size = UInt32(MemoryLayout<tompion_source_info_t>.size)
    let id = try #require(outbox.sources.add(info))
    var sample = Self.good()
    sample.source = id + 1
    #expect(!outbox.accept(sample, now: now, clocks: 1))
    #expect(outbox.counters[.unknownSource] == 1)
    sample.source = id
    sample.stratum = 0
    #expect(!outbox.accept(sample, now: now, clocks: 1), "it is no reference clock")
    info.flags = TOMPION_SOURCE_REFCLOCK
    sample.source = try #require(outbox.sources.add(info))
    var taken = 0
    while outbox.accept(sample, now: now, clocks: 1) {
      taken += 1
      sample.raw_ns += 1
    }
    #expect(taken == outbox.samples.capacity)
    #expect(outbox.counters.ringFull == 1 && outbox.counters.published == UInt64(taken))
    sample.raw_ns -= 2
    #expect(!outbox.accept(sample, now: now, clocks: 1))
    #expect(outbox.counters[.notMonotone] == 1)
    var got = 0
    outbox.drain(news: { _ in }, sample: { _ in got += 1 })
    #expect(got == taken)
  }

  @Test func newsAreNeverLostHoweverLateTheyAreRead() throws {
    let table = SourceTable(instance: 1, capacity: 4)
    var info = tompion_source_info_t()
    info.size = UInt32(MemoryLayout<tompion_source_info_t>.size)
    let first = try #require(table.add(info))
    guard case .sourceAdded(let added)? = table.nextNews() else {
      Issue.record("no news")
      return
    }
    #expect(added.id.rawValue == first)
    // Gone, and its place taken by another, a thousand updates later: two pieces of news.
    #expect(table.remove(first))
    let second = try #require(table.add(info))
    #expect(second > first)
    for reach in 0..<1000 {
      info.reach = UInt8(truncatingIfNeeded: reach)
      #expect(table.update(second, info))
    }
    guard case .sourceRemoved(let gone)? = table.nextNews(), case .sourceAdded(let other)? = table.nextNews() else {
      Issue.record("no news")
      return
    }
    #expect(gone.rawValue == first && other.id.rawValue == second && other.reach == UInt8(truncatingIfNeeded: 999))
    #expect(table.nextNews() == nil)
    #expect(!table.update(first, info) && !table.remove(first))
    for _ in 0..<3 { #expect(table.add(info) != nil) }
    #expect(table.add(info) == nil, "the table is full")
  }
}
