// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import Synchronization
import Testing
import TimeTypes

@testable import LinuxKernel

/// A host with cards, as far as their time stamps go.
final class FakeCards: Sendable {
  struct Card: Sendable {
    var index: UInt32
    var phc: Int32 = 3
    /// HWTSTAMP_FILTER_* that the card names; empty = it has no stamps at all.
    var filters: [Int32] = []
    var transmits = true
    var now = clinux_stamping_t(tx_type: 0, rx_filter: 0)
    /// What SIOCSHWTSTAMP answers: 0, or an errno for each filter.
    var refusal: Int32 = 0
    var refusedFilter: Int32 = -1
    var speed: Int32 = 1000
  }

  let cards: Mutex<[String: Card]>
  let changes = Mutex<[String]>([])

  init(_ cards: [String: Card]) { self.cards = Mutex(cards) }

  var calls: StampingCalls {
    StampingCalls(
      describe: { name, abilities in
        guard let card = self.cards.withLock({ $0[name] }) else { return 0 &- ENODEV }
        guard card.transmits || !card.filters.isEmpty else { return 0 &- EOPNOTSUPP }
        abilities.flags =
          clinux_sof_raw_hardware | clinux_sof_rx_hardware | (card.transmits ? clinux_sof_tx_hardware : 0)
        abilities.phc = card.phc
        abilities.tx_types = 3
        abilities.rx_filters = card.filters.reduce(1) { $0 | 1 << UInt32($1) }
        return 0
      },
      get: { name, stamping in
        guard let card = self.cards.withLock({ $0[name] }) else { return 0 &- ENODEV }
        stamping = card.now
        return 0
      },
      set: { name, stamping in
        self.changes.withLock { $0.append(name) }
        let wanted = stamping
        var answer = stamping
        let result: Int32 = self.cards.withLock { cards in
          guard let card = cards[name] else { return 0 &- ENODEV }
          if card.refusal != 0 { return 0 &- card.refusal }
          if wanted.rx_filter == card.refusedFilter { return 0 &- ERANGE }
          cards[name]?.now = wanted
          answer = wanted
          return 0
        }
        stamping = answer
        return result
      },
      linkSpeed: { name in self.cards.withLock { $0[name]?.speed ?? 0 } },
      interfaces: { self.cards.withLock { $0.map { ($0.key, $0.value.index) }.sorted { $0.1 < $1.1 } } })
  }
}

@Suite struct HardwareStampingTests {
  private static let all = clinux_hwtstamp_filter_all
  private static let ptp = clinux_hwtstamp_filter_ptp
  private static let phc = FakePHC([.precise])

  private func make(
    _ cards: FakeCards, _ wishes: StampingWish...
  ) throws(StampingRefusal) -> HardwareStamping {
    try HardwareStamping(wishes, calls: cards.calls, phc: Self.phc.calls)
  }

