// SPDX-License-Identifier: Apache-2.0

package import CTompionProvider
import LinuxKernel
import TimeTypes

/// Sockets: opening, finding and closing them, and what the host knows of its network. [capture, or control before the start]
extension KernelBackend {
  func socket(_ handle: UInt32) -> UDPSocket? {
    index(of: handle).flatMap { places[$0].socket }
  }

  /// Where an open socket is.
  func index(of handle: UInt32) -> Int? {
    guard handle != 0 else { return nil }
    for index in 0..<used where places[index].handle == handle { return index }
    return nil
  }

  package func openSocket(_ options: tompion_socket_options_t) -> SocketOpening {
    guard options.receive_capacity <= UInt32(Self.longestDatagram) else { return .failed(TOMPION_INVALID) }
    var wanted = UDPSocketOptions(options)
    // The minimal profile makes no thread.
    let workers = wanted.peer == nil && loop.profile == .full ? Int(options.workers) : 1
    wanted.sharePort = workers > 1
    wanted.isFirstOfPort = workers > 1
    let opening = open(wanted, handle: lastHandle &+ 1)
    if case .opened(let handle) = opening, workers > 1 { share(handle, wanted, workers) }
    return opening
  }

  /// Opens a socket of that number; for the other workers, the number that the owner's has.
  func open(_ options: UDPSocketOptions, handle: UInt32) -> SocketOpening {
    guard let index = freePlace() else { return .failed(TOMPION_AGAIN) }
    do throws(KernelError) {
      var wanted = options
      if loop.profile == .full { wanted.hardware = clocks.hardwareInterfaces }
      let socket: UDPSocket
      if let closed = places[index].socket {
        closed.take(try opener.openDatagram(wanted, loop.profile), wanted)
        socket = closed
      } else {
        let opened = try opener.openDatagram(wanted, loop.profile)
        socket = UDPSocket(opened, wanted, profile: loop.profile, errorBuffer: errorBuffer)
        places[index].socket = socket
      }
      lastHandle = handle
      pollBusily(socket, wanted.interface)
      do throws(KernelError) {
        try loop.add(socket, token: Token.make(number, Token.socket, handle), inBatches: options.peer == nil)
      } catch {
        socket.close()
        throw error
      }
      places[index].handle = handle
      places[index].emptyAt = RawClock.now()
      addresses.set(index, handle: handle, SocketAddressTable.Words(socket.local))
      used = max(used, index + 1)
      return .opened(handle)
    } catch {
      return .failed(tompion_status(errno: error.errno))
    }
  }

  /// What cannot be had is said once: nothing but an interrupt is lost by it.
  private func pollBusily(_ socket: UDPSocket, _ interface: String) {
    let microseconds = busyPolling.microseconds(local: socket.local, interface: interface)
    guard microseconds > 0 else { return }
    let error = socket.pollBusily(microseconds: microseconds)
    guard error != 0, !hasToldBusyPoll else { return }
    hasToldBusyPoll = true
    instance?.log(.warning, BusyPollTable.refusal(error, microseconds: microseconds))
  }

  private func freePlace() -> Int? {
    for index in 0..<places.count where places[index].handle == 0 { return index }
    return nil
  }

  package func closeSocket(_ handle: UInt32) {
    unshare(handle)
    if let index = index(of: handle) { retire(index) }
  }

  func retire(_ index: Int) {
    guard places[index].handle != 0, let socket = places[index].socket else { return }
    loop.disarm(Token.make(number, Token.overdue, places[index].handle))
    addresses.clear(index)
    loop.remove(socket)
    socket.close()
    places[index].handle = 0
  }

  /// [any]
  package func localAddress(socket handle: UInt32) -> tompion_address_t? {
    addresses.words(of: handle).map { tompion_address_t(SocketAddress($0)) }
  }

  package func localNetworks() -> [LocalNetwork] { lookups.networks() }
  package func interfaceIndex(named name: String) -> UInt32 { lookups.interfaceIndex(named: name) }
  package func portHolder(of address: tompion_address_t) -> String { lookups.portHolder(of: address) }
}
