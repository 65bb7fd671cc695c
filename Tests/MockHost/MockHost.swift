// SPDX-License-Identifier: Apache-2.0

public import CTompionProvider
import Numerics

/// A host in memory that drives a provider through the C tables alone: time, clock, sockets, timers and answers are the test's.
///
/// Single-threaded. Nothing happens by itself: `advance` fires timers, `deliver` brings packets.
public final class MockHost {
  public struct Sent {
    public var socket: UInt32
    public var bytes: [UInt8]
    public var token: UInt64?
    public var raw: Int64
    public var peer: tompion_address_t
  }

  /// CLOCK_MONOTONIC_RAW.
  public var raw: Int64 = 1_000_000_000
  /// The system clock minus the raw clock.
  public var clockOffset: Int64 = 1_800_000_000_000_000_000
  public var era: UInt32 = 0
  public var samples: [tompion_sample_t] = []
  public var sources: [UInt32: tompion_source_info_t] = [:]
  public var removedSources: [UInt32] = []
  public var sockets: [UInt32: tompion_socket_options_t] = [:]
  public var socketsOpened = 0
  public var sent: [Sent] = []
  public var timers: [UInt32: Int64] = [:]
  public var lookups: [(name: String, family: UInt8, token: UInt64)] = []
  public var refusals: [(index: UInt32, text: String)] = []
  public var logs: [String] = []
  public var events: [(number: UInt32, source: UInt32, text: String)] = []
  public var pollRequests = 0
  /// Answers of the socket's open: status by family, OK where there is none.
  public var openStatus: [UInt8: Int32] = [:]
  /// What the next socket's open says.
  public var nextOpenStatus: Int32?
  /// Name and index.
  public var interfaces: [String: UInt32] = ["eth0": 2]
  /// False: sends are refused.
  public var takesPackets = true
  /// Extensions that this host does not have.
  public var missing: Set<String> = []
  /// Devices that are open, by handle.
  public var devices: [UInt32: MockDevice] = [:]
  /// Paths that cannot be opened, and why; and those that can be, but not with both edges.
  public var deviceStatus: [String: Int32] = [:]
  public var singleEdged: Set<String> = []
  /// Tables of a test's own, by id.
  public var extensions: [String: UnsafeRawPointer] = [:]

  let table: UnsafeMutablePointer<tompion_host_t>
  var settings: [(path: UnsafeMutablePointer<CChar>, text: UnsafeMutablePointer<CChar>, value: tompion_setting_t)] = []
  var nextSocket: UInt32 = 1
  var nextSource: UInt32 = 1
  var nextDevice: UInt32 = 1
  var sequence: SplitMix64
  let page: UnsafeMutablePointer<tompion_clock_page_t>
  public private(set) var provider: UnsafePointer<tompion_provider_t>?

  public init(seed: UInt64 = 1) {
    sequence = SplitMix64(seed: seed)
    table = .allocate(capacity: 1)
    page = .allocate(capacity: 1)
    page.initialize(to: tompion_clock_page_t())
    page.pointee.size = UInt32(MemoryLayout<tompion_clock_page_t>.size)
    table.initialize(to: MockTables.host())
    table.pointee.host_data = Unmanaged.passUnretained(self).toOpaque()
  }

  deinit {
    close()
    table.deallocate()
    page.deallocate()
    for setting in settings {
      setting.path.deallocate()
      setting.text.deallocate()
    }
  }

  static func of(_ host: UnsafePointer<tompion_host_t>?) -> MockHost? {
    guard let data = host?.pointee.host_data else { return nil }
    return Unmanaged<MockHost>.fromOpaque(data).takeUnretainedValue()
  }

  func random() -> UInt64 { sequence.next() }

  /// The host table's version and size, to be falsified by a test.
  public var hostTable: UnsafeMutablePointer<tompion_host_t> { table }
}

/// The way of a provider, by the C tables.
extension MockHost {
  /// False = refused.
  @discardableResult
  public func open(_ module: UnsafePointer<tompion_module_t>, id: String) -> Bool {
    provider = module.pointee.open(id, table)
    return provider != nil
  }

  public func initialize() -> Int32 { provider.map { $0.pointee.`init`($0) } ?? TOMPION_WRONG_STATE }
  public func start() -> Int32 { provider.map { $0.pointee.start($0) } ?? TOMPION_WRONG_STATE }
  public func stop() { if let provider { provider.pointee.stop(provider) } }

  /// The table stays known, so that a test can call it after its end.
  public func close() { if let provider { provider.pointee.close(provider) } }

  public func command(_ kind: Int32, source: UInt32 = 0, value: Int64 = 0) -> Int32 {
    guard let provider else { return TOMPION_WRONG_STATE }
    var command = tompion_command_t()
    command.size = UInt32(MemoryLayout<tompion_command_t>.size)
    command.kind = UInt32(bitPattern: kind)
    command.source = source
    command.value = value
    return provider.pointee.command(provider, &command)
  }

  public func receiver<Table>(_ id: String, as type: Table.Type) -> UnsafePointer<Table>? {
    guard let provider, let found = provider.pointee.get_extension(provider, id) else { return nil }
    return found.assumingMemoryBound(to: Table.self)
  }

