// SPDX-License-Identifier: Apache-2.0

package import CTompionProvider
import LinuxKernel
package import ProviderHost
package import TimeTypes

/// A backend that has the raw counter and nothing else: for providers that only publish, here and in tests.
package final class StillBackend: ProviderBackend {
  package init() {}
  package func attach(_ instance: ProviderInstance) {}
  package func detach() {}
  package func rawNow() -> RawInstant { RawClock.now() }
  package func read(_ clock: ClockID) -> Stamp? { nil }
  package func fillRandom(_ bytes: UnsafeMutableRawBufferPointer) { for index in bytes.indices { bytes[index] = 0 } }
  package func openSocket(_ options: tompion_socket_options_t) -> SocketOpening { .failed(TOMPION_ERROR) }
  package func closeSocket(_ socket: UInt32) {}
  package func send(_ packets: UnsafeBufferPointer<tompion_packet_t>, socket: UInt32) -> UInt32 { 0 }
  package func localAddress(socket: UInt32) -> tompion_address_t? { nil }
  package func localNetworks() -> [LocalNetwork] { [] }
  package func interfaceIndex(named name: String) -> UInt32 { 0 }
  package func portHolder(of address: tompion_address_t) -> String { "" }
  package func arm(timer: UInt32, deadline: RawInstant) -> Bool { false }
  package func disarm(timer: UInt32) {}
  package func startResolve(_ name: String, family: UInt8, token: UInt64) -> tompion_status { TOMPION_NOT_FOUND }
  package func clockPage(_ clock: ClockID) -> UnsafePointer<tompion_clock_page_t>? { nil }
  package func requestPoll() {}
}
