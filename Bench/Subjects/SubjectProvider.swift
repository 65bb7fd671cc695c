// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import Glibc
import LinuxKernel
import ProviderHost
import Synchronization
import TimeTypes

/// A provider in the program's hands, opened and started as the host does it with any plugin; it publishes through the host's own
/// table what it is told to, or a sample for each packet that the host's loop brings it. One at a time.
final class SubjectProvider {
  let outbox: ProviderOutbox
  private let instance: ProviderInstance
  private let host: UnsafePointer<tompion_host_t>
  private let table: UnsafePointer<tompion_source_t>
  private var sequence: UInt32 = 0
  /// What the reference shows: a line that runs with the raw counter.
  private let start: ClockPair
  private var sources: [UInt32] = []
  private var measured = 0
  /// Samples that the host refused.
  private(set) var refused = 0
  /// Raw moment of the newest packet's stamp, ns; for another thread.
  let lastStamp = Atomic<Int64>(0)
  /// Packets whose stamp was not the kernel's.
  private(set) var withoutStamp = 0

  init(backend: any ProviderBackend, start: ClockPair) throws {
    self.start = start
    outbox = ProviderOutbox(number: 1, samplesPerSecond: .max)
    instance = try ProviderInstance(
      module: ProviderModule(path: "the bench", pointer: Self.module), provider: "subject", backend: backend,
      outbox: outbox)
    guard let host = Self.opened, let table = host.pointee.get_extension(host, TOMPION_SOURCE_ID) else {
      throw SubjectError.refused("the host gave no sources")
    }
    self.host = host
    self.table = table.assumingMemoryBound(to: tompion_source_t.self)
    try instance.initialize(settings: [])
    Self.provider.pointee.provider_data = Unmanaged.passUnretained(self).toOpaque()
    try instance.start()
  }

  deinit {
    instance.close()
    Self.provider.pointee.provider_data = nil
  }

  func addSource() throws {
    var info = tompion_source_info_t()
    info.size = UInt32(MemoryLayout<tompion_source_info_t>.size)
    info.reach = 255
    info.stratum = 1
    info.min_poll = 0
    info.max_poll = 4
    var id: UInt32 = 0
    let status = table.pointee.add(host, &info, &id)
    guard status == TOMPION_OK else { throw SubjectError.refused("a source: \(status)") }
    sources.append(id)
  }

  /// Opens a socket on loopback for packets from anybody; its port.
  func listen() throws -> UInt16 {
    guard let found = host.pointee.get_extension(host, TOMPION_PACKET_IO_ID) else {
      throw SubjectError.refused("the host gave no sockets")
    }
    let sockets = found.assumingMemoryBound(to: tompion_packet_io_t.self)
    var options = tompion_socket_options_t()
    options.size = UInt32(MemoryLayout<tompion_socket_options_t>.size)
    options.flags = UInt32(TOMPION_SOCKET_SERVER | TOMPION_SOCKET_RX_STAMPS)
    options.local.family = UInt8(TOMPION_FAMILY_IPV4)
    options.local.bytes.0 = 127
    options.local.bytes.3 = 1
    var socket: UInt32 = 0
    var address = tompion_address_t()
    guard sockets.pointee.open(host, &options, &socket) == TOMPION_OK,
      sockets.pointee.local_address(host, socket, &address) == TOMPION_OK
    else { throw SubjectError.refused("no socket on loopback") }
    return address.port
  }

  /// A measurement of the next source at that moment: with noise, and one source of three 40 µs off, so that selection has work to do.
  func measure(_ now: Stamp) {
    measured &+= 1
    let noise = TimeInterval(nanoseconds: Int64(measured % 7) &* 500 &+ (measured % 3 == 2 ? 40_000 : 0))
    let offset = start.time + noise + (now.raw - start.raw) - now.time
    if !publish(source: sources[measured % sources.count], now: now, offset: offset) { refused += 1 }
  }

  /// A batch from the host's loop: a measurement at each packet's stamp. [capture]
  private func receive(_ packets: UnsafeMutableBufferPointer<tompion_packet_t>) {
    for packet in packets {
      let stamp = packet.stamp
      if stamp.kind != UInt8(TOMPION_STAMP_KERNEL) { withoutStamp += 1 }
      measure(
        Stamp(
          clock: .system, kind: .kernel, era: ClockEra(rawValue: stamp.era),
          time: TimeInterval(nanoseconds: stamp.nanoseconds, subnanoseconds: stamp.subns),
          raw: RawInstant(nanoseconds: stamp.raw_nanoseconds), errorNanoseconds: stamp.error_ns))
      lastStamp.store(stamp.raw_nanoseconds, ordering: .releasing)
    }
  }

