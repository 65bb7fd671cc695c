// SPDX-License-Identifier: Apache-2.0

import ProviderKit
import TimeTypes

extension ReceiverSlot {
  /// A device's handles and a stream's are in rows of their own.
  var isDevice: Bool {
    switch settings.place {
    case .line, .memory: true
    case .gpsd, .gpsdSocket, .datagrams: false
    }
  }
}

/// Opening and losing the lines to receivers. [control or capture]
extension GNSSProvider {
  func openLine(_ index: Int, now: RawInstant) {
    guard !hasWrongSettings else { return }
    let opened: Result<UInt32, SocketError>
    switch slots[index].settings.place {
    case .line(let path, let speed, _): opened = host.devices.open(.serial(speed: speed), path: path)
    case .memory(let unit, let trusts):
      opened = host.devices.open(.sharedMemory(), path: "shm:\(unit)", flags: trusts ? .anyOwner : [])
    case .datagrams(let path): opened = host.streams.open(.unixDatagramListener(path, mode: 0o660))
    case .gpsdSocket(let path, _): opened = host.streams.open(.unix(path))
    case .gpsd(let name, _, _):
      slots[index].line = .resolving
      let status = host.resolve(name, token: UInt64(slots[index].key))
      if status != .ok { lose(index, "\(name) could not be looked up: \(status.text)") }
      return
    }
    stands(index, opened)
  }

  /// The name of gpsd's host was looked up.
  func placeFound(_ index: Int, _ status: Status, _ addresses: AddressList, reason: String) {
    guard case .gpsd(let name, let port, _) = slots[index].settings.place, slots[index].line == .resolving else {
      return
    }
    guard !hasWrongSettings else {
      slots[index].line = .closed(until: host.nowRaw)
      return
    }
    guard status == .ok, addresses.count > 0 else {
      return lose(index, "\(name) has no address: \(reason.isEmpty ? status.text : reason)")
    }
    stands(index, host.streams.open(.tcp(addresses[0].with(port: port)), timeout: 5000))
  }

  private func stands(_ index: Int, _ opened: Result<UInt32, SocketError>) {
    switch opened {
    case .success(let handle) where slots[index].isDevice:
      slots[index].begin(handle)
      found(index)
    case .success(let handle): slots[index].line = .opening(handle)
    case .failure(let error): lose(index, reason(index, error.status))
    }
  }

  func streamStands(_ index: Int, _ stream: UInt32, _ status: Status) {
    guard status == .ok else { return lose(index, reason(index, status)) }
    slots[index].begin(stream)
    if slots[index].settings.place.isGPSD { askToWatch(index, stream) }
    found(index)
  }

  /// gpsd speaks when it is told to (gpsd_json(5)).
  private func askToWatch(_ index: Int, _ stream: UInt32) {
    let device: String
    switch slots[index].settings.place {
    case .gpsd(_, _, let wanted), .gpsdSocket(_, let wanted): device = wanted
    default: device = ""
    }
    let only = device.isEmpty ? "" : ",\"device\":\"\(device)\""
    let request = Array("?WATCH={\"enable\":true,\"json\":true,\"pps\":true\(only)};\n".utf8)
    if host.streams.send(stream, request.span) < request.count { lose(index, "gpsd takes no request") }
  }

  /// A device went, or came again; the host has the same handle for it.
  func lineChanged(_ index: Int, _ handle: UInt32, _ status: Status) {
    if status == .ok {
      slots[index].begin(handle)
      found(index)
    } else {
      slots[index].line = .gone(handle)
      tellTrouble(index, "it is gone: unplugged, or hung up")
    }
  }

  /// There is no line: it is tried again after a pause.
  func lose(_ index: Int, _ reason: String) {
    closeLine(index)
    slots[index].line = .closed(until: host.nowRaw + slots[index].pause)
    slots[index].pause = min(slots[index].pause + slots[index].pause, ReceiverSlot.longestPause)
    tellTrouble(index, reason)
  }

  private func tellTrouble(_ index: Int, _ reason: String) {
    slots[index].receiver.interrupt()
    slots[index].trouble = reason
    if !slots[index].isTold {
      slots[index].isTold = true
      host.event(.referenceLost, source: slots[index].source, "\(slots[index].settings.place.text): \(reason)")
    }
    publishInfo(index)
  }

  private func found(_ index: Int) {
    if slots[index].isTold {
      slots[index].isTold = false
      host.event(.referenceFound, source: slots[index].source, "\(slots[index].settings.place.text) is there")
    }
    publishInfo(index)
  }

  func closeLine(_ index: Int) {
    switch slots[index].line {
    case .open(let handle), .gone(let handle), .opening(let handle):
      if slots[index].isDevice { host.devices.close(handle) } else { host.streams.close(handle) }
    case .closed, .resolving: break
    }
    slots[index].line = .closed(until: RawInstant(nanoseconds: .max))
  }

  /// What is wrong, and what would be right.
  private func reason(_ index: Int, _ status: Status) -> String {
    switch (slots[index].settings.place, status) {
    case (.line, .notFound): "there is no such serial device"
    case (.line, .permission): "tompiond may not open it: give its user the device's group (dialout)"
    case (.line, .addressInUse), (.line, .again): "somebody else reads it"
    case (.line, .invalid): "it is no serial line, or cannot be set to that speed"
    case (.memory, .notFound): "nobody has made that segment yet"
    case (.memory(let unit, _), .permission):
      unit < 2
        ? "only root may read units 0 and 1: have the other program write unit 2 or above"
        : "it is another user's, or others may write it; any_owner = true believes it all the same"
    case (.datagrams, .addressInUse): "another program listens there"
    case (.datagrams, .invalid):
      "a symbolic link, or something that is no socket, is there: remove it, or write another path"
    case (.datagrams, .permission): "tompiond may not make a socket there"
    case (.datagrams, .notFound): "there is no such directory"
    case (.gpsd, .unreachable), (.gpsdSocket, .unreachable), (.gpsdSocket, .notFound): "no gpsd answers there"
    default: status.text
    }
  }
}
