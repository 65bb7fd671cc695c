// SPDX-License-Identifier: Apache-2.0

/// Why a block of memory cannot be used as a ring.
public enum SampleRingError: Error, Equatable, Sendable {
  /// There is no memory, or its address is not a multiple of 128.
  case misaligned
  case tooShort(bytes: Int, needed: Int)
  /// The header does not begin with the ring's magic number.
  case notARing
  case wrongVersion(found: UInt32, supported: UInt32)
  /// The other side's samples have another size than 128 bytes.
  case wrongSampleSize(found: UInt32)
  /// Zero, no power of two, or more than a ring may have.
  case wrongCapacity(found: UInt64)
}

extension SampleRingError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .misaligned:
      "the memory for a sample ring does not start at a multiple of \(SampleRingLayout.line) bytes"
    case .tooShort(let bytes, let needed):
      "the memory for a sample ring has \(bytes) bytes where \(needed) are needed"
    case .notARing:
      "the memory holds no sample ring: it does not begin with the ring's magic number"
    case .wrongVersion(let found, let supported):
      "the sample ring has layout version \(found); this program knows version \(supported)"
    case .wrongSampleSize(let found):
      "the sample ring is made for samples of \(found) bytes; they have \(SampleRingLayout.sampleBytes)"
    case .wrongCapacity(let found):
      "the sample ring claims a capacity of \(found); it must be a power of two from 1 to \(SampleRingLayout.largestCapacity)"
    }
  }
}