  /// A measurement: the clock showed `now` and the reference `offset` more; false = refused.
  private func publish(source: UInt32, now: Stamp, offset: TimeInterval) -> Bool {
    sequence &+= 1
    let reference = now.time + offset
    var sample = tompion_sample_t()
    sample.size = 128
    sample.source = source
    sample.sequence = sequence
    sample.flags = UInt32(TOMPION_SAMPLE_REPLY)
    sample.local_ns = now.time.nanoseconds
    sample.local_subns = now.time.subnanoseconds
    sample.reference_ns = reference.nanoseconds
    sample.reference_subns = reference.subnanoseconds
    sample.raw_ns = now.raw.nanoseconds
    sample.delay_ns = 20_000
    sample.dispersion_ns = 1_000
    sample.asymmetry_bound_ns = .max
    sample.era = now.era.rawValue
    sample.timescale = UInt8(TOMPION_TIMESCALE_UTC)
    sample.stratum = 1
    sample.precision = -20
    sample.rx_kind = UInt8(TOMPION_STAMP_USER)
    sample.tx_kind = UInt8(TOMPION_STAMP_USER)
    return host.pointee.publish(host, &sample, 1) == 1
  }

  // The module, as a plugin has it. Its memory lives as long as the program, as a plugin's does.

  nonisolated(unsafe) private static var opened: UnsafePointer<tompion_host_t>?

  nonisolated(unsafe) private static let module = immortal(
    tompion_module_t(
      size: UInt32(MemoryLayout<tompion_module_t>.size), abi_major: UInt16(TOMPION_ABI_MAJOR),
      abi_minor: UInt16(TOMPION_ABI_MINOR), descriptor_count: 1, reserved: 0,
      descriptor: { _ in UnsafePointer(SubjectProvider.descriptor) },
      open: { _, host in
        SubjectProvider.opened = host
        return UnsafePointer(SubjectProvider.provider)
      }))

  nonisolated(unsafe) private static let descriptor = immortal(
    tompion_descriptor_t(
      size: UInt32(MemoryLayout<tompion_descriptor_t>.size), capabilities: UInt32(TOMPION_CAPABILITY_INPUT),
      id: text("org.tompion.subject"), name: text("subject"), vendor: text("Tompion"), version: text("1"),
      description: text("publishes what the bench tells it")))

  nonisolated(unsafe) private static let provider: UnsafeMutablePointer<tompion_provider_t> = immortal(
    tompion_provider_t(
      size: UInt32(MemoryLayout<tompion_provider_t>.size), reserved: 0, provider_data: nil,
      descriptor: SubjectProvider.descriptor, init: { _ in TOMPION_OK }, start: { _ in TOMPION_OK }, stop: { _ in },
      close: { _ in }, command: { _, _ in TOMPION_OK }, poll: { _, _ in },
      get_extension: { _, id in
        guard let id, strcmp(id, TOMPION_PACKET_IO_ID) == 0 else { return nil }
        return UnsafeRawPointer(SubjectProvider.receiver)
      }))

  nonisolated(unsafe) private static let receiver = immortal(
    tompion_packet_receiver_t(
      size: UInt32(MemoryLayout<tompion_packet_receiver_t>.size), reserved: 0, worker_open: nil, worker_close: nil,
      receive: { provider, _, _, packets, count in
        guard let data = provider?.pointee.provider_data else { return }
        Unmanaged<SubjectProvider>.fromOpaque(data).takeUnretainedValue()
          .receive(UnsafeMutableBufferPointer(start: packets, count: Int(count)))
      }, transmitted: nil, failed: nil))

  private static func immortal<Table>(_ table: Table) -> UnsafeMutablePointer<Table> {
    let memory = UnsafeMutablePointer<Table>.allocate(capacity: 1)
    memory.initialize(to: table)
    return memory
  }

  private static func text(_ string: StaticString) -> UnsafePointer<CChar> {
    UnsafeRawPointer(string.utf8Start).assumingMemoryBound(to: CChar.self)
  }
}

enum SubjectError: Error {
  case refused(String)
}