  /// The regular call.
  public func poll() { if let provider { provider.pointee.poll(provider, raw) } }

  /// Fires timers in order until none is due by then, and sets the raw clock.
  public func advance(to raw: Int64) {
    let receiver = receiver(TOMPION_TIMER_ID, as: tompion_timer_receiver_t.self)
    while let (timer, deadline) = timers.min(by: { ($0.value, $0.key) < ($1.value, $1.key) }), deadline <= raw {
      timers[timer] = nil
      self.raw = max(self.raw, deadline)
      if let provider, let receiver { receiver.pointee.expired(provider, timer, self.raw) }
    }
    self.raw = max(self.raw, raw)
  }

  public func advance(by nanoseconds: Int64) { advance(to: raw + nanoseconds) }

  /// The system clock as a stamp.
  public func stamp(kind: Int32, raw: Int64? = nil) -> tompion_stamp_t {
    var stamp = tompion_stamp_t()
    stamp.raw_nanoseconds = raw ?? self.raw
    stamp.nanoseconds = stamp.raw_nanoseconds + clockOffset
    stamp.era = era
    stamp.kind = UInt8(kind)
    return stamp
  }

  /// Brings datagrams to a socket in one batch; returns the replies made in place.
  @discardableResult
  public func deliver(
    _ datagrams: [[UInt8]], socket: UInt32, peer: tompion_address_t = tompion_address_t(), truncated: Bool = false,
    kind: Int32 = TOMPION_STAMP_KERNEL
  ) -> [[UInt8]] {
    guard let provider,
      let receiver = receiver(TOMPION_PACKET_IO_ID, as: tompion_packet_receiver_t.self)
    else { return [] }
    var packets: [tompion_packet_t] = []
    for datagram in datagrams {
      var packet = tompion_packet_t()
      packet.bytes = .allocate(capacity: max(1, datagram.count))
      packet.bytes.initialize(repeating: 0, count: max(1, datagram.count))
      for (index, byte) in datagram.enumerated() { packet.bytes[index] = byte }
      packet.capacity = UInt32(datagram.count)
      packet.length = UInt32(datagram.count)
      packet.peer = peer
      packet.stamp = stamp(kind: kind)
      if truncated { packet.flags = TOMPION_PACKET_TRUNCATED }
      packets.append(packet)
    }
    receiver.pointee.receive(provider, nil, socket, &packets, UInt32(packets.count))
    return packets.map { packet in
      defer { packet.bytes.deallocate() }
      return (0..<Int(packet.reply_length)).map { packet.bytes[$0] }
    }
  }

  public func transmitted(token: UInt64, socket: UInt32, stamp: tompion_stamp_t) {
    guard let provider, let receiver = receiver(TOMPION_PACKET_IO_ID, as: tompion_packet_receiver_t.self) else {
      return
    }
    var record = tompion_transmitted_t(tx_token: token, socket: socket, reserved: 0, stamp: stamp)
    receiver.pointee.transmitted(provider, &record, 1)
  }

  public func failed(socket: UInt32, status: Int32) {
    guard let provider, let receiver = receiver(TOMPION_PACKET_IO_ID, as: tompion_packet_receiver_t.self) else {
      return
    }
    receiver.pointee.failed(provider, socket, status)
  }

  /// Answers a look-up.
  public func resolved(token: UInt64, status: Int32, addresses: [tompion_address_t], text: String = "") {
    guard let provider, let receiver = receiver(TOMPION_RESOLVE_ID, as: tompion_resolve_receiver_t.self) else { return }
    receiver.pointee.resolved(provider, token, status, addresses, UInt32(addresses.count), text)
  }
}

/// Settings.
extension MockHost {
  private func add(_ path: String, type: Int32, text: String = "", integer: Int64 = 0, real: Double = 0) {
    func copy(_ text: String) -> UnsafeMutablePointer<CChar> {
      let bytes = Array(text.utf8CString)
      let pointer = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
      pointer.initialize(from: bytes, count: bytes.count)
      return pointer
    }
    var value = tompion_setting_t()
    value.size = UInt32(MemoryLayout<tompion_setting_t>.size)
    value.type = UInt32(type)
    value.integer = integer
    value.real = real
    value.line = UInt32(settings.count + 1)
    settings.append((copy(path), copy(text), value))
  }

  public func set(_ path: String, _ text: String) { add(path, type: TOMPION_SETTING_STRING, text: text) }
  public func set(_ path: String, _ number: Int64) {
    add(path, type: TOMPION_SETTING_INTEGER, integer: number, real: Double(number))
  }
  public func set(_ path: String, _ number: Double) { add(path, type: TOMPION_SETTING_REAL, real: number) }
  public func set(_ path: String, _ flag: Bool) { add(path, type: TOMPION_SETTING_BOOLEAN, integer: flag ? 1 : 0) }

  public func clearSettings() {
    for setting in settings {
      setting.path.deallocate()
      setting.text.deallocate()
    }
    settings = []
  }

  /// What the clock page says.
  public func setClock(_ info: tompion_clock_info_t) {
    withUnsafeBytes(of: info) { bytes in
      withUnsafeMutableBytes(of: &page.pointee.words) { $0.copyMemory(from: bytes) }
    }
  }
}
