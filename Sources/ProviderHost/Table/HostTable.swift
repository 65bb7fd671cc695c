// SPDX-License-Identifier: Apache-2.0

package import CTompionProvider
package import TimeTypes

/// The host's side of the ABI: C functions that find their instance through `host_data` and hand on to it.
///
/// The extension tables hold functions only, so one set serves every instance for the life of the process.
enum HostTable {
  /// The instance behind a host table. Sound: `host_data` is set once to the instance, which lives until after close; a null host
  /// is a provider's mistake and answered as an error.
  static func instance(_ host: UnsafePointer<tompion_host_t>?) -> ProviderInstance? {
    guard let data = unsafe host?.pointee.host_data else { return nil }
    return unsafe Unmanaged<ProviderInstance>.fromOpaque(data).takeUnretainedValue()
  }

  /// A static string as C text. Sound: literals end with a NUL and live as long as the process.
  static func text(_ string: StaticString) -> UnsafePointer<CChar> {
    unsafe UnsafeRawPointer(string.utf8Start).assumingMemoryBound(to: CChar.self)
  }

  /// A table in memory that lives as long as the process. Sound: initialised here, never written again, never freed.
  static func immortal<Table>(_ table: Table) -> UnsafePointer<Table> {
    let memory = UnsafeMutablePointer<Table>.allocate(capacity: 1)
    unsafe memory.initialize(to: table)
    return unsafe UnsafePointer(memory)
  }

  // Every closure below: pointers are the caller's, borrowed for the call and checked for null before use.
  static func make(name: StaticString) -> tompion_host_t {
    var host = unsafe tompion_host_t()
    unsafe host.size = UInt32(MemoryLayout<tompion_host_t>.size)
    unsafe host.abi_major = UInt16(TOMPION_ABI_MAJOR)
    unsafe host.abi_minor = UInt16(TOMPION_ABI_MINOR)
    unsafe host.name = unsafe text(name)
    unsafe host.version = unsafe text("0.1.0")
    unsafe host.publish = { host, samples, count in
      guard let instance = unsafe HostTable.instance(host) else { return 0 }
      return unsafe instance.publish(samples, count: count)
    }
    unsafe host.now_raw = { host in unsafe HostTable.instance(host)?.backend.rawNow().nanoseconds ?? 0 }
    unsafe host.now = { host, clock, stamp in
      guard let instance = unsafe HostTable.instance(host), let stamp = unsafe stamp else { return TOMPION_INVALID }
      guard let reading = instance.backend.read(ClockID(rawValue: clock)) else { return TOMPION_NOT_FOUND }
      unsafe stamp.pointee = tompion_stamp_t(reading)
      return TOMPION_OK
    }
    unsafe host.random = { host, bytes, count in
      guard let instance = unsafe HostTable.instance(host), let bytes = unsafe bytes else { return }
      unsafe instance.backend.fillRandom(UnsafeMutableRawBufferPointer(start: bytes, count: Int(count)))
    }
    unsafe host.request_poll = { host in unsafe HostTable.instance(host)?.backend.requestPoll() }
    unsafe host.get_extension = { _, id in
      guard let id = unsafe id else { return nil }
      return unsafe HostTable.find(id)
    }
    return unsafe host
  }

  // Immutable after their first use, hence safe from any thread.
  nonisolated(unsafe) private static let extensions: [(id: StaticString, table: UnsafeRawPointer)] = unsafe [
    ("tompion.source/1", UnsafeRawPointer(immortal(source))),
    ("tompion.packet-io/1", UnsafeRawPointer(immortal(packetIO))),
    ("tompion.timer/1", UnsafeRawPointer(immortal(timer))),
    ("tompion.log/1", UnsafeRawPointer(immortal(log))),
    ("tompion.event/1", UnsafeRawPointer(immortal(event))),
    ("tompion.clock-info/1", UnsafeRawPointer(immortal(clockInfo))),
    ("tompion.realtime/1", UnsafeRawPointer(immortal(realtime))),
    ("tompion.resolve/1", UnsafeRawPointer(immortal(resolve))),
    ("tompion.settings/1", UnsafeRawPointer(immortal(settings))),
    ("tompion.device-io/1", UnsafeRawPointer(immortal(deviceIO))),
    ("tompion.stream/1", UnsafeRawPointer(immortal(stream))),
    ("tompion.store/1", UnsafeRawPointer(immortal(store))),
    ("tompion.secrets/1", UnsafeRawPointer(immortal(secrets))),
    ("tompion.authenticate/1", UnsafeRawPointer(immortal(authenticate))),
    ("tompion.authenticator/1", UnsafeRawPointer(immortal(authenticator))),
  ]

  /// The table of an extension, nil = the host does not have it.
  private static func find(_ id: UnsafePointer<CChar>) -> UnsafeRawPointer? {
    for index in unsafe extensions.indices {
      let entry = unsafe extensions[index]
      let length = unsafe entry.id.utf8CodeUnitCount
      guard unsafe CText.length(id, limit: length + 1) == length else { continue }
      let own = unsafe text(entry.id)
      var same = 0
      while same < length, unsafe own[same] == id[same] { same += 1 }
      if same == length { return unsafe entry.table }
    }
    return nil
  }
}

extension tompion_stamp_t {
  /// The stamp in C's shape; clock readings are on UTC.
  package init(_ stamp: Stamp) {
    self.init()
    nanoseconds = stamp.time.nanoseconds
    raw_nanoseconds = stamp.raw.nanoseconds
    error_ns = stamp.errorNanoseconds
    era = stamp.era.rawValue
    subns = stamp.time.subnanoseconds
    clock = stamp.clock.rawValue
    kind = stamp.kind.rawValue
    timescale = UInt8(TOMPION_TIMESCALE_UTC)
  }
}
