// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ReferenceWire

@Suite struct SocketSampleTests {
  static func bytes(_ sample: SocketSample) -> [UInt8] {
    var bytes = [UInt8](repeating: 0xaa, count: SocketSample.length)
    var span = bytes.mutableSpan
    let isWritten = sample.write(to: &span)
    #expect(isWritten)
    return bytes
  }

  static func read(_ bytes: [UInt8]) throws(SocketSample.Fault) -> SocketSample { try SocketSample(bytes.span) }

  static func fault(_ bytes: [UInt8]) -> SocketSample.Fault? {
    do throws(SocketSample.Fault) { _ = try Self.read(bytes) } catch { return error }
    return nil
  }

  static let sample = SocketSample(local: 1_795_284_307_000_123_000, offset: -1_234_567, isPulse: true, leap: 2)

  @Test func whatIsWrittenIsRead() throws {
    #expect(try Self.read(Self.bytes(Self.sample)) == Self.sample)
    // As gpsd's C struct lies in memory.
    let bytes = Self.bytes(Self.sample)
    #expect(Array(bytes[24..<40]) == [1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0x4b, 0x43, 0x4f, 0x53])
  }

  @Test func whatIsNoSample() {
    let good = Self.bytes(Self.sample)
    for length in 0..<40 { #expect(Self.fault(Array(good.prefix(length))) == .length) }
    #expect(Self.fault(good + [0]) == .length)
    func with(_ at: Int, _ values: [UInt8]) -> [UInt8] {
      var bytes = good
      bytes.replaceSubrange(at..<at + values.count, with: values)
      return bytes
    }
    #expect(Self.fault(with(36, [0])) == .magic)
    let pattern = { (value: Double) in (0..<8).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt64($0))) } }
    for value in [Double.nan, .infinity, -.infinity, 1e300, -4e9] {
      #expect(Self.fault(with(16, pattern(value))) == .value)
    }
    #expect(Self.fault(with(28, [4])) == .value && Self.fault(with(7, [0x80])) == .value)
    #expect(Self.fault(with(8, [0x40, 0x42, 0x0f, 0])) == .value)
  }
}
