// SPDX-License-Identifier: Apache-2.0

import CLinux
import ClockPort
import Glibc
import TestSupport
import Testing
import TimeTypes

@testable import LinuxKernel

@Suite struct AuxiliaryClockTests {
  private func clock(_ device: FakeDevice, mode: SteeringMode = .steer) throws -> AuxiliaryClock {
    try AuxiliaryClock(id: ClockID(rawValue: 2), number: 3, mode: mode, calls: device.calls)
  }

  @Test func isDrivenAsTheSystemClockIs() throws {
    let device = FakeDevice()
    var clock = try clock(device)
    let applied = try clock.adjust(frequency: .partsPerMillion(-12.5))
    #expect(applied == .partsPerMillion(-12.5))
    let write = try #require(device.state.withLock { $0.writes.last })
    #expect(write.modes == clinux_adj_frequency | clinux_adj_tick)
    let before = try clock.read()
    try clock.step(by: .milliseconds(-1500))
    let after = try clock.read()
    #expect(after.time - before.time == .milliseconds(-1500))
    #expect(after.era == before.era.next)
    device.advance(10)
    #expect(try clock.observe().finding == .nothing)
    let late = try clock.read()
    #expect((late.raw - after.raw) == .seconds(10))
    device.change { $0.shown = $0.shown + .milliseconds(3) }
    #expect(try clock.observe().finding.moved == .milliseconds(3))
  }

  /// What is compared with another clock is the very reading that the engine gets, with the error of its own bracket.
  @Test func anObservationIsOneReading() throws {
    let device = FakeDevice()
    var clock = DeviceClock.auxiliary(try clock(device))
    device.change { $0.pause = 50_000 }
    let seen = try clock.observe()
    #expect(seen.sight.raw == seen.reading.raw)
    #expect(seen.sight.device == seen.reading.time)
    // Half of the fake's bracket of 40 ns, and one for the rounding.
    #expect(seen.sight.errorNanoseconds == 21)
  }

  @Test func theLockIsInTheRuntimeDirectory() throws {
    let root = try TemporaryDirectory()
    let device = FakeDevice()
    let paths = [root.file("run/aux3.lock"), root.file("aux3.lock")]
    func steered() throws -> AuxiliaryClock {
      try AuxiliaryClock(id: ClockID(rawValue: 2), number: 3, mode: .steer, lockPaths: paths, calls: device.calls)
    }
    // There is no such directory.
    try withExtendedLifetime(steered()) {
      #expect(root.names == ["aux3.lock"])
      #expect(throws: KernelError.self) { try steered() }
    }
    try root.write("run/other", "")
    try withExtendedLifetime(steered()) {
      #expect(LockFile.holder(paths[0]) != nil)
      #expect(throws: KernelError.self) { try steered() }
    }
  }

  @Test func whatIsNotThereSaysSo() throws {
    let device = FakeDevice()
    for number: Int32 in [-1, 2, 8] {
      #expect(throws: KernelError.self) {
        try AuxiliaryClock(id: ClockID(rawValue: 2), number: number, mode: .observe, calls: device.calls)
      }
    }
    var clock = try clock(device)
    device.change { $0.isGone = true }
    #expect(throws: ClockError.unsupported) { try clock.read() }
  }

  @Test func observingNeverWrites() throws {
    let device = FakeDevice()
    var clock = try clock(device, mode: .observe)
    #expect(throws: ClockError.observing) { try clock.adjust(frequency: .zero) }
    #expect(throws: ClockError.observing) { try clock.step(by: .seconds(1)) }
    #expect(device.state.withLock { $0.writes.isEmpty })
  }

  /// This host's own are never steered by a test; where there are any, they are read.
  @Test func thisHost() throws {
    let present = (0..<CLINUX_AUX_CLOCKS).compactMap { number in
      try? AuxiliaryClock(id: ClockID(rawValue: 2), number: number, mode: .observe)
    }
    guard !present.isEmpty else {
      try Test.cancel(
        "this kernel has no auxiliary clock that is enabled (CLOCK_AUX0 to CLOCK_AUX7); faked system calls only")
    }
    for var clock in present { #expect(throws: ClockError.observing) { try clock.adjust(frequency: .zero) } }
  }
}
