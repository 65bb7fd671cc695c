// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import TimeTypes

@testable import CardLines

/// A device whose truth is known, read with brackets.
private struct ModelDevice {
  var generator: SeededGenerator
  /// Device − raw at raw 0, ns, and its rate.
  var offset = 1_234_567_890.0
  var rate = 37e-6
  /// Half of a usual bracket, ns.
  var bracket = 250.0

  func truth(at raw: Int64) -> Double { Double(raw) * (1 + rate) + offset }

  /// A reading whose error is anywhere in its bracket; sometimes the bracket is ten times as wide.
  mutating func read(at raw: Int64, extra: Double = 0) -> PHCReading {
    let width = generator.uniform() < 0.1 ? bracket * 10 : bracket
    let error = (2 * generator.uniform() - 1) * width
    return PHCReading(
      raw: RawInstant(nanoseconds: raw), device: TimeInterval(nanosecondsAsDouble: truth(at: raw) + error + extra),
      errorNanoseconds: UInt32(width))
  }

  /// Where a device time lies on the raw clock, in truth.
  func raw(of device: TimeInterval) -> Double { (device.inNanoseconds - offset) / (1 + rate) }
}

@Suite struct CardLineTests {
  private static let second: Int64 = 1_000_000_000

  /// The error of converting a stamp of `raw`, ns; nil = it is not converted.
  private func error(_ line: CardLine, _ device: ModelDevice, at raw: Int64) -> Double? {
    let shown = TimeInterval(nanosecondsAsDouble: device.truth(at: raw))
    return line.raw(of: shown).map { Double($0.raw.nanoseconds) - Double(raw) }
  }

  @Test(arguments: [UInt64(1), 2, 3, 4, 5], [37e-6, -210e-6, 0, 4e-3])
  func itIsBetterThanItsReadings(seed: UInt64, rate: Double) {
    var device = ModelDevice(generator: SeededGenerator(seed: seed), rate: rate)
    var line = CardLine()
    var squares = 0.0
    var readings = 0.0
    for i in 0..<200 {
      let raw = Int64(i) * Self.second
      let reading = device.read(at: raw)
      #expect(line.take(reading) == .taken)
      guard i >= 20 else { continue }
      let found = error(line, device, at: raw + 3_000_000)
      #expect(found != nil)
      squares += (found ?? 1e9) * (found ?? 1e9)
      let own = Double(reading.device.nanoseconds) - device.truth(at: raw)
      readings += own * own
      if let told = line.raw(of: TimeInterval(nanosecondsAsDouble: device.truth(at: raw))) {
        #expect(abs(Double(told.raw.nanoseconds - raw)) <= Double(told.errorNanoseconds) + 1)
      }
    }
    #expect(squares < 0.25 * readings, "rms \((squares / 180).squareRoot()) ns of \((readings / 180).squareRoot())")
    #expect(line.state == .running && line.outliers == 0 && line.jumps == 0)
    #expect(abs((line.line?.frequency.ratio ?? 1) - rate) < 50e-9)
  }

