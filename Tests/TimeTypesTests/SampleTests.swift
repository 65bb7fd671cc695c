// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@Suite struct SampleTests {
  @Test func isOneHundredAndTwentyEightBytes() {
    #expect(MemoryLayout<Sample>.size == 128)
    #expect(MemoryLayout<Sample>.stride == 128)
    #expect(MemoryLayout<Sample>.alignment == 8)
    let made = Sample(source: SourceID(rawValue: 1), local: .zero, reference: .zero, raw: RawInstant(nanoseconds: 0))
    #expect(made.size == 128)
  }

  @Test func offsetIsReferenceMinusLocal() {
    let local = TimeInterval(nanoseconds: 1_000, subnanoseconds: 40_000)
    let reference = TimeInterval(nanoseconds: 1_500, subnanoseconds: 10_000)
    let behind = Sample(
      source: SourceID(rawValue: 1), local: local, reference: reference, raw: RawInstant(nanoseconds: 7))
    #expect(behind.local == local && behind.reference == reference && behind.raw.nanoseconds == 7)
    #expect(behind.offset == reference - local)
    #expect(behind.offset > .zero, "positive: the local clock is behind")
    #expect(behind.asymmetryBoundNanoseconds == .max, "unknown unless said")
  }

  @Test func flagsAreDistinctBits() {
    let all: [SampleFlags] = [
      .authenticated, .oneWay, .pulse, .reply, .hasFrequency, .hasTAIOffset, .reliable, .burst,
    ]
    #expect(all.map(\.rawValue) == (0..<8).map { UInt32(1) << $0 })
  }
}
