// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import Foundation
import Testing
import TimeTypes

/// What the ABI promises of its bytes. golden-layout.txt changes only with the major version: growth is by new extensions.
@Suite struct AbiTests {
  static let here = CompiledPlugin.root + "/Tests/ProviderHostTests/ABI"
  static let strict = [
    "-Wall", "-Wextra", "-Wpadded", "-pedantic", "-Werror", "-I\(CompiledPlugin.root)/Sources/CTompionProvider/include",
  ]

  @Test(arguments: [["gcc", "-std=c11", "-x", "c"], ["g++", "-std=c++17", "-x", "c++"]])
  func layoutIsGolden(_ compiler: [String]) throws {
    let program = "\(CompiledPlugin.directory)/layout-\(compiler[0])"
    let built = try CompiledPlugin.run(compiler + Self.strict + ["-o", program, Self.here + "/layout.c"])
    #expect(built.status == 0, "\(built.text)")
    let golden = try String(contentsOfFile: Self.here + "/golden-layout.txt", encoding: .utf8)
    #expect(try CompiledPlugin.run([program]).text == golden)
  }

  /// Each header stands alone, as C11 and as C++17, without a warning.
  @Test func everyHeaderStandsAlone() throws {
    let include = CompiledPlugin.root + "/Sources/CTompionProvider/include"
    let names = try FileManager.default.subpathsOfDirectory(atPath: include).filter { $0.hasSuffix(".h") }.sorted()
    #expect(names.count >= 21)
    for (compiler, flags) in [("gcc", ["-std=c11", "-x", "c"]), ("g++", ["-std=c++17", "-x", "c++"])] {
      let all = names.map { "#include <\($0)>" }.joined(separator: "\n") + "\n"
      for (index, source) in (names.map { "#include <\($0)>\n" } + [all]).enumerated() {
        let file = "\(CompiledPlugin.directory)/header-\(index).txt"
        try source.write(toFile: file, atomically: true, encoding: .utf8)
        let checked = try CompiledPlugin.run([compiler] + flags + Self.strict + ["-fsyntax-only", file])
        #expect(checked.status == 0, "\(source): \(checked.text)")
      }
    }
  }

