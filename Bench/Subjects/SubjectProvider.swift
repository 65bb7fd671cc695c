// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import LinuxKernel
import ProviderHost
import TimeTypes

/// A provider in the program's hands, opened and started as the host does it with any plugin; it publishes through the host's own
/// table. One at a time.
final class SubjectProvider {
  let outbox: ProviderOutbox
  private let instance: ProviderInstance
  private let host: UnsafePointer<tompion_host_t>
  private let table: UnsafePointer<tompion_source_t>
  private var sequence: UInt32 = 0

  init() throws {
    outbox = ProviderOutbox(number: 1)
    instance = try ProviderInstance(
      module: ProviderModule(path: "the bench", pointer: Self.module), provider: "subject", backend: StillBackend(),
      outbox: outbox)
    guard let host = Self.opened, let table = host.pointee.get_extension(host, TOMPION_SOURCE_ID) else {
      throw SubjectError.refused("the host gave no sources")
    }
    self.host = host
    self.table = table.assumingMemoryBound(to: tompion_source_t.self)
    try instance.initialize(settings: [])
    try instance.start()
  }

  deinit { instance.close() }

  func addSource() throws -> UInt32 {
    var info = tompion_source_info_t()
    info.size = UInt32(MemoryLayout<tompion_source_info_t>.size)
    info.reach = 255
    info.stratum = 1
    info.min_poll = 0
    info.max_poll = 4
    var id: UInt32 = 0
    let status = table.pointee.add(host, &info, &id)
    guard status == TOMPION_OK else { throw SubjectError.refused("a source: \(status)") }
    return id
  }

  /// A measurement: the clock showed `now` and the reference `offset` more; false = refused.
  func publish(source: UInt32, now: Stamp, offset: TimeInterval) -> Bool {
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
      descriptor: { _ in SubjectProvider.descriptor },
      open: { _, host in
        SubjectProvider.opened = host
        return SubjectProvider.provider
      }))

  nonisolated(unsafe) private static let descriptor = immortal(
    tompion_descriptor_t(
      size: UInt32(MemoryLayout<tompion_descriptor_t>.size), capabilities: UInt32(TOMPION_CAPABILITY_INPUT),
      id: text("org.tompion.subject"), name: text("subject"), vendor: text("Tompion"), version: text("1"),
      description: text("publishes what the bench tells it")))

  nonisolated(unsafe) private static let provider = immortal(
    tompion_provider_t(
      size: UInt32(MemoryLayout<tompion_provider_t>.size), reserved: 0, provider_data: nil,
      descriptor: SubjectProvider.descriptor, init: { _ in TOMPION_OK }, start: { _ in TOMPION_OK }, stop: { _ in },
      close: { _ in }, command: { _, _ in TOMPION_OK }, poll: { _, _ in }, get_extension: { _, _ in nil }))

  private static func immortal<Table>(_ table: Table) -> UnsafePointer<Table> {
    let memory = UnsafeMutablePointer<Table>.allocate(capacity: 1)
    memory.initialize(to: table)
    return UnsafePointer(memory)
  }

  private static func text(_ string: StaticString) -> UnsafePointer<CChar> {
    UnsafeRawPointer(string.utf8Start).assumingMemoryBound(to: CChar.self)
  }
}

enum SubjectError: Error {
  case refused(String)
}
