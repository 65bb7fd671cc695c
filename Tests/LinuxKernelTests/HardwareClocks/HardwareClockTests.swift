// SPDX-License-Identifier: Apache-2.0

import CLinux
import ClockPort
import Glibc
import Testing
import TimeTypes

@testable import LinuxKernel

@Suite struct HardwareClockTests {
  private let id = ClockID(rawValue: 1)

  private func clock(_ device: FakeDevice, mode: SteeringMode = .steer) throws -> HardwareClock {
    try HardwareClock(id: id, path: "/dev/ptp0", mode: mode, phc: device.phc, calls: device.calls)
  }

  @Test func theLimitIsTheDrivers() throws {
    let device = FakeDevice()
    var clock = try clock(device)
    #expect(clock.capabilities.maximumFrequency == .partsPerBillion(62_499_999))
    #expect(device.state.withLock { $0.wasWritable })
    let applied = try clock.adjust(frequency: Frequency(ratio: 0.5))
    #expect(applied.partsPerBillion <= 62_499_999 && applied.partsPerBillion > 62_499_000)
    let back = try clock.adjust(frequency: Frequency(ratio: -0.5))
    #expect(back.partsPerBillion >= -62_499_999 && back.partsPerBillion < -62_499_000)
  }

  @Test(arguments: [0.0, 12.3456, -100, 4000])
  func frequencyIsInTheKernelsUnits(parts: Double) throws {
    let device = FakeDevice()
    var clock = try clock(device)
    let applied = try clock.adjust(frequency: .partsPerMillion(parts))
    let write = try #require(device.state.withLock { $0.writes.last })
    #expect(write.modes == clinux_adj_frequency)
    #expect(write.frequency == Int64((parts * 65536).rounded()))
    #expect((applied.partsPerMillion - parts).magnitude <= 0.51 / 65536)
  }

  @Test(arguments: [TimeInterval.milliseconds(-250), .seconds(37), TimeInterval(nanoseconds: -1)])
  func steps(by interval: TimeInterval) throws {
    let device = FakeDevice()
    var clock = try clock(device)
    let before = try clock.read()
    try clock.step(by: interval)
    let after = try clock.read()
    #expect(after.time - before.time == interval)
    #expect(after.era == before.era.next)
    // Its own oscillator was not moved.
    #expect(after.raw == before.raw)
    #expect(try clock.observe().finding.moved == nil)
  }

  /// The "raw" time of its readings is its own oscillator's: what was set leaves no trace in it, whatever the oscillator does.
  @Test func readingsAreAgainstItsOwnOscillator() throws {
    let device = FakeDevice()
    device.change { $0.drift = 40e-6 }
    var clock = try clock(device)
    let start = try clock.read()
    for parts in [0.0, -40, 1000, -3] {
      _ = try clock.adjust(frequency: .partsPerMillion(parts))
      for _ in 0..<10 {
        device.advance(1)
        _ = try clock.observe()
      }
    }
    let end = try clock.read()
    // 40 s of raw time are 40 s and 1600 µs of the oscillator.
    let elapsed = (end.raw - start.raw).inNanoseconds
    #expect((elapsed - 40e9 * (1 + 40e-6)).magnitude < 50)
  }

  @Test func aForeignMoveIsFoundAndIsANewEra() throws {
    let device = FakeDevice()
    device.change { $0.drift = 90e-6 }
    var clock = try clock(device)
    for _ in 0..<5 {
      device.advance(1)
      #expect(try clock.observe().finding == .nothing)
    }
    let before = try clock.read()
    device.change { $0.shown = $0.shown + .milliseconds(-20) }
    device.advance(1)
    let seen = try clock.observe()
    let moved = try #require(seen.finding.moved)
    #expect((moved + .milliseconds(20)).magnitude < .milliseconds(1))
    #expect(seen.reading.era == before.era.next)
    // The oscillator's time went on by about a second.
    #expect(((seen.reading.raw - before.raw).inSeconds - 1).magnitude < 1e-3)
    device.change { $0.units = 65536 }
    #expect(try clock.observe().finding.frequency == .partsPerMillion(1))
  }

  @Test func observingNeverWrites() throws {
    let device = FakeDevice()
    var clock = try clock(device, mode: .observe)
    #expect(!device.state.withLock { $0.wasWritable })
    #expect(throws: ClockError.observing) { try clock.adjust(frequency: .zero) }
    #expect(throws: ClockError.observing) { try clock.step(by: .seconds(1)) }
    #expect(device.state.withLock { $0.writes.isEmpty && !$0.isLocked })
  }

  @Test func oneOwner() throws {
    let device = FakeDevice()
    let first = try clock(device)
    #expect(throws: KernelError("lock the PTP hardware clock", errno: EWOULDBLOCK)) { try clock(device) }
    // To read it is nobody's right alone.
    _ = try clock(device, mode: .observe)
    withExtendedLifetime(first) {}
  }

  @Test func refusalsAreClockErrors() throws {
    let device = FakeDevice()
    var clock = try clock(device)
    device.change { $0.refusal = -EACCES }
    #expect(throws: ClockError.system(errno: EACCES)) { try clock.adjust(frequency: .zero) }
    device.change { $0.refusal = -EOPNOTSUPP }
    #expect(throws: ClockError.unsupported) { try clock.step(by: .seconds(1)) }
    device.change { $0.isGone = true }
    #expect(throws: ClockError.unsupported) { try clock.read() }
  }
}