  /// Every function of the ABI says in its comment when it may be called.
  @Test func everyFunctionIsTagged() throws {
    let include = CompiledPlugin.root + "/Sources/CTompionProvider/include/tompion"
    for name in try FileManager.default.subpathsOfDirectory(atPath: include) where name.hasSuffix(".h") {
      let text = try String(contentsOfFile: "\(include)/\(name)", encoding: .utf8)
      var comment = ""
      for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
        let trimmed = line.trimmingCharacters(in: .whitespaces)
        if trimmed.hasPrefix("//") { comment += trimmed }
        guard trimmed.contains("(*") else {
          if !trimmed.hasPrefix("//"), trimmed.hasSuffix("{") { comment = "" }
          continue
        }
        let said = comment + trimmed
        let tagged = ["[control", "[capture", "[any"].contains { said.contains($0) }
        #expect(tagged || said.contains("typedef"), "\(name): \(trimmed)")
        if trimmed.hasSuffix(";") || trimmed.contains("];") { comment = "" }
      }
    }
  }

  /// The Swift sample has the bytes of the C one, field by field: each field in turn gets a pattern of its own.
  @Test func sampleHasTheLayoutOfC() {
    #expect(MemoryLayout<Sample>.size == MemoryLayout<tompion_sample_t>.size)
    #expect(MemoryLayout<Sample>.stride == 128)
    #expect(MemoryLayout<Sample>.alignment == MemoryLayout<tompion_sample_t>.alignment)
    let swift = Sample(
      source: SourceID(rawValue: 0x0102_0304), sequence: 0x1112_1314, flags: SampleFlags(rawValue: 0xa5),
      clock: ClockID(rawValue: 0x2122), era: ClockEra(rawValue: 0x3132_3334),
      local: TimeInterval(nanoseconds: 0x4142_4344_4546_4748, subnanoseconds: 0x5152),
      reference: TimeInterval(nanoseconds: 0x6162_6364_6566_6768, subnanoseconds: 0x7172),
      raw: RawInstant(nanoseconds: 0x0182_8384_8586_8788), delay: -0x1192_9394_9596_9798,
      dispersion: 0xa1a2_a3a4_a5a6_a7a8, rootDelay: 0xb1b2_b3b4_b5b6_b7b8, rootDispersion: 0xc1c2_c3c4_c5c6_c7c8,
      asymmetryBound: 0xd1d2_d3d4_d5d6_d7d8, turnaround: 0x01e2_e3e4_e5e6_e7e8, frequencyScaled: -0x01f2_f3f4_f5f6_f7f8,
      referenceID: ReferenceID(rawValue: 0x4a4b_4c4d), taiOffset: 37, timescale: .tai, leap: .delete, stratum: 14,
      precision: -23, poll: 10, receiveKind: .hardware, transmitKind: .kernel)
    var c = tompion_sample_t()
    c.size = 128
    c.source = 0x0102_0304
    c.sequence = 0x1112_1314
    c.flags = 0xa5
    c.local_ns = 0x4142_4344_4546_4748
    c.reference_ns = 0x6162_6364_6566_6768
    c.raw_ns = 0x0182_8384_8586_8788
    c.delay_ns = -0x1192_9394_9596_9798
    c.dispersion_ns = 0xa1a2_a3a4_a5a6_a7a8
    c.root_delay_ns = 0xb1b2_b3b4_b5b6_b7b8
    c.root_dispersion_ns = 0xc1c2_c3c4_c5c6_c7c8
    c.asymmetry_bound_ns = 0xd1d2_d3d4_d5d6_d7d8
    c.turnaround_ns = 0x01e2_e3e4_e5e6_e7e8
    c.frequency = -0x01f2_f3f4_f5f6_f7f8
    c.era = 0x3132_3334
    c.reference_id = 0x4a4b_4c4d
    c.local_subns = 0x5152
    c.reference_subns = 0x7172
    c.clock = 0x2122
    c.tai_offset = 37
    c.timescale = UInt8(TOMPION_TIMESCALE_TAI)
    c.leap = UInt8(TOMPION_LEAP_DELETE)
    c.stratum = 14
    c.precision = -23
    c.poll = 10
    c.rx_kind = UInt8(TOMPION_STAMP_HARDWARE)
    c.tx_kind = UInt8(TOMPION_STAMP_KERNEL)
    let left = withUnsafeBytes(of: swift) { Array($0) }
    let right = withUnsafeBytes(of: c) { Array($0) }
    let differing = left.indices.filter { left[$0] != right[$0] }
    #expect(differing.isEmpty, "bytes differ at \(differing)")
  }

  /// The numbers that both sides use mean the same.
  @Test func codesAgree() {
    #expect(
      Int32(TimescaleCode.utc.rawValue) == TOMPION_TIMESCALE_UTC
        && Int32(TimescaleCode.tai.rawValue) == TOMPION_TIMESCALE_TAI)
    #expect(
      Int32(TimescaleCode.raw.rawValue) == TOMPION_TIMESCALE_RAW
        && Int32(TimescaleCode.own.rawValue) == TOMPION_TIMESCALE_OWN)
    #expect(
      Int32(StampKind.user.rawValue) == TOMPION_STAMP_USER
        && Int32(StampKind.hardware.rawValue) == TOMPION_STAMP_HARDWARE)
    #expect(Int32(LeapIndicator.insert.rawValue) == TOMPION_LEAP_INSERT)
    #expect(Int32(LeapIndicator.unsynchronized.rawValue) == TOMPION_LEAP_UNSYNCHRONIZED)
    #expect(SampleFlags.burst.rawValue == TOMPION_SAMPLE_BURST && SampleFlags.reply.rawValue == TOMPION_SAMPLE_REPLY)
    #expect(SampleFlags.hasTAIOffset.rawValue == TOMPION_SAMPLE_HAS_TAI_OFFSET)
  }
}
