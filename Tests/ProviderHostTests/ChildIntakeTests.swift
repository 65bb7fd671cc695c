// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import LinuxKernel
import Testing
import TimeTypes

@testable import ProviderHost

/// Both ends of a child's ring in this process: what a child writes, and what [discipline] gets of it.
@Suite struct ChildIntakeTests {
  let outbox = ProviderOutbox(number: 4, samplesPerSecond: 100)
  let host: SharedBlock
  let child: SharedBlock

  init() throws {
    let memory = try SharedMemory(name: "intake-test", count: SharedBlock.bytes)
    host = try #require(SharedBlock(memory, role: .host))
    child = try #require(SharedBlock(memory, role: .child))
    outbox.intake.replace(host, clocks: 1)
  }

  func sample(_ source: UInt32, raw: Int64 = RawClock.now().nanoseconds) throws -> Sample {
    var candidate = SampleValidationTests.good()
    candidate.source = source
    candidate.raw_ns = raw
    guard case .valid(let sample) = SampleValidation.check(candidate, lastRaw: .min, now: RawClock.now(), clocks: 1)
    else {
      throw KernelError("make a sample", errno: 22)
    }
    return sample
  }

  func drain() -> [Sample] {
    var samples: [Sample] = []
    outbox.drain(news: { _ in }, sample: { samples.append($0) })
    return samples
  }

  func addSource() throws -> UInt32 {
    var info = tompion_source_info_t()
    info.size = UInt32(MemoryLayout<tompion_source_info_t>.size)
    return try #require(outbox.sources.add(info))
  }

  @Test func samplesGoStraightThrough() throws {
    let id = try addSource()
    #expect(child.push(try sample(id)))
    #expect(child.push(try sample(id)))
    let got = drain()
    #expect(got.count == 2 && got.allSatisfy { $0.source.rawValue == id })
    #expect(outbox.counters.published == 2 && outbox.counters.misbehaviour == 0)
  }

  @Test func aSampleAheadOfTheNewsOfItsSourceIsKept() throws {
    #expect(child.push(try sample(4 << 22 | 1)))
    #expect(drain().isEmpty)
    #expect(outbox.counters.misbehaviour == 0)
    let id = try addSource()
    #expect(id == 4 << 22 | 1)
    #expect(drain().count == 1)
  }

  @Test func aStrangersSampleIsRefusedAtOnce() throws {
    _ = try addSource()
    #expect(child.push(try sample(5 << 22 | 1)))
    #expect(drain().isEmpty)
    #expect(outbox.counters[.unknownSource] == 1)
  }

  @Test func timeDoesNotGoBackwards() throws {
    let id = try addSource()
    let now = RawClock.now().nanoseconds
    #expect(child.push(try sample(id, raw: now)))
    #expect(child.push(try sample(id, raw: now - 1)))
    #expect(drain().count == 1)
    #expect(outbox.counters[.notMonotone] == 1)
  }

  @Test func aFloodIsCutOffAtTheLimit() throws {
    let id = try addSource()
    var got = 0
    for _ in 0..<8 {
      for _ in 0..<100 { _ = child.push(try sample(id)) }
      got += drain().count
    }
    // The eight rounds may meet the turn of a second.
    #expect(got == 100 || got == 200)
    #expect(outbox.counters[.flood] == UInt64(800 - got))
  }

  @Test func nothingComesOfAChildThatIsGone() throws {
    let id = try addSource()
    #expect(child.push(try sample(id)))
    outbox.intake.replace(nil, clocks: 1)
    #expect(drain().isEmpty)
  }

  /// A child's sample says that it is authenticated: that counts where the source, as it was granted, may say so.
  @Test func authenticationCountsWhereItIsGranted() throws {
    for flags in [0, TOMPION_SOURCE_MUST_AUTHENTICATE, TOMPION_SOURCE_AUTHENTICATED] {
      let id = try addSource()
      var info = tompion_source_info_t()
      info.size = UInt32(MemoryLayout<tompion_source_info_t>.size)
      info.flags = UInt32(flags)
      #expect(outbox.sources.update(id, info))
      var proven = try sample(id)
      proven.flags = [.reply, .authenticated]
      #expect(child.push(proven))
      #expect(drain().map(\.flags) == [flags == 0 ? .reply : [.reply, .authenticated]])
    }
  }
}
