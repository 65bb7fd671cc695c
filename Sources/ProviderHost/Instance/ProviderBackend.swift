// SPDX-License-Identifier: Apache-2.0

package import CTompionProvider
package import LinuxKernel
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
  /// The clock when CLOCK_REALTIME showed that; nil = that was not of late (`realtimeMemory`).
  func stamp(realtime nanoseconds: Int64) -> Stamp?
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

  /// Opens a device (device-io/1) that the provider's settings name; handles as of sockets, in a row of their own.
  func openDevice(_ options: DeviceOptions) -> SocketOpening
  func closeDevice(_ device: UInt32)
  /// Hands bytes to a serial line, or a whole segment to memory; returns how many were taken.
  func write(_ bytes: UnsafeRawBufferPointer, device: UInt32) -> UInt32

  /// Opens a stream (stream/1) that the provider's settings name; handles as of sockets, in a row of their own.
  func openStream(_ options: StreamOptions) -> SocketOpening
  func closeStream(_ stream: UInt32, aborts: Bool)
  /// Hands bytes over; returns how many were taken.
  func send(_ bytes: UnsafeRawBufferPointer, stream: UInt32) -> UInt32
  func endStream(_ stream: UInt32) -> tompion_status
  /// nil = no connected Unix stream.
  func streamCredentials(_ stream: UInt32) -> PeerCredentials?
  /// nil = no TCP stream.
  func streamAddress(_ stream: UInt32) -> tompion_address_t?

  /// What the provider keeps (store/1); nil = this host keeps nothing.
  var store: ProviderStore? { get }
  /// Reads the file behind a setting (secrets/1); its bytes live until `closeSecret` or detach.
  func openSecret(_ setting: String, path: String, isPublic: Bool) -> SecretOpening
  /// Wipes the secret whose bytes begin at that address.
  func closeSecret(_ address: UInt)
  /// Looks at the files of secrets now, and has those asked for again that could not be read.
  func rereadSecrets()

  /// Who hands on to authenticators (authenticate/1); nil = nobody does. [any]
  var authentication: AuthenticationRouter? { get }

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

  /// How far back others' stamps are looked for.
  package static var realtimeMemory: TimeInterval { .seconds(64) }

  /// Where the disciplined clock is what others on the host stamp by: from now back.
  package func stamp(realtime nanoseconds: Int64) -> Stamp? {
    guard var stamp = read(.system) else { return nil }
    let since = stamp.time - TimeInterval(nanoseconds: nanoseconds)
    guard since > .seconds(-1), since < Self.realtimeMemory else { return nil }
    stamp.time = TimeInterval(nanoseconds: nanoseconds)
    stamp.raw = stamp.raw - since
    stamp.kind = .user
    // Even at the kernel's fastest slew it is wrong by less than a thousandth of what has passed.
    stamp.errorNanoseconds = UInt32(clamping: Int64(stamp.errorNanoseconds) + since.magnitude.nanoseconds / 1000)
    return stamp
  }

  package func openDevice(_ options: DeviceOptions) -> SocketOpening { .failed(TOMPION_UNSUPPORTED) }
  package func closeDevice(_ device: UInt32) {}
  package func write(_ bytes: UnsafeRawBufferPointer, device: UInt32) -> UInt32 { 0 }

  package var authentication: AuthenticationRouter? { nil }
  package var store: ProviderStore? { nil }
  package func openSecret(_ setting: String, path: String, isPublic: Bool) -> SecretOpening {
    .failed(TOMPION_UNSUPPORTED, "")
  }
  package func closeSecret(_ address: UInt) {}
  package func rereadSecrets() {}

  package func openStream(_ options: StreamOptions) -> SocketOpening { .failed(TOMPION_UNSUPPORTED) }
  package func closeStream(_ stream: UInt32, aborts: Bool) {}
  package func send(_ bytes: UnsafeRawBufferPointer, stream: UInt32) -> UInt32 { 0 }
  package func endStream(_ stream: UInt32) -> tompion_status { TOMPION_NOT_FOUND }
  package func streamCredentials(_ stream: UInt32) -> PeerCredentials? { nil }
  package func streamAddress(_ stream: UInt32) -> tompion_address_t? { nil }
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
