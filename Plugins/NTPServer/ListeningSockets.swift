// SPDX-License-Identifier: Apache-2.0

import Addresses
import CTompionProvider
import ProviderKit

/// The sockets that the server waits with: opened at the start, closed at the stop.
///
/// A socket bound to an interface is bound to its index, and deaf for ever once that interface is gone, whatever gets its name later.
/// So interfaces are looked at now and then: what is lost is told of and closed, and opened again when it can be. An interface that is
/// not there at the start is waited for in the same way. The owner's thread alone uses it.
final class ListeningSockets {
  private struct Entry {
    let place: ListenPlace
    /// Of the interface that its sockets are bound to; 0 = none.
    var interface: UInt32 = 0
    var sockets: [UInt32] = []
    var isLost = false
    /// Why it could not be opened again, as last told.
    var reason = ""
  }

  private let host: Host
  private var entries: [Entry] = []
  private var flags: PacketAccess.SocketFlags = []
  private var workers: UInt32 = 1

  init(host: Host) { self.host = host }

  var isOpen: Bool { !entries.isEmpty }

  /// Something has to be looked at now and then.
  var hasInterfaces: Bool { entries.contains { !$0.place.interface.isEmpty } }

  /// Opens all of them. Anything but `.ok`: nothing stays open, and the log says why.
  func open(_ places: [ListenPlace], flags: PacketAccess.SocketFlags, workers: UInt32) -> Status {
    close()
    (self.flags, self.workers) = (flags, workers)
    for place in places.isEmpty ? [ListenPlace.everywhere] : places {
      var entry = Entry(place: place)
      let index = place.interface.isEmpty ? 0 : host.packets.interfaceIndex(place.interface) ?? 0
      if !place.interface.isEmpty, index == 0 {
        lose(&entry, "there is no such interface now")
      } else if let failure = open(&entry, on: index) {
        // An interface that has come up may get its address later.
        guard failure.status == .notFound, !place.interface.isEmpty else {
          tell(failure, "cannot listen on \(place)")
          close()
          return failure.status
        }
        lose(&entry, failure.reason)
      }
      entries.append(entry)
    }
    return .ok
  }

  func close() {
    for entry in entries { close(entry.sockets) }
    entries = []
  }

  /// Looks whether the interfaces are still those that the sockets are bound to.
  func look() {
    for position in entries.indices where !entries[position].place.interface.isEmpty {
      let name = entries[position].place.interface
      let index = host.packets.interfaceIndex(name) ?? 0
      if !entries[position].isLost {
        guard index != entries[position].interface else { continue }
        lose(&entries[position], index == 0 ? "the interface is gone" : "the interface is another one than before")
      }
      guard index != 0 else { continue }
      if let failure = open(&entries[position], on: index) {
        // An address that is not there yet is what is waited for; of anything else an operator has to know.
        if failure.status != .notFound, failure.reason != entries[position].reason {
          entries[position].reason = failure.reason
          tell(failure, "cannot listen on \(entries[position].place) again")
        }
      } else {
        entries[position].isLost = false
        entries[position].reason = ""
        host.event(.listeningAgain, "ntp-server listens on \(entries[position].place) now")
      }
    }
  }

  private func lose(_ entry: inout Entry, _ reason: String) {
    close(entry.sockets)
    entry.sockets = []
    entry.interface = 0
    entry.isLost = true
    host.event(
      .listeningLost,
      "ntp-server does not listen on \(entry.place): \(reason); it will as soon as that is possible")
  }

  private struct Failure {
    var status: Status
    var reason: String
  }

  /// What an operator has to know; that somebody else has the port is an event of its own.
  private func tell(_ failure: Failure, _ what: String) {
    if failure.status == .addressInUse {
      host.event(.portBusy, "ntp-server \(what): \(failure.reason)")
    } else {
      host.log(.error, "\(what): \(failure.reason)")
    }
  }

  /// Opens the sockets of one place; nil = they are open.
  private func open(_ entry: inout Entry, on interface: UInt32) -> Failure? {
    let place = entry.place
    entry.interface = interface
    guard let address = place.address else {
      if let failure = open(&entry, SocketAddress(ipv4: 0, port: place.port)) { return failure }
      // A host without IPv6 still serves IPv4; a busy port is an error in either.
      guard let failure = open(&entry, SocketAddress(family: .ipv6, port: place.port)) else { return nil }
      guard failure.status == .addressInUse else {
        host.log(.notice, "cannot listen on \(place) by IPv6: \(failure.reason)")
        return nil
      }
      close(entry.sockets)
      entry.sockets = []
      return failure
    }
    var local = SocketAddress(address, port: place.port)
    // A link-local address (fe80::/10) is one of its interface.
    if local.family == .ipv6, local.high >> 54 == 0x3fa { local.scope = interface }
    return open(&entry, local)
  }

  private func open(_ entry: inout Entry, _ local: SocketAddress) -> Failure? {
    switch host.packets.open(flags, local: local, interface: entry.place.interface, workers: workers) {
    case .success(let socket):
      entry.sockets.append(socket)
      return nil
    case .failure(let error): return Failure(status: error.status, reason: reason(error.status, local))
    }
  }

  private func close(_ sockets: [UInt32]) {
    for socket in sockets { host.packets.close(socket) }
  }

  private func reason(_ status: Status, _ address: SocketAddress) -> String {
    switch status {
    case .addressInUse:
      let holder = host.packets.portHolder(address)
      let who = holder.isEmpty ? "another program (run as root to learn which)" : holder
      return "UDP port \(address.port) is held by \(who); stop it, or choose another port with `listen`"
    case .permission where address.port < 1024:
      return "no permission for a port below 1024; CAP_NET_BIND_SERVICE is needed, or another port with `listen`"
    case .notFound: return "no interface has that address"
    case .unreachable: return "this host has no \(address.family == .ipv4 ? "IPv4" : "IPv6")"
    default: return status.text
    }
  }
}
