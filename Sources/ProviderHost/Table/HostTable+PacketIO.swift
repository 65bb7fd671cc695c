// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import TimeTypes

/// packet-io/1: sockets that the backend owns.
extension HostTable {
  // Every closure: pointers are the caller's, borrowed for the call and checked for null before use.
  static var packetIO: tompion_packet_io_t {
    var table = tompion_packet_io_t()
    table.size = UInt32(MemoryLayout<tompion_packet_io_t>.size)
    unsafe table.open = { host, options, socket in
      guard let instance = unsafe HostTable.instance(host), let options = unsafe options, let socket = unsafe socket
      else {
        return TOMPION_INVALID
      }
      guard instance.isOnOwnersThread() else { return TOMPION_WRONG_ROLE }
      guard instance.permits(instance.state.isInited) else { return TOMPION_WRONG_STATE }
      guard unsafe instance.isWhole(options.pointee.size, tompion_socket_options_t.self) else { return TOMPION_INVALID }
      var copy = unsafe options.pointee
      copy.interface_name.15 = 0
      switch instance.backend.openSocket(copy) {
      case .opened(let handle):
        unsafe socket.pointee = handle
        return TOMPION_OK
      case .failed(let status): return status
      }
    }
    unsafe table.close = { host, socket in
      guard let instance = unsafe HostTable.instance(host), instance.isOnOwnersThread(),
        instance.permits(instance.state.isInited)
      else { return }
      instance.backend.closeSocket(socket)
    }
    unsafe table.send = { host, socket, packets, count in
      guard let instance = unsafe HostTable.instance(host), let packets = unsafe packets else { return 0 }
      guard instance.isOnOwnersThread(), instance.permits(instance.state == .started) else { return 0 }
      let batch = unsafe UnsafeBufferPointer(start: packets, count: Int(count))
      for index in batch.indices
      where unsafe batch[index].bytes == nil || batch[index].length > batch[index].capacity {
        instance.outbox.counters.count(.badArgument)
        return 0
      }
      return unsafe instance.backend.send(batch, socket: socket)
    }
    unsafe table.local_address = { host, socket, address in
      guard let instance = unsafe HostTable.instance(host), let address = unsafe address else { return TOMPION_INVALID }
      guard let found = instance.backend.localAddress(socket: socket) else { return TOMPION_NOT_FOUND }
      unsafe address.pointee = found
      return TOMPION_OK
    }
    unsafe table.local_networks = { host, addresses, lengths, interfaces, capacity in
      guard let instance = unsafe HostTable.instance(host), instance.permits(instance.state.isInited) else { return 0 }
      let networks = instance.backend.localNetworks()
      for (index, network) in networks.prefix(Int(capacity)).enumerated() {
        if let addresses = unsafe addresses { unsafe addresses[index] = network.address }
        if let lengths = unsafe lengths { unsafe lengths[index] = network.prefixLength }
        if let interfaces = unsafe interfaces { unsafe interfaces[index] = network.interfaceIndex }
      }
      return UInt32(networks.count)
    }
    unsafe table.interface_index = { host, name in
      guard let instance = unsafe HostTable.instance(host), let name = unsafe CText.string(name, limit: 16),
        instance.permits(instance.state.isInited)
      else { return 0 }
      return instance.backend.interfaceIndex(named: name)
    }
    unsafe table.port_holder = { host, address, text, capacity in
      guard let instance = unsafe HostTable.instance(host), let address = unsafe address, let text = unsafe text,
        capacity > 0, instance.permits(instance.state.isInited)
      else { return 0 }
      let holder = Array(unsafe instance.backend.portHolder(of: address.pointee).utf8.prefix(Int(capacity) - 1))
      for (index, byte) in holder.enumerated() { unsafe text[index] = CChar(bitPattern: byte) }
      unsafe text[holder.count] = 0
      return UInt32(holder.count)
    }
    return table
  }
}

extension ProviderInstance {
  /// Counts a call in a wrong state.
  func permits(_ allowed: Bool) -> Bool {
    if !allowed { outbox.counters.count(.wrongState) }
    return allowed
  }

  /// Counts a call on a worker's thread: loop, timers, sockets and buffers of the backend are its owner's, without a lock.
  func isOnOwnersThread() -> Bool {
    if WorkerThread.isCurrent { outbox.counters.count(.wrongThread) }
    return !WorkerThread.isCurrent
  }

  /// Whether a struct that the provider wrote has all of version 1.
  func isWhole<T>(_ size: UInt32, _ type: T.Type) -> Bool {
    if size >= MemoryLayout<T>.size { return true }
    outbox.counters.count(.badArgument)
    return false
  }
}
