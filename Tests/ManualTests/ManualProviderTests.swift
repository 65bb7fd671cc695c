// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import MockHost
import Testing
import TimeTypes

@testable import Manual

/// The whole provider on a host in memory.
@Suite struct ManualProviderTests {
  static let second: Int64 = 1_000_000_000

  static func run(_ host: MockHost) -> Int32 {
    guard host.open(manualModule(), id: "org.tompion.manual") else { return TOMPION_NOT_FOUND }
    let status = host.initialize()
    return status == TOMPION_OK ? host.start() : status
  }

  /// It is so much later than the host's clock shows.
  static func enter(_ host: MockHost, ahead: Int64, within microseconds: UInt32 = 0) -> Int32 {
    let status = host.command(TOMPION_COMMAND_SET_TIME, source: microseconds, value: host.clockOffset + ahead)
    host.advance(by: Self.second)
    return status
  }

  @Test func anEntryBecomesASample() throws {
    let host = MockHost()
    #expect(Self.run(host) == TOMPION_OK)
    host.advance(by: 5 * Self.second)
    var info = try #require(host.sources.values.first)
    #expect(info.flags == TOMPION_SOURCE_REFCLOCK | TOMPION_SOURCE_MANUAL && info.reach == 0 && host.samples.isEmpty)
    #expect(Self.enter(host, ahead: 3 * Self.second) == TOMPION_OK)
    let sample = try #require(host.samples.first)
    #expect(sample.reference_ns - sample.local_ns == 3 * Self.second && sample.asymmetry_bound_ns == 1_000_000_000)
    #expect(sample.precision == 1 && sample.reference_id == 0x4D41_4E55 && sample.poll == 17)
    #expect(sample.flags == TOMPION_SAMPLE_ONE_WAY | TOMPION_SAMPLE_NO_LEAP | TOMPION_SAMPLE_REPLY)
    info = try #require(host.sources.values.first)
    #expect(info.reach == 1 && host.events.map(\.number) == [612])
    #expect(Self.enter(host, ahead: 3 * Self.second, within: 250_000) == TOMPION_OK)
    #expect(host.samples.last?.asymmetry_bound_ns == 250_000_000 && host.samples.last?.precision == -1)
    #expect(host.sources.count == 1 && host.removedSources.isEmpty)
  }

  /// What was said holds for the moment at which it was said, however long the command waits.
  @Test func aLateCommandLosesNothing() throws {
    let host = MockHost()
    #expect(Self.run(host) == TOMPION_OK)
    let value = host.clockOffset + Self.second
    host.advance(by: 100 * Self.second)
    #expect(host.command(TOMPION_COMMAND_SET_TIME, value: value) == TOMPION_OK)
    host.advance(by: Self.second)
    let sample = try #require(host.samples.first)
    #expect(sample.reference_ns - sample.local_ns == Self.second)
  }

  @Test func aCorrectionIsAnotherSource() throws {
    let host = MockHost()
    #expect(Self.run(host) == TOMPION_OK)
    #expect(Self.enter(host, ahead: 0) == TOMPION_OK)
    let first = try #require(host.samples.first).source
    #expect(Self.enter(host, ahead: 600 * Self.second) == TOMPION_OK)
    #expect(host.removedSources == [first] && host.samples.last?.source != first && host.sources.count == 1)
    let text = try #require(host.events.last?.text)
    #expect(
      text.contains("to ±1000.000 ms: ") && text.contains(" ms from it ") && text.contains("forgotten"), "\(text)")
  }

  @Test func theConfiguredUncertaintyHolds() {
    let host = MockHost()
    host.set("uncertainty", 0.1)
    #expect(Self.run(host) == TOMPION_OK)
    #expect(Self.enter(host, ahead: 0) == TOMPION_OK)
    #expect(host.samples.last?.asymmetry_bound_ns == 100_000_000)
  }

  @Test func whatIsNoTimeIsNone() {
    let host = MockHost()
    #expect(Self.run(host) == TOMPION_OK)
    #expect(host.command(TOMPION_COMMAND_SET_TIME, value: .max) == TOMPION_OK)
    host.advance(by: Self.second)
    #expect(host.samples.isEmpty)
    host.stop()
    #expect(host.command(TOMPION_COMMAND_SET_TIME, value: 0) == TOMPION_WRONG_STATE)
  }

  /// The deviation that the engine makes of it is that of a time which lies anywhere in the whole width: 0.29 · 2^precision ≥ u/√3.
  @Test func thePrecisionIsTheWholeWidth() {
    for milliseconds in [Int64(1), 30, 250, 500, 1000, 1500, 3_600_000] {
      let precision = ManualProvider.precision(of: .milliseconds(milliseconds))
      let width = Double(sign: .plus, exponent: Int(precision), significand: 1)
      #expect(width >= 0.002 * Double(milliseconds) && width < 0.004 * Double(milliseconds) + 1e-5)
    }
  }
}
