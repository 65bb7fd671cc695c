// SPDX-License-Identifier: Apache-2.0

import CTompionProvider

/// The host's C tables of `MockHost`: each function finds its host by host_data.
struct MockTables: @unchecked Sendable {
  static let shared = MockTables()

  let source: UnsafeMutablePointer<tompion_source_t>
  let packets: UnsafeMutablePointer<tompion_packet_io_t>
  let timers: UnsafeMutablePointer<tompion_timer_t>
  let log: UnsafeMutablePointer<tompion_log_t>
  let event: UnsafeMutablePointer<tompion_event_t>
  let resolve: UnsafeMutablePointer<tompion_resolve_t>
  let settings: UnsafeMutablePointer<tompion_settings_t>
  let clockInfo: UnsafeMutablePointer<tompion_clock_info_host_t>
  let devices: UnsafeMutablePointer<tompion_device_io_t>

  static func host() -> tompion_host_t {
    var table = tompion_host_t()
    table.size = UInt32(MemoryLayout<tompion_host_t>.size)
    table.abi_major = UInt16(TOMPION_ABI_MAJOR)
    table.name = UnsafePointer(name)
    table.version = UnsafePointer(name)
    table.publish = { host, samples, count in
      guard let mock = MockHost.of(host), let samples else { return 0 }
      for index in 0..<Int(count) { mock.samples.append(samples[index]) }
      return count
    }
    table.now_raw = { MockHost.of($0)?.raw ?? 0 }
    table.now = { host, clock, stamp in
      guard let mock = MockHost.of(host), clock == 0, let stamp else { return TOMPION_NOT_FOUND }
      stamp.pointee = mock.stamp(kind: TOMPION_STAMP_USER)
      return TOMPION_OK
    }
    table.random = { host, bytes, count in
      guard let mock = MockHost.of(host), let bytes else { return }
      for index in 0..<Int(count) {
        bytes.storeBytes(of: UInt8(truncatingIfNeeded: mock.random()), toByteOffset: index, as: UInt8.self)
      }
    }
    table.request_poll = { MockHost.of($0)?.pollRequests += 1 }
    table.get_extension = { host, id in
      guard let mock = MockHost.of(host), let id else { return nil }
      let name = String(cString: id)
      guard !mock.missing.contains(name) else { return nil }
      if let own = mock.extensions[name] { return own }
      switch name {
      case TOMPION_SOURCE_ID: return UnsafeRawPointer(MockTables.shared.source)
      case TOMPION_PACKET_IO_ID: return UnsafeRawPointer(MockTables.shared.packets)
      case TOMPION_TIMER_ID: return UnsafeRawPointer(MockTables.shared.timers)
      case TOMPION_LOG_ID: return UnsafeRawPointer(MockTables.shared.log)
      case TOMPION_EVENT_ID: return UnsafeRawPointer(MockTables.shared.event)
      case TOMPION_RESOLVE_ID: return UnsafeRawPointer(MockTables.shared.resolve)
      case TOMPION_SETTINGS_ID: return UnsafeRawPointer(MockTables.shared.settings)
      case TOMPION_CLOCK_INFO_ID: return UnsafeRawPointer(MockTables.shared.clockInfo)
      case TOMPION_DEVICE_IO_ID: return UnsafeRawPointer(MockTables.shared.devices)
      default: return nil
      }
    }
    return table
  }

  private nonisolated(unsafe) static let name: UnsafeMutablePointer<CChar> = {
    let text = Array("mock".utf8CString)
    let pointer = UnsafeMutablePointer<CChar>.allocate(capacity: text.count)
    pointer.initialize(from: text, count: text.count)
    return pointer
  }()

  private init() {
    func make<Table>(_ empty: Table) -> UnsafeMutablePointer<Table> {
      let pointer = UnsafeMutablePointer<Table>.allocate(capacity: 1)
      pointer.initialize(to: empty)
      UnsafeMutableRawPointer(pointer).storeBytes(of: UInt32(MemoryLayout<Table>.size), as: UInt32.self)
      return pointer
    }
    source = make(tompion_source_t())
    packets = make(tompion_packet_io_t())
    timers = make(tompion_timer_t())
    log = make(tompion_log_t())
    event = make(tompion_event_t())
    resolve = make(tompion_resolve_t())
    settings = make(tompion_settings_t())
    clockInfo = make(tompion_clock_info_host_t())
    devices = make(tompion_device_io_t())
    fillSource()
    fillPackets()
    fillServices()
    MockDevice.fill(devices)
  }

