// SPDX-License-Identifier: Apache-2.0

import CLinux
import ClockPort
import Glibc
import Testing
import TimeTypes

@testable import LinuxKernel

@Suite struct AuxiliaryClockTests {
  private func clock(_ device: FakeDevice, mode: SystemClock.Mode = .steer) throws -> AuxiliaryClock {
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
  @Test func thisHost() {
    let present = (0..<CLINUX_AUX_CLOCKS).filter { number in
      (try? AuxiliaryClock(id: ClockID(rawValue: 2), number: number, mode: .observe)) != nil
    }
    if present.isEmpty {
      print(
        "skipped: this kernel has no auxiliary clock that is enabled (CLOCK_AUX0 to CLOCK_AUX7); faked system calls only"
      )
    }
  }
}
