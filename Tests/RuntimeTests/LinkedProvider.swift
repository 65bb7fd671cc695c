// SPDX-License-Identifier: Apache-2.0

import BenchSubjects
import CTompionProvider
import ProviderHost
import Synchronization
import TimeTypes

@testable import Runtime

/// A provider in the test's hands, started, which publishes through the host's own table as any plugin does.
final class LinkedProvider {
  struct Refused: Error { var status: tompion_status }

  let outbox: ProviderOutbox
  let instance: ProviderInstance
  private let host: UnsafePointer<tompion_host_t>
  private let source: UnsafePointer<tompion_source_t>
  /// Commands that it was told, in order: kind, source, value.
  static let commands = Mutex<[(kind: UInt32, source: UInt32, value: Int64)]>([])

  init(number: UInt16) throws {
    let outbox = ProviderOutbox(number: number, samplesPerSecond: .max)
    self.outbox = outbox
    (instance, host, source) = try Self.open {
      try ProviderInstance(module: $0, provider: "linked", backend: StillBackend(), outbox: outbox)
    }
    try instance.initialize(settings: [])
    try instance.start()
  }

  /// As one of the daemon's providers.
  init(in hosted: HostedProvider) throws {
    outbox = hosted.outbox
    (instance, host, source) = try Self.open {
      hosted.open($0, backend: StillBackend())
      guard let instance = hosted.instance else { throw Refused(status: TOMPION_ERROR) }
      return instance
    }
    try instance.initialize(settings: [])
    try instance.start()
  }

  private static func open(_ make: (ProviderModule) throws -> ProviderInstance) throws -> (
    ProviderInstance, UnsafePointer<tompion_host_t>, UnsafePointer<tompion_source_t>
  ) {
    try opening.withLock { _ in
      let instance = try make(ProviderModule(path: "the test", pointer: module))
      guard let host = lastHost, let table = host.pointee.get_extension(host, TOMPION_SOURCE_ID) else {
        throw Refused(status: TOMPION_ERROR)
      }
      return (instance, host, table.assumingMemoryBound(to: tompion_source_t.self))
    }
  }

  deinit { instance.close() }

  func add(flags: UInt32 = 0) throws -> UInt32 {
    var info = tompion_source_info_t()
    info.size = UInt32(MemoryLayout<tompion_source_info_t>.size)
    info.flags = flags
    info.reach = 255
    info.stratum = 1
    info.min_poll = 0
    info.max_poll = 4
    var id: UInt32 = 0
    let status = source.pointee.add(host, &info, &id)
    guard status == TOMPION_OK else { throw Refused(status: status) }
    return id
  }

  func remove(_ id: UInt32) -> tompion_status { source.pointee.remove(host, id) }

  /// A measurement: the clock showed `local` at `raw` and the reference `offset` more.
  func publish(
    source: UInt32, sequence: UInt32, local: TimeInterval, offset: TimeInterval, raw: RawInstant, era: UInt32
  )
    -> Bool
  {
    var sample = tompion_sample_t()
    let reference = local + offset
    sample.size = 128
    sample.source = source
    sample.sequence = sequence
    sample.flags = UInt32(TOMPION_SAMPLE_REPLY)
    sample.local_ns = local.nanoseconds
    sample.local_subns = local.subnanoseconds
    sample.reference_ns = reference.nanoseconds
    sample.reference_subns = reference.subnanoseconds
    sample.raw_ns = raw.nanoseconds
    sample.delay_ns = 20_000
    sample.dispersion_ns = 1_000
    sample.asymmetry_bound_ns = .max
    sample.era = era
    sample.timescale = UInt8(TOMPION_TIMESCALE_UTC)
    sample.stratum = 1
    sample.precision = -20
    sample.rx_kind = UInt8(TOMPION_STAMP_USER)
    sample.tx_kind = UInt8(TOMPION_STAMP_USER)
    return host.pointee.publish(host, &sample, 1) == 1
  }

  // MARK: the module, as a plugin has it

  /// Held while an instance is opened, so that `open` finds whose it is.
  private static let opening = Mutex(())
  nonisolated(unsafe) private static var lastHost: UnsafePointer<tompion_host_t>?

  nonisolated(unsafe) private static let module = immortal(
    tompion_module_t(
      size: UInt32(MemoryLayout<tompion_module_t>.size), abi_major: UInt16(TOMPION_ABI_MAJOR),
      abi_minor: UInt16(TOMPION_ABI_MINOR), descriptor_count: 1, reserved: 0,
      descriptor: { _ in LinkedProvider.descriptor },
      open: { _, host in
        LinkedProvider.lastHost = host
        return LinkedProvider.table
      }))

  nonisolated(unsafe) private static let descriptor = immortal(
    tompion_descriptor_t(
      size: UInt32(MemoryLayout<tompion_descriptor_t>.size), capabilities: UInt32(TOMPION_CAPABILITY_INPUT),
      id: text("org.tompion.linked"), name: text("linked"), vendor: text("Tompion"), version: text("1"),
      description: text("publishes what a test tells it")))

  nonisolated(unsafe) private static let table = immortal(
    tompion_provider_t(
      size: UInt32(MemoryLayout<tompion_provider_t>.size), reserved: 0, provider_data: nil,
      descriptor: LinkedProvider.descriptor, init: { _ in TOMPION_OK }, start: { _ in TOMPION_OK }, stop: { _ in },
      close: { _ in },
      command: { _, command in
        if let command = command?.pointee {
          LinkedProvider.commands.withLock { $0.append((command.kind, command.source, command.value)) }
        }
        return TOMPION_OK
      }, poll: { _, _ in }, get_extension: { _, _ in nil }))

  private static func immortal<Table>(_ table: Table) -> UnsafePointer<Table> {
    let memory = UnsafeMutablePointer<Table>.allocate(capacity: 1)
    memory.initialize(to: table)
    return UnsafePointer(memory)
  }

  private static func text(_ string: StaticString) -> UnsafePointer<CChar> {
    UnsafeRawPointer(string.utf8Start).assumingMemoryBound(to: CChar.self)
  }
}