  private func fillSource() {
    source.pointee.add = { host, info, id in
      guard let mock = MockHost.of(host), let info, let id else { return TOMPION_INVALID }
      id.pointee = mock.nextSource
      mock.sources[mock.nextSource] = info.pointee
      mock.nextSource += 1
      return TOMPION_OK
    }
    source.pointee.update = { host, id, info in
      guard let mock = MockHost.of(host), let info, mock.sources[id] != nil else { return TOMPION_NOT_FOUND }
      mock.sources[id] = info.pointee
      return TOMPION_OK
    }
    source.pointee.remove = { host, id in
      guard let mock = MockHost.of(host), mock.sources.removeValue(forKey: id) != nil else { return TOMPION_NOT_FOUND }
      mock.removedSources.append(id)
      return TOMPION_OK
    }
  }

  private func fillPackets() {
    packets.pointee.open = { host, options, socket in
      guard let mock = MockHost.of(host), let options, let socket else { return TOMPION_INVALID }
      if let status = mock.nextOpenStatus {
        mock.nextOpenStatus = nil
        return status
      }
      if let status = mock.openStatus[options.pointee.peer.family], status != TOMPION_OK { return status }
      socket.pointee = mock.nextSocket
      mock.sockets[mock.nextSocket] = options.pointee
      mock.nextSocket += 1
      mock.socketsOpened += 1
      return TOMPION_OK
    }
    packets.pointee.close = { host, socket in MockHost.of(host)?.sockets[socket] = nil }
    packets.pointee.send = { host, socket, packets, count in
      guard let mock = MockHost.of(host), let packets, mock.takesPackets, mock.sockets[socket] != nil else { return 0 }
      for index in 0..<Int(count) {
        let packet = packets[index]
        let bytes = (0..<Int(packet.length)).map { packet.bytes[$0] }
        let wantsStamp = packet.flags & TOMPION_PACKET_WANT_TX_STAMP != 0
        mock.sent.append(
          .init(
            socket: socket, bytes: bytes, token: wantsStamp ? packet.tx_token : nil, raw: mock.raw, peer: packet.peer))
      }
      return count
    }
    packets.pointee.local_address = { host, socket, address in
      guard let mock = MockHost.of(host), let options = mock.sockets[socket], let address else {
        return TOMPION_NOT_FOUND
      }
      address.pointee = options.local
      return TOMPION_OK
    }
    packets.pointee.local_networks = { _, addresses, lengths, indices, capacity in
      if capacity > 0 {
        addresses?.pointee.bytes.0 = 192
        addresses?.pointee.family = UInt8(TOMPION_FAMILY_IPV4)
        lengths?.pointee = 24
        indices?.pointee = 2
      }
      return 1
    }
    packets.pointee.interface_index = { host, name in
      guard let name else { return 0 }
      return MockHost.of(host)?.interfaces[String(cString: name)] ?? 0
    }
    packets.pointee.port_holder = { _, _, text, capacity in
      let name = "chronyd, pid 812"
      guard let text, Int(capacity) > name.utf8.count else { return 0 }
      for (index, byte) in name.utf8.enumerated() { text[index] = CChar(bitPattern: byte) }
      return UInt32(name.utf8.count)
    }
  }

  private func fillServices() {
    timers.pointee.arm = { host, timer, deadline in
      MockHost.of(host)?.timers[timer] = deadline
      return TOMPION_OK
    }
    timers.pointee.disarm = { host, timer in MockHost.of(host)?.timers[timer] = nil }
    log.pointee.write = { host, _, text in
      if let text { MockHost.of(host)?.logs.append(String(cString: text)) }
    }
    event.pointee.raise = { host, number, source, text in
      if let text { MockHost.of(host)?.events.append((number, source, String(cString: text))) }
    }
    resolve.pointee.start = { host, name, family, token in
      guard let mock = MockHost.of(host), let name else { return TOMPION_INVALID }
      mock.lookups.append((String(cString: name), family, token))
      return TOMPION_OK
    }
    settings.pointee.count = { UInt32(MockHost.of($0)?.settings.count ?? 0) }
    settings.pointee.at = { host, index, setting in
      guard let mock = MockHost.of(host), Int(index) < mock.settings.count, let setting else {
        return TOMPION_NOT_FOUND
      }
      let entry = mock.settings[Int(index)]
      setting.pointee = entry.value
      setting.pointee.path = UnsafePointer(entry.path)
      setting.pointee.string = UnsafePointer(entry.text)
      return TOMPION_OK
    }
    settings.pointee.refuse = { host, index, text in
      if let text { MockHost.of(host)?.refusals.append((index, String(cString: text))) }
    }
    clockInfo.pointee.page = { host, clock in
      guard let mock = MockHost.of(host), clock == 0 else { return nil }
      return UnsafePointer(mock.page)
    }
  }
}
