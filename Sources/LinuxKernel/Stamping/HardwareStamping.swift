// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// The interfaces whose cards stamp packets, with the cards' clocks: made once at the start, while the daemon still has the rights for
/// it, and shared by the threads that turn stamps. [control at the start; then any]
package struct HardwareStamping: Sendable {
  package private(set) var interfaces: [StampedInterface] = []
  package private(set) var devices: [PHCDevice] = []
  /// What people should know: which stamps are used, and why others are not.
  package private(set) var notes: [Note] = []
  /// What the threads counted.
  package let report = HardwareReport()

  package struct Note: Sendable, Equatable {
    package var isRefusal: Bool
    package var text: String
  }

  /// No card stamps.
  package init() {}

  /// The indices for `UDPSocketOptions.hardware`.
  package var indices: HardwareInterfaceSet { HardwareInterfaceSet(interfaces.map(\.index)) }

  /// Switches on what is wished for. Where `.auto` cannot be had a note says why; `.required` throws.
  package init(
    _ wishes: [StampingWish], calls: StampingCalls = .kernel, phc: PHCCalls = .kernel
  ) throws(StampingRefusal) {
    let present = calls.interfaces()
    let named = Set(wishes.map(\.name))
    for wish in wishes where wish.hardware != .off {
      if wish.name == "*" {
        for interface in present where !named.contains(interface.name) {
          // What cannot stamp was not named, so nobody waits for it.
          var abilities = clinux_stamping_abilities_t()
          guard calls.describe(interface.name, &abilities) >= 0, Self.canStamp(abilities) else { continue }
          try enable(wish, interface, calls, phc)
        }
        if interfaces.isEmpty {
          try refuse(wish, "no interface's card has time stamps of its own")
        }
      } else if let interface = present.first(where: { $0.name == wish.name }) {
        try enable(wish, interface, calls, phc)
      } else {
        let names = present.map(\.name).joined(separator: ", ")
        try refuse(wish, "there is no such interface; have \(names.isEmpty ? "none" : names)")
      }
    }
  }

  private static func canStamp(_ abilities: clinux_stamping_abilities_t) -> Bool {
    let needed = clinux_sof_tx_hardware | clinux_sof_raw_hardware
    return abilities.flags & needed == needed && abilities.phc >= 0
      && abilities.tx_types & 1 << UInt32(clinux_hwtstamp_tx_on) != 0
  }

  private mutating func refuse(_ wish: StampingWish, name: String? = nil, _ reason: String) throws(StampingRefusal) {
    let text = "interface \(name ?? wish.name): \(reason)"
    guard wish.hardware != .required else { throw StampingRefusal(text) }
    notes.append(Note(isRefusal: true, text: "\(text); the kernel's stamps are used"))
  }

  private mutating func enable(
    _ wish: StampingWish, _ interface: (name: String, index: UInt32), _ calls: StampingCalls, _ phc: PHCCalls
  ) throws(StampingRefusal) {
    let name = interface.name
    guard interfaces.count < HardwareInterfaceSet.capacity else {
      return try refuse(wish, name: name, "at most \(HardwareInterfaceSet.capacity) interfaces are stamped by hardware")
    }
    var abilities = clinux_stamping_abilities_t()
    let described = calls.describe(name, &abilities)
    guard described >= 0, Self.canStamp(abilities) else {
      return try refuse(wish, name: name, "its card has no time stamps of its own (see `ethtool -T \(name)`)")
    }
    var stamping = clinux_stamping_t()
    let isKnown = calls.get(name, &stamping) >= 0
    let before = stamping
    let filter = Self.filter(wish.filter, abilities.rx_filters)
    let isThere =
      isKnown && before.tx_type == clinux_hwtstamp_tx_on
      && (before.rx_filter == filter || before.rx_filter == clinux_hwtstamp_filter_all)
    if !isThere {
      let error = Self.set(&stamping, filter, name, calls)
      // Another program may have switched it on already: then what is there is used.
      if error != 0, !(isKnown && before.tx_type == clinux_hwtstamp_tx_on) {
        let remedy =
          error == EPERM ? "CAP_NET_ADMIN is needed: start as root" : KernelError.text(of: error)
        return try refuse(wish, name: name, "its card's time stamps cannot be switched on: \(remedy)")
      }
      if error != 0 { stamping = before }
    }
    let all = [clinux_hwtstamp_filter_all, clinux_hwtstamp_filter_ntp_all]
    let receives = all.contains(stamping.rx_filter)
    if wish.hardware == .required, !receives, wish.filter != .ptp, wish.filter != .none {
      return try refuse(
        wish, name: name,
        "its card cannot stamp the packets of NTP that come in; write rx_filter = \"none\" to do without")
    }
    do throws(KernelError) {
      let device = try device(abilities.phc, phc)
      interfaces.append(
        StampedInterface(
          name: name, index: interface.index, device: device, stampsReception: receives,
          receiveLatency: wish.receiveLatency, transmitLatency: wish.transmitLatency, linkSpeed: calls.linkSpeed(name)))
      notes.append(
        Note(
          isRefusal: false,
          text:
            "interface \(name): its card stamps what is sent\(receives ? " and received" : ""), by \(devices[device].path)"
            + " read by \(devices[device].method.text)"
            + (receives ? "" : "; what is received is stamped by the kernel")))
    } catch {
      try refuse(wish, name: name, "\(error)")
    }
  }

  /// The HWTSTAMP_FILTER_* that is wished for, or NONE where the card has no such.
  private static func filter(_ wish: StampingWish.Filter, _ has: UInt32) -> Int32 {
    func first(_ filters: Int32...) -> Int32 {
      for filter in filters where filter >= 0 && has & 1 << UInt32(filter) != 0 { return filter }
      return clinux_hwtstamp_filter_none
    }
    switch wish {
    case .auto: return first(clinux_hwtstamp_filter_all, clinux_hwtstamp_filter_ntp_all)
    case .all: return first(clinux_hwtstamp_filter_all)
    case .ntp: return first(clinux_hwtstamp_filter_ntp_all, clinux_hwtstamp_filter_all)
    case .ptp: return first(clinux_hwtstamp_filter_ptp, clinux_hwtstamp_filter_all)
    case .none: return clinux_hwtstamp_filter_none
    }
  }

  /// Switches on; a driver that promised a filter and refuses it is asked for TX stamps alone. 0, or the errno.
  private static func set(
    _ stamping: inout clinux_stamping_t, _ filter: Int32, _ name: String, _ calls: StampingCalls
  ) -> Int32 {
    stamping = clinux_stamping_t(tx_type: clinux_hwtstamp_tx_on, rx_filter: filter)
    var result = calls.set(name, &stamping)
    if result < 0, 0 &- result != EPERM, filter != clinux_hwtstamp_filter_none {
      stamping = clinux_stamping_t(tx_type: clinux_hwtstamp_tx_on, rx_filter: clinux_hwtstamp_filter_none)
      result = calls.set(name, &stamping)
    }
    return result < 0 ? 0 &- result : 0
  }

  /// The card's clock, opened once for all of its interfaces.
  private mutating func device(_ number: Int32, _ calls: PHCCalls) throws(KernelError) -> Int {
    let path = "/dev/ptp\(number)"
    if let known = devices.firstIndex(where: { $0.path == path }) { return known }
    devices.append(try PHCDevice(path: path, calls: calls))
    return devices.count - 1
  }
}
