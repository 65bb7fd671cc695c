// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import ProviderHost
import TimeTypes

/// A backend in which everything works and time moves only when it is moved.
final class CheckBackend: ProviderBackend {
  private weak var instance: ProviderInstance?
  var now = RawInstant(nanoseconds: 1_000_000_000_000)
  var sockets: Set<UInt32> = []
  private var lastSocket: UInt32 = 0
  private(set) var timers: [UInt32: RawInstant] = [:]
  private(set) var questions: [UInt64] = []
  private(set) var sent = 0
  /// Departures to be reported when the next second has passed.
  private var departures: [(token: UInt64, socket: UInt32)] = []
  private(set) var polling = false
  private var seed: UInt64 = 7

  func attach(_ instance: ProviderInstance) { self.instance = instance }

  func detach() {
    sockets.removeAll()
    timers.removeAll()
    questions.removeAll()
    departures.removeAll()
    polling = false
  }

  func rawNow() -> RawInstant { now }

  func read(_ clock: ClockID) -> Stamp? {
    guard clock == .system else { return nil }
    return Stamp(
      clock: .system, kind: .user, era: ClockEra(rawValue: 0),
      time: TimeInterval(nanoseconds: 1_700_000_000_000_000_000) + (now - RawInstant(nanoseconds: 0)), raw: now)
  }

  func fillRandom(_ bytes: UnsafeMutableRawBufferPointer) {
    for index in bytes.indices {
      seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      // Sound: index is inside the buffer.
      unsafe bytes[index] = UInt8(truncatingIfNeeded: seed >> 56)
    }
  }

  func openSocket(_ options: tompion_socket_options_t) -> SocketOpening {
    guard sockets.count < 256 else { return .failed(TOMPION_AGAIN) }
    lastSocket += 1
    sockets.insert(lastSocket)
    return .opened(lastSocket)
  }

  func closeSocket(_ socket: UInt32) { sockets.remove(socket) }

  func send(_ packets: UnsafeBufferPointer<tompion_packet_t>, socket: UInt32) -> UInt32 {
    guard sockets.contains(socket) else { return 0 }
    sent += packets.count
    for index in packets.indices {
      // Sound: index is inside the buffer.
      let packet = unsafe packets[index]
      guard unsafe packet.flags & UInt32(TOMPION_PACKET_WANT_TX_STAMP) != 0, departures.count < 64 else { continue }
      unsafe departures.append((packet.tx_token, socket))
    }
    return UInt32(packets.count)
  }

  func localAddress(socket: UInt32) -> tompion_address_t? {
    guard sockets.contains(socket) else { return nil }
    var address = tompion_address_t()
    address.family = UInt8(TOMPION_FAMILY_IPV4)
    address.bytes.0 = 127
    address.bytes.3 = 1
    address.port = UInt16(truncatingIfNeeded: 40000 + socket)
    return address
  }

  func localNetworks() -> [LocalNetwork] { [] }
  func interfaceIndex(named name: String) -> UInt32 { name == "lo" ? 1 : 0 }
  func portHolder(of address: tompion_address_t) -> String { "" }

  func arm(timer: UInt32, deadline: RawInstant) -> Bool {
    guard timers.count < 1024 || timers[timer] != nil else { return false }
    timers[timer] = deadline
    return true
  }

  func disarm(timer: UInt32) { timers[timer] = nil }

  func startResolve(_ name: String, family: UInt8, token: UInt64) -> tompion_status {
    guard questions.count < 1024 else { return TOMPION_AGAIN }
    questions.append(token)
    return TOMPION_OK
  }

  func clockPage(_ clock: ClockID) -> UnsafePointer<tompion_clock_page_t>? { nil }
  func requestPoll() { polling = true }

  private func tellDepartures() {
    let left = departures
    departures.removeAll()
    for one in left {
      var report = tompion_transmitted_t()
      report.tx_token = one.token
      report.socket = one.socket
      if let stamp = read(.system) { report.stamp = tompion_stamp_t(stamp) }
      // Sound: one element, for the call.
      unsafe withUnsafePointer(to: report) { unsafe instance?.transmitted(UnsafeBufferPointer(start: $0, count: 1)) }
    }
  }

  /// Lets a second pass: reports departures, answers questions with a documentation address (RFC 5737), fires timers, polls.
  func passSecond() {
    now = now + .seconds(1)
    tellDepartures()
    let asked = questions
    questions.removeAll()
    var address = tompion_address_t()
    address.family = UInt8(TOMPION_FAMILY_IPV4)
    address.bytes = (192, 0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    for (index, token) in asked.enumerated() {
      // Sound: one element, for the call.
      unsafe withUnsafePointer(to: address) { pointer in
        let found = index % 2 == 0 ? 1 : 0
        unsafe instance?.resolved(
          token: token, status: found == 1 ? TOMPION_OK : TOMPION_NOT_FOUND,
          addresses: UnsafeBufferPointer(start: pointer, count: found), text: found == 1 ? "" : "no such name")
      }
    }
    // In the order of their numbers, so that a seed repeats a run.
    for (timer, deadline) in timers.sorted(by: { $0.key < $1.key }) where deadline <= now {
      timers[timer] = nil
      instance?.expired(timer: timer, now: now)
    }
    if polling { instance?.poll(now: now) }
  }
}
