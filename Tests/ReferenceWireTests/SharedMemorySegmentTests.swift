// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ReferenceWire

@Suite struct SharedMemorySegmentTests {
  static let segment = SharedMemorySegment(
    clock: 1_795_284_307_000_000_123, receive: 1_795_284_306_999_998_456, leap: 1, precision: -23)

  static func bytes(_ segment: SharedMemorySegment = segment, valid: UInt8 = 1) -> [UInt8] {
    var bytes = [UInt8](repeating: 0xaa, count: SharedMemorySegment.length)
    var span = bytes.mutableSpan
    let isWritten = segment.write(to: &span)
    #expect(isWritten)
    bytes[48] = valid
    return bytes
  }

  static func read(_ bytes: [UInt8]) throws(SharedMemorySegment.Fault) -> SharedMemorySegment {
    try SharedMemorySegment(bytes.span)
  }

  static func fault(_ bytes: [UInt8]) -> SharedMemorySegment.Fault? {
    do throws(SharedMemorySegment.Fault) { _ = try Self.read(bytes) } catch { return error }
    return nil
  }

  @Test func whatIsWrittenIsRead() throws {
    #expect(try Self.read(Self.bytes()) == Self.segment)
  }

  @Test func nanosecondsCountOnlyWhereTheyAgree() throws {
    var bytes = Self.bytes()
    // An old writer: microseconds alone.
    bytes.replaceSubrange(52..<60, with: [UInt8](repeating: 0, count: 8))
    let old = try Self.read(bytes)
    #expect(old.clock == 1_795_284_307_000_000_000 && old.receive == 1_795_284_306_999_998_000)
    bytes.replaceSubrange(56..<60, with: [255, 255, 255, 255])
    #expect(try Self.read(bytes).receive == 1_795_284_306_999_998_000)
  }

  @Test func whatNoClockShows() {
    #expect(Self.fault([]) == .length && Self.fault([UInt8](repeating: 0, count: 97)) == .length)
    #expect(Self.fault(Self.bytes(valid: 0)) == .invalid && Self.fault(Self.bytes(valid: 2)) == .invalid)
    func with(_ at: Int, _ values: [UInt8]) -> [UInt8] {
      var bytes = Self.bytes()
      bytes.replaceSubrange(at..<at + values.count, with: values)
      return bytes
    }
    #expect(Self.fault(with(0, [2])) == .mode && Self.fault(with(0, [1])) == nil)
    for (at, values) in [
      (8, [255, 255, 255, 255, 255, 255, 255, 255]), (16, [0x40, 0x42, 0x0f, 0]), (36, [4]),
      (36, [255, 255, 255, 255]),
      (40, [11, 0, 0, 0]), (24, [0, 0, 0, 0, 0, 0, 0, 1]),
    ] as [(Int, [UInt8])] { #expect(Self.fault(with(at, values)) == .value, "\(at)") }
  }
}
