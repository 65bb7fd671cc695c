// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import LinuxKernel
import ProviderHost
import TimeTypes

/// A backend that has the raw counter and nothing else: for a provider that only publishes.
final class StillBackend: ProviderBackend {
  func attach(_ instance: ProviderInstance) {}
  func detach() {}
  func rawNow() -> RawInstant { RawClock.now() }
  func read(_ clock: ClockID) -> Stamp? { nil }
  func fillRandom(_ bytes: UnsafeMutableRawBufferPointer) { for index in bytes.indices { bytes[index] = 0 } }
  func openSocket(_ options: tompion_socket_options_t) -> SocketOpening { .failed(TOMPION_ERROR) }
  func closeSocket(_ socket: UInt32) {}
  func send(_ packets: UnsafeBufferPointer<tompion_packet_t>, socket: UInt32) -> UInt32 { 0 }
  func localAddress(socket: UInt32) -> tompion_address_t? { nil }
  func localNetworks() -> [LocalNetwork] { [] }
  func interfaceIndex(named name: String) -> UInt32 { 0 }
  func portHolder(of address: tompion_address_t) -> String { "" }
  func arm(timer: UInt32, deadline: RawInstant) -> Bool { false }
  func disarm(timer: UInt32) {}
  func startResolve(_ name: String, family: UInt8, token: UInt64) -> tompion_status { TOMPION_NOT_FOUND }
  func clockPage(_ clock: ClockID) -> UnsafePointer<tompion_clock_page_t>? { nil }
  func requestPoll() {}
}
