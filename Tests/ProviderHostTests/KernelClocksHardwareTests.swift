// SPDX-License-Identifier: Apache-2.0

import CLinux
import LinuxKernel
import Synchronization
import Testing
import TimeTypes

@testable import ProviderHost

/// RX and TX stamps of a card, with the kernel's answers faked: the card's clock is this host's raw counter plus 100 s.
@Suite struct KernelClocksHardwareTests {
  private static let ahead: Int64 = 100_000_000_000

  private static func clocks(
    receiveLatency: Int32 = 0, transmitLatency: Int32 = 0
  ) throws -> (clocks: KernelClocks, stamping: HardwareStamping) {
    let cards = StampingCalls(
      describe: { _, abilities in
        abilities.flags = clinux_sof_raw_hardware | clinux_sof_tx_hardware | clinux_sof_rx_hardware
        abilities.phc = 0
        abilities.tx_types = 3
        abilities.rx_filters = 3
        return 0
      }, get: { _, _ in 0 }, set: { _, _ in 0 }, linkSpeed: { _ in 1000 },
      interfaces: { [("eth7", 7)] })
    let phc = PHCCalls(
      open: { _, _ in 5 }, close: { _ in },
      precise: { _, stamp in
        stamp.raw = RawClock.now().nanoseconds
        stamp.device = stamp.raw + ahead
        return 0
      },
      extended: { _, _, _, _ in -95 }, plain: { _, _, _ in -95 },
      pair: { ClockPair(raw: RawInstant(nanoseconds: 0), time: .zero) })
    let wish = StampingWish(name: "eth7", receiveLatency: receiveLatency, transmitLatency: transmitLatency)
    let stamping = try HardwareStamping([wish], calls: cards, phc: phc)
    let clock = VirtualClock(initialOffset: .zero, initialFrequency: .zero)
    let clocks = KernelClocks(clock.stampSource, hardware: stamping)
    clocks.refresh()
    return (clocks, stamping)
  }

  /// A datagram that the kernel stamped at a raw moment and the card `before` ns earlier.
  private static func slot(at raw: Int64, before: Int64, interface: UInt32 = 7, length: UInt32 = 0) -> clinux_datagram_t
  {
    let now = ClockPair.realtime()
    var slot = clinux_datagram_t()
    slot.flags = CLINUX_DATAGRAM_SOFTWARE | CLINUX_DATAGRAM_HARDWARE
    slot.software_ns = now.time.nanoseconds - (now.raw.nanoseconds - raw)
    slot.hardware_ns = raw - before + ahead
    slot.interface_index = interface
    slot.frame_length = length
    return slot
  }

  @Test func aWorkersClocksAreReadOnItsOwnThread() throws {
    let (clocks, stamping) = try Self.clocks()
    let told = stamping.report.clock(0)
    let other = clocks.another()
    // A card's stamp cannot be turned before the worker has begun: nothing was read on the owner's thread.
    #expect(other.hardware.raw(of: RawClock.now().nanoseconds + Self.ahead, place: 0) == nil)
    other.begin()
    #expect(other.hardware.raw(of: RawClock.now().nanoseconds + Self.ahead, place: 0) != nil)
    #expect(stamping.report.clock(0) == told, "the owner alone reports")
  }

  @Test func aCardsStampIsTakenAndCorrected() throws {
    let (clocks, stamping) = try Self.clocks(receiveLatency: 300, transmitLatency: 200)
    let moment = RawClock.now().nanoseconds - 100_000
    clocks.refresh()
    let received = try #require(
      clocks.received(
        Self.slot(at: moment, before: 5000, length: 90), notBefore: RawInstant(nanoseconds: moment - 1_000_000)))
    #expect(received.kind == .hardware)
    // The end of the frame (752 ns on) less the card's latency.
    #expect(abs(received.raw.nanoseconds - (moment - 5000 + 752 - 300)) <= 10)
    let departed = try #require(
      clocks.departed(
        realtime: Self.slot(at: moment, before: 0).software_ns, hardware: moment + 3000 + Self.ahead, interface: 7,
        sent: RawInstant(nanoseconds: moment - 10_000)))
    #expect(departed.kind == .hardware)
    #expect(abs(departed.raw.nanoseconds - (moment + 3000 + 200)) <= 10)
    #expect(stamping.report.interface(0).received == 1 && stamping.report.interface(0).transmitted == 1)
    // Time and raw time are of one moment.
    let kernel = try #require(
      clocks.departed(
        realtime: Self.slot(at: moment, before: 0).software_ns, hardware: nil, interface: 7,
        sent: RawInstant(nanoseconds: moment - 10_000)))
    #expect(kernel.kind == .kernel)
    #expect(((departed.time - kernel.time) - (departed.raw - kernel.raw)).magnitude < .microseconds(1))
  }

  @Test func whatContradictsTheKernelIsNotUsed() throws {
    let (clocks, stamping) = try Self.clocks()
    let moment = RawClock.now().nanoseconds - 100_000
    clocks.refresh()
    for before in [60_000_000, -60_000_000, 3_600_000_000_000] as [Int64] {
      let stamp = try #require(
        clocks.received(Self.slot(at: moment, before: before), notBefore: RawInstant(nanoseconds: moment - 1_000_000)))
      #expect(stamp.kind == .kernel)
    }
    #expect(stamping.report.interface(0).unusable == 3)
    // Another interface's card is not ours to turn.
    let other = try #require(
      clocks.received(
        Self.slot(at: moment, before: 0, interface: 8), notBefore: RawInstant(nanoseconds: moment - 1_000_000)))
    #expect(other.kind == .kernel)
    // A bond or bridge: the card that stamped is named apart from the interface.
    var slot = Self.slot(at: moment, before: 0, interface: 8)
    slot.hardware_interface = 7
    #expect(clocks.received(slot, notBefore: RawInstant(nanoseconds: moment - 1_000_000))?.kind == .hardware)
  }

  @Test func aMissedStampIsTheKernelsAndCounted() throws {
    let (clocks, stamping) = try Self.clocks()
    let moment = RawClock.now().nanoseconds - 100_000
    let software = Self.slot(at: moment, before: 0).software_ns
    let stamp = try #require(
      clocks.missed(realtime: software, interface: 7, sent: RawInstant(nanoseconds: moment - 10_000)))
    #expect(stamp.kind == .kernel)
    #expect(stamping.report.interface(0).missed == 1)
    _ = clocks.missed(realtime: software, interface: 9, sent: RawInstant(nanoseconds: moment - 10_000))
    #expect(stamping.report.interface(0).missed == 1)
  }
}
