// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization
import Testing
import TimeTypes

@testable import LinuxKernel

@Suite struct CardClocksTests {
  private final class Host: Sendable {
    let phc = FakePHC([.precise])
    let cards = FakeCards(["eth0": .init(index: 2, filters: [1])])

    func stamping() throws -> HardwareStamping {
      try HardwareStamping([StampingWish(name: "eth0")], calls: cards.calls, phc: phc.calls)
    }

    func clocks(_ stamping: HardwareStamping? = nil, isReporting: Bool = true) throws -> CardClocks {
      CardClocks(
        try stamping ?? self.stamping(), isReporting: isReporting,
        rawNow: { RawInstant(nanoseconds: self.phc.raw.withLock { $0 }) })
    }

    func pass(milliseconds: Int64) { phc.raw.withLock { $0 += milliseconds * 1_000_000 } }
    var now: Int64 { phc.raw.withLock { $0 } }
    var readings: Int { phc.asked.withLock { $0.count } }
  }

  @Test func aStampIsTurnedByAFreshReading() throws {
    let host = Host()
    var clocks = try host.clocks()
    #expect(clocks.place(of: 2) == 0 && clocks.place(of: 3) == nil && clocks.place(of: 0) == nil)
    clocks.prime { host.pass(milliseconds: 25) }
    #expect(clocks.report.clock(0).state == .running)
    host.pass(milliseconds: 60_000)
    let before = host.readings
    let moment = host.now - 40_000
    let turned = clocks.raw(of: moment + 7_000_000_000, place: 0)
    let found = try #require(turned)
    #expect(found.raw == RawInstant(nanoseconds: moment))
    #expect(found.errorNanoseconds < 100)
    #expect(host.readings == before + 1)
    // What is fresh is not read again.
    _ = clocks.raw(of: moment + 7_000_000_000, place: 0)
    host.pass(milliseconds: 499)
    _ = clocks.raw(of: moment + 7_000_000_000, place: 0)
    #expect(host.readings == before + 1)
    host.pass(milliseconds: 1)
    _ = clocks.raw(of: moment + 7_000_000_000, place: 0)
    #expect(host.readings == before + 2)
  }

  @Test func withoutAPrimeTheFirstStampsAreNotTurned() throws {
    let host = Host()
    var clocks = try host.clocks()
    let turned1 = clocks.raw(of: host.now + 7_000_000_000, place: 0)
    #expect(turned1 == nil)
    host.pass(milliseconds: 25)
    let turned2 = clocks.raw(of: host.now + 7_000_000_000, place: 0)
    #expect(turned2 != nil)
  }

  @Test func aClockThatCannotBeReadIsCountedAndUsedNoMore() throws {
    let host = Host()
    var clocks = try host.clocks()
    clocks.prime { host.pass(milliseconds: 25) }
    host.phc.knows.withLock { $0 = [] }
    host.pass(milliseconds: 600)
    _ = clocks.raw(of: host.now + 7_000_000_000, place: 0)
    #expect(clocks.report.clock(0).failures == 1)
    // Its line is still good for a while, and then it is not.
    let turned3 = clocks.raw(of: host.now + 7_000_000_000, place: 0)
    #expect(turned3 != nil)
    host.pass(milliseconds: 40_000)
    let turned4 = clocks.raw(of: host.now + 7_000_000_000, place: 0)
    #expect(turned4 == nil)
  }

  @Test func oneOfSeveralReportsAClock() throws {
    let host = Host()
    let stamping = try host.stamping()
    var owner = try host.clocks(stamping)
    var worker = try host.clocks(stamping, isReporting: false)
    worker.prime { host.pass(milliseconds: 25) }
    #expect(stamping.report.clock(0) == HardwareReport().clock(0), "the worker's readings are its own")
    let turned = worker.raw(of: host.now + 7_000_000_000, place: 0)
    #expect(turned != nil, "and it turns stamps by them")
    owner.prime { host.pass(milliseconds: 25) }
    let told = stamping.report.clock(0)
    #expect(told.state == .running && told.readings == 3)
    host.pass(milliseconds: 600)
    _ = worker.raw(of: host.now + 7_000_000_000, place: 0)
    #expect(stamping.report.clock(0) == told)
  }

  @Test func countsAreOfTheirInterface() {
    let report = HardwareStamping().report
    report.count(.received, interface: 0)
    report.count(.missed, interface: 15)
    report.count(.missed, interface: 15)
    report.count(.missed, interface: 16)
    report.count(.missed, interface: -1)
    #expect(report.interface(0) == .init(received: 1))
    #expect(report.interface(15) == .init(missed: 2))
    #expect(report.interface(1) == .init() && report.interface(99) == .init())
    #expect(report.clock(99) == .init())
  }

  @Test func aSetHoldsSixteen() {
    let set = HardwareInterfaceSet((0..<40).map { UInt32($0 % 20) })
    #expect(set.count == 16)
    #expect(set.contains(1) && set.contains(16) && !set.contains(17) && !set.contains(0))
    #expect(HardwareInterfaceSet([7, 7, 7]).count == 1)
    #expect(HardwareInterfaceSet().isEmpty)
  }
}