  @Test func outliersDoNotMoveIt() {
    var device = ModelDevice(generator: SeededGenerator(seed: 9))
    var line = CardLine()
    var outliers: UInt64 = 0
    for i in 0..<401 {
      let raw = Int64(i) * Self.second
      let isOutlier = i > 10 && i % 7 == 0
      let verdict = line.take(device.read(at: raw, extra: isOutlier ? 40_000 : 0))
      if isOutlier {
        outliers += 1
        #expect(verdict == .doubted)
        // Nothing is converted by a line that is in doubt.
        #expect(error(line, device, at: raw) == nil)
      } else {
        #expect(verdict == (i > 11 && i % 7 == 1 ? .recovered : .taken))
        if i > 3 { #expect(abs(error(line, device, at: raw) ?? 1e9) < 300) }
      }
    }
    #expect(line.outliers == outliers && line.jumps == 0)
  }

  @Test(arguments: [10e6, -10e6, 37e9, -1e15])
  func aJumpIsNoticedAndOldStampsAreNotConverted(jump: Double) {
    var device = ModelDevice(generator: SeededGenerator(seed: 3))
    var line = CardLine()
    for i in 0..<20 { #expect(line.take(device.read(at: Int64(i) * Self.second)) == .taken) }
    let before = TimeInterval(nanosecondsAsDouble: device.truth(at: 19 * Self.second))
    device.offset += jump
    #expect(line.take(device.read(at: 20 * Self.second)) == .doubted)
    #expect(line.raw(of: before) == nil)
    // Too soon to tell an outlier from a jump.
    #expect(line.take(device.read(at: 20 * Self.second + 100_000)) == .doubted)
    #expect(line.take(device.read(at: 20 * Self.second + 50_000_000)) == .jumped)
    #expect(line.jumps == 1)
    #expect(abs(error(line, device, at: 20 * Self.second + 51_000_000) ?? 1e9) < 500)
    #expect(line.raw(of: before) == nil, "a stamp from before the jump would be \(jump) ns off")
    for i in 21..<40 { #expect(line.take(device.read(at: Int64(i) * Self.second)) == .taken) }
    #expect(line.jumps == 1)
  }

  @Test func aChangeOfRateBendsIt() {
    var device = ModelDevice(generator: SeededGenerator(seed: 5))
    var line = CardLine()
    for i in 0..<20 { _ = line.take(device.read(at: Int64(i) * Self.second)) }
    // From second 19 on 80 ppm faster: 80 µs in a second is no jump.
    device.offset -= 80e-6 * 19e9
    device.rate += 80e-6
    #expect(line.take(device.read(at: 20 * Self.second)) == .doubted)
    #expect(line.take(device.read(at: 21 * Self.second)) == .bent)
    #expect(line.jumps == 0)
    #expect(abs((line.line?.frequency.ratio ?? 1) - device.rate) < 2e-6)
    #expect(abs(error(line, device, at: 21 * Self.second) ?? 1e9) < 600)
  }

  @Test func aServoThatSteersItGentlyIsFollowed() {
    var device = ModelDevice(generator: SeededGenerator(seed: 6))
    var line = CardLine()
    for i in 0..<300 {
      let raw = Int64(i) * Self.second
      // A few hundred ppb to and fro, as a PTP servo does it each second.
      let change = (i % 20 < 10 ? 200e-9 : -200e-9)
      device.offset -= change * Double(raw)
      device.rate += change
      let verdict = line.take(device.read(at: raw))
      #expect(verdict == .taken || verdict == .doubted || verdict == .bent || verdict == .recovered)
      if i > 5, let found = error(line, device, at: raw) { #expect(abs(found) < 1500, "second \(i)") }
    }
    #expect(line.jumps == 0)
  }

  @Test(arguments: [0.0, 1.5, 0.9, -1])
  func aClockThatStandsStillOrRunsWildIsNotBelieved(rate: Double) {
    // As QEMU's e1000e: standing still, or at two and a half times the speed.
    var line = CardLine()
    func reading(_ milliseconds: Int64) -> PHCReading {
      PHCReading(
        raw: RawInstant(nanoseconds: milliseconds * 1_000_000),
        device: TimeInterval(nanosecondsAsDouble: Double(milliseconds) * 1e6 * rate), errorNanoseconds: 300)
    }
    #expect(line.take(reading(0)) == .taken)
    for i in 1..<5 {
      #expect(line.take(reading(Int64(i) * 50)) == (rate < 0.5 ? .stopped : .wild))
      #expect(line.raw(of: .milliseconds(100)) == nil)
    }
  }

  @Test func aClockThatStopsAndGoesOnIsSeen() {
    var device = ModelDevice(generator: SeededGenerator(seed: 8))
    var line = CardLine()
    for i in 0..<10 { _ = line.take(device.read(at: Int64(i) * Self.second)) }
    let stuck = device.read(at: 10 * Self.second).device
    func frozen(_ second: Int64) -> PHCReading {
      PHCReading(raw: RawInstant(nanoseconds: second * Self.second), device: stuck, errorNanoseconds: 250)
    }
    #expect(line.take(frozen(10)) == .taken)
    #expect(line.take(frozen(11)) == .doubted)
    #expect(line.take(frozen(12)) == .stopped)
    #expect(line.state == .stopped)
    #expect(line.raw(of: stuck) == nil)
    device.offset -= 3e9
    #expect(line.take(device.read(at: 13 * Self.second)) == .stopped)
    #expect(line.take(device.read(at: 14 * Self.second)) == .resumed)
    #expect(line.state == .running)
    #expect(abs(error(line, device, at: 14 * Self.second) ?? 1e9) < 600)
  }

  @Test func itSpeaksOfNothingItDoesNotKnow() {
    var device = ModelDevice(generator: SeededGenerator(seed: 2))
    var line = CardLine()
    #expect(line.raw(of: .zero) == nil)
    #expect(line.take(device.read(at: 0)) == .taken)
    #expect(line.take(device.read(at: 1_000_000)) == .taken, "too close to tell the rate")
    #expect(line.state == .starting)
    #expect(error(line, device, at: 500_000) == nil)
    #expect(line.take(device.read(at: 30_000_000)) == .taken)
    #expect(line.take(device.read(at: 30_000_000)) == .stale)
    #expect(line.take(device.read(at: 29_000_000)) == .stale)
    #expect(line.state == .running)
    #expect(error(line, device, at: 40_000_000) != nil)
    #expect(error(line, device, at: 90 * Self.second) == nil, "far beyond its readings")
    #expect(error(line, device, at: -90 * Self.second) == nil)
  }

  @Test func pollsFurtherApartThanItsMemoryStillGiveARate() {
    var device = ModelDevice(generator: SeededGenerator(seed: 4))
    var line = CardLine()
    for i in 0..<20 {
      let raw = Int64(i) * 64 * Self.second
      _ = line.take(device.read(at: raw))
      _ = line.take(device.read(at: raw + 30_000_000))
      if i > 1 { #expect(abs(error(line, device, at: raw + 31_000_000) ?? 1e9) < 6000, "poll \(i)") }
    }
    #expect(line.jumps == 0)
  }

  @Test(arguments: UInt64(1)...20)
  func anythingIsSurvived(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    var line = CardLine()
    var raw: Int64 = 0
    for _ in 0..<500 {
      raw &+= Int64(truncatingIfNeeded: generator.next() % 2_000_000_000)
      let device = Int64(truncatingIfNeeded: generator.next() >> (generator.next() % 60))
      _ = line.take(
        PHCReading(
          raw: RawInstant(nanoseconds: raw), device: TimeInterval(nanoseconds: device),
          errorNanoseconds: UInt32(truncatingIfNeeded: generator.next())))
      _ = line.raw(of: TimeInterval(nanoseconds: Int64(truncatingIfNeeded: generator.next())))
    }
    #expect(line.count <= CardLine.capacity)
  }
}
