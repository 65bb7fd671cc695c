// SPDX-License-Identifier: Apache-2.0

package import CTompionProvider
package import TimeTypes

/// Where one provider instance gets its time, sockets, timers and names from: the kernel in the daemon and in a child process
/// (`KernelBackend`), a model in virtual time (`VirtualBackend`).
///
/// Each instance has a backend of its own; several may share one loop. Calls come from the thread that runs that loop, except
/// those tagged [any]. What arrives goes back in by `ProviderInstance.receive`, `transmitted`, `failed`, `expired`, `resolved`
/// and `poll`, never from inside one of these calls.
package protocol ProviderBackend: AnyObject {
  /// Tells the backend whom to call. Once, before anything else; the reference must be unowned or weak.
  func attach(_ instance: ProviderInstance)
  /// Closes every socket, disarms every timer and forgets every question still open. The provider is being closed or restarted.
  func detach()

  /// The provider has started: other threads may now receive for it, too.
  func started()
  /// The provider is about to be stopped: nobody but the owner calls it any more when this returns.
  func stopping()

  /// CLOCK_MONOTONIC_RAW, or the simulator's counter. [any]
  func rawNow() -> RawInstant
  /// The clock as it reads now, nil = no such clock. [any]
  func read(_ clock: ClockID) -> Stamp?
  /// Unpredictable bytes (seeded in the simulator). [any]
  func fillRandom(_ bytes: UnsafeMutableRawBufferPointer)

  /// Opens a socket; the handle is never 0 and never used again by this backend.
  func openSocket(_ options: tompion_socket_options_t) -> SocketOpening
  func closeSocket(_ socket: UInt32)
  /// Queues packets, copied; returns how many were taken, from the front.
  func send(_ packets: UnsafeBufferPointer<tompion_packet_t>, socket: UInt32) -> UInt32
  /// The address a socket is bound to, nil = unknown socket. [any]
  func localAddress(socket: UInt32) -> tompion_address_t?
  /// The prefixes of this host's own interfaces.
  func localNetworks() -> [LocalNetwork]
  /// 0 = there is none of that name.
  func interfaceIndex(named name: String) -> UInt32
  /// Who holds a busy UDP port, "" = not known.
  func portHolder(of address: tompion_address_t) -> String

  /// Fires once at or after `deadline`; arming again moves it. False = too many timers.
  func arm(timer: UInt32, deadline: RawInstant) -> Bool
  func disarm(timer: UInt32)
  /// Begins a name lookup, answered by `ProviderInstance.resolved` with the token.
  func startResolve(_ name: String, family: UInt8, token: UInt64) -> tompion_status
  /// The page of a clock, nil = there is none. Lives until the instance is closed. [any]
  func clockPage(_ clock: ClockID) -> UnsafePointer<tompion_clock_page_t>?
  /// From now on calls `ProviderInstance.poll` about once a second while the instance is started. [any]
  func requestPoll()
}

extension ProviderBackend {
  package func started() {}
  package func stopping() {}
}

/// How opening a socket ended.
package enum SocketOpening {
  case opened(UInt32)
  /// TOMPION_ADDRESS_IN_USE, TOMPION_PERMISSION, TOMPION_UNREACHABLE, TOMPION_INVALID or TOMPION_ERROR.
  case failed(tompion_status)
}

/// One prefix of one interface.
package struct LocalNetwork {
  package var address: tompion_address_t
  package var prefixLength: UInt8
  package var interfaceIndex: UInt32

  package init(address: tompion_address_t, prefixLength: UInt8, interfaceIndex: UInt32) {
    self.address = address
    self.prefixLength = prefixLength
    self.interfaceIndex = interfaceIndex
  }
}
