// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import ProviderHost
import TimeTypes

/// A backend in a test's hands: time stands still unless moved, and everything asked for is written down.
final class TestBackend: ProviderBackend {
  weak var instance: ProviderInstance?
  var now = RawInstant(nanoseconds: 1_000_000_000)
  var armed: [UInt32: RawInstant] = [:]
  var sent: [[UInt8]] = []
  var opened: [tompion_socket_options_t] = []
  var closed: [UInt32] = []
  var questions: [(name: String, token: UInt64)] = []
  var pollRequested = false
  var detached = 0
  /// Added to `now` by each reading, so that calls can take long.
  var perReading: Int64 = 0

  func attach(_ instance: ProviderInstance) { self.instance = instance }
  func detach() { detached += 1 }
  func rawNow() -> RawInstant {
    now = now + TimeInterval(nanoseconds: perReading)
    return now
  }
  func read(_ clock: ClockID) -> Stamp? {
    guard clock == .system else { return nil }
    return Stamp(
      clock: .system, kind: .user, era: ClockEra(rawValue: 3),
      time: TimeInterval(nanoseconds: 1_700_000_000_000_000_000 + now.nanoseconds), raw: now, errorNanoseconds: 25)
  }
  func fillRandom(_ bytes: UnsafeMutableRawBufferPointer) {
    for i in bytes.indices { bytes[i] = UInt8(truncatingIfNeeded: i) }
  }
  func openSocket(_ options: tompion_socket_options_t) -> SocketOpening {
    opened.append(options)
    return .opened(UInt32(opened.count))
  }
  func closeSocket(_ socket: UInt32) { closed.append(socket) }
  func send(_ packets: UnsafeBufferPointer<tompion_packet_t>, socket: UInt32) -> UInt32 {
    for packet in packets { sent.append(Array(UnsafeBufferPointer(start: packet.bytes, count: Int(packet.length)))) }
    return UInt32(packets.count)
  }
  func localAddress(socket: UInt32) -> tompion_address_t? { nil }
  func localNetworks() -> [LocalNetwork] { [] }
  func interfaceIndex(named name: String) -> UInt32 { name == "lo" ? 1 : 0 }
  func portHolder(of address: tompion_address_t) -> String { "chronyd, pid 812" }
  func arm(timer: UInt32, deadline: RawInstant) -> Bool {
    armed[timer] = deadline
    return true
  }
  func disarm(timer: UInt32) { armed[timer] = nil }
  func startResolve(_ name: String, family: UInt8, token: UInt64) -> tompion_status {
    questions.append((name, token))
    return TOMPION_OK
  }
  func clockPage(_ clock: ClockID) -> UnsafePointer<tompion_clock_page_t>? { nil }
  func requestPoll() { pollRequested = true }
}