  @Test func aCardThatStampsAllIsSwitchedOn() throws {
    let cards = FakeCards([
      "eth0": .init(index: 2, filters: [Self.all, Self.ptp]), "lo": .init(index: 1, transmits: false),
    ])
    let stamping = try make(
      cards, StampingWish(name: "eth0", hardware: .required, receiveLatency: 120, transmitLatency: -30))
    #expect(
      stamping.interfaces == [
        StampedInterface(
          name: "eth0", index: 2, device: 0, stampsReception: true, receiveLatency: 120, transmitLatency: -30,
          linkSpeed: 1000)
      ])
    #expect(stamping.indices.contains(2) && !stamping.indices.contains(1) && !stamping.indices.contains(0))
    let now = try #require(cards.cards.withLock { $0["eth0"]?.now })
    #expect(now.tx_type == clinux_hwtstamp_tx_on && now.rx_filter == Self.all)
    #expect(stamping.notes.map(\.isRefusal) == [false])
    #expect(
      stamping.notes[0].text
        == "interface eth0: its card stamps what is sent and received, by /dev/ptp3 read by PTP_SYS_OFFSET_PRECISE")
  }

  @Test func aCardThatStampsOnlyPTPStampsWhatIsSent() throws {
    // QEMU's igb, and many true ones.
    let cards = FakeCards(["eth0": .init(index: 2, filters: [Self.ptp])])
    let stamping = try make(cards, StampingWish(name: "eth0"))
    #expect(stamping.interfaces.map(\.stampsReception) == [false])
    #expect(cards.cards.withLock { $0["eth0"]?.now.rx_filter } == clinux_hwtstamp_filter_none)
    #expect(stamping.notes[0].text.hasSuffix("; what is received is stamped by the kernel"))
    #expect(throws: StampingRefusal.self) { try make(cards, StampingWish(name: "eth0", hardware: .required)) }
    #expect(try make(cards, StampingWish(name: "eth0", hardware: .required, filter: .none)).interfaces.count == 1)
  }

  @Test func whatIsOnAlreadyIsLeftAlone() throws {
    let on = clinux_stamping_t(tx_type: clinux_hwtstamp_tx_on, rx_filter: Self.all)
    let cards = FakeCards(["eth0": .init(index: 2, filters: [Self.all, Self.ptp], now: on, refusal: EPERM)])
    #expect(try make(cards, StampingWish(name: "eth0", hardware: .required)).interfaces[0].stampsReception)
    #expect(cards.changes.withLock { $0 }.isEmpty)
    // A PTP daemon's filter, and no right to change it: its TX stamps are used.
    let ptp = clinux_stamping_t(tx_type: clinux_hwtstamp_tx_on, rx_filter: Self.ptp)
    let other = FakeCards(["eth0": .init(index: 2, filters: [Self.all, Self.ptp], now: ptp, refusal: EPERM)])
    #expect(try make(other, StampingWish(name: "eth0")).interfaces.map(\.stampsReception) == [false])
  }

  @Test func aDriverThatRefusesItsOwnFilterIsAskedForLess() throws {
    let cards = FakeCards(["eth0": .init(index: 2, filters: [Self.all], refusedFilter: Self.all)])
    #expect(try make(cards, StampingWish(name: "eth0")).interfaces.map(\.stampsReception) == [false])
    #expect(cards.changes.withLock { $0.count } == 2)
  }

  @Test func refusalsReadWell() throws {
    let cards = FakeCards([
      "lo": .init(index: 1, transmits: false), "eth0": .init(index: 2, filters: [Self.all], refusal: EPERM),
      "eth1": .init(index: 3, phc: 4, filters: [Self.all]),
    ])
    let texts: [(String, String)] = [
      ("eth9", "interface eth9: there is no such interface; have lo, eth0, eth1"),
      ("lo", "interface lo: its card has no time stamps of its own (see `ethtool -T lo`)"),
      ("eth0", "interface eth0: its card's time stamps cannot be switched on: CAP_NET_ADMIN is needed: start as root"),
      ("eth1", "interface eth1: cannot open the PTP hardware clock: No such file or directory"),
    ]
    for (name, text) in texts {
      #expect(throws: StampingRefusal(text)) { try make(cards, StampingWish(name: name, hardware: .required)) }
      let stamping = try make(cards, StampingWish(name: name))
      #expect(stamping.interfaces.isEmpty && stamping.indices.isEmpty)
      #expect(stamping.notes == [.init(isRefusal: true, text: "\(text); the kernel's stamps are used")])
      #expect(try make(cards, StampingWish(name: name, hardware: .off)).notes.isEmpty)
    }
  }

  @Test func aStarMeansEveryCardThatCanButThoseNamed() throws {
    let cards = FakeCards([
      "lo": .init(index: 1, transmits: false), "eth0": .init(index: 2, filters: [Self.all]),
      "eth1": .init(index: 3, filters: [Self.all]), "eth2": .init(index: 4, filters: [Self.all]),
    ])
    let stamping = try make(
      cards, StampingWish(name: "eth1", hardware: .off), StampingWish(name: "*"),
      StampingWish(name: "eth2", receiveLatency: 7))
    #expect(stamping.interfaces.map(\.name) == ["eth0", "eth2"])
    #expect(stamping.interfaces.map(\.receiveLatency) == [0, 7])
    // One clock for both ports of a card.
    #expect(stamping.devices.count == 1 && stamping.interfaces.map(\.device) == [0, 0])
    let none = FakeCards(["lo": .init(index: 1, transmits: false)])
    #expect(try make(none, StampingWish(name: "*")).notes.map(\.isRefusal) == [true])
    #expect(throws: StampingRefusal.self) { try make(none, StampingWish(name: "*", hardware: .required)) }
  }

  @Test func theFrameTakesItsTimeOnTheWire() {
    var interface = StampedInterface(
      name: "eth0", index: 2, device: 0, stampsReception: true, receiveLatency: 0, transmitLatency: 0, linkSpeed: 1000)
    // 90 bytes of frame and 4 of check sequence at a gigabit.
    #expect(interface.frameTime(length: 90) == 752)
    interface.linkSpeed = 10_000
    #expect(interface.frameTime(length: 90) == 75)
    interface.linkSpeed = 0
    #expect(interface.frameTime(length: 90) == 0)
    #expect(interface.frameTime(length: 0) == 0)
  }

  @Test func theHostsOwnCallsAnswer() {
    let calls = StampingCalls.kernel
    #expect(calls.interfaces().contains { $0.name == "lo" && $0.index > 0 })
    var abilities = clinux_stamping_abilities_t()
    // Every interface is described, the loopback as one without a card.
    #expect(calls.describe("lo", &abilities) >= 0 && abilities.phc == -1)
    #expect(calls.describe("no-such-if", &abilities) == 0 &- ENODEV)
    #expect(calls.describe("a-name-that-is-far-too-long", &abilities) == 0 &- ENODEV)
    var stamping = clinux_stamping_t()
    #expect(calls.get("lo", &stamping) < 0)
    #expect(calls.linkSpeed("lo") == 0)
  }
}
