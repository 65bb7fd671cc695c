// SPDX-License-Identifier: Apache-2.0

public import CTompionProvider
public import TimeTypes

/// The host as a provider sees it: the core table and the capabilities found when the provider was opened.
///
/// A value of a few pointers, copied freely. The host guarantees that the tables live until the provider's close returns, so a
/// `Host` must not be used by anything that outlives its provider. Each function names the roles that may call it.
@safe
public struct Host: @unchecked Sendable {
  let table: UnsafePointer<tompion_host_t>
  public let sources: SourceAccess
  public let packets: PacketAccess
  public let timers: TimerAccess
  public let settings: SettingsAccess
  public let streams: StreamAccess
  public let devices: DeviceAccess
  public let secrets: SecretAccess
  public let store: StoreAccess
  public let authentication: AuthenticationAccess
  public let authenticator: AuthenticatorHost
  let logTable: UnsafePointer<tompion_log_t>?
  let eventTable: UnsafePointer<tompion_event_t>?
  let resolveTable: UnsafePointer<tompion_resolve_t>?
  let clockInfoTable: UnsafePointer<tompion_clock_info_host_t>?
  let realtimeTable: UnsafePointer<tompion_realtime_t>?

  /// Looks the capabilities up, once. `table` must live until the provider is closed. [control]
  @unsafe
  public init(_ table: UnsafePointer<tompion_host_t>) {
    // Sound: the host's table and its extension tables live until close returns (host.h), and each table is only read
    // under the id that names its type.
    func find<Table>(_ id: String, as type: Table.Type) -> UnsafePointer<Table>? {
      guard let get = unsafe table.pointee.get_extension else { return nil }
      return unsafe id.withCString { unsafe get(table, $0)?.assumingMemoryBound(to: Table.self) }
    }
    unsafe self.table = table
    unsafe sources = SourceAccess(host: table, table: find(TOMPION_SOURCE_ID, as: tompion_source_t.self))
    unsafe packets = PacketAccess(host: table, table: find(TOMPION_PACKET_IO_ID, as: tompion_packet_io_t.self))
    unsafe timers = TimerAccess(host: table, table: find(TOMPION_TIMER_ID, as: tompion_timer_t.self))
    unsafe settings = SettingsAccess(host: table, table: find(TOMPION_SETTINGS_ID, as: tompion_settings_t.self))
    unsafe streams = StreamAccess(host: table, table: find(TOMPION_STREAM_ID, as: tompion_stream_t.self))
    unsafe devices = DeviceAccess(host: table, table: find(TOMPION_DEVICE_IO_ID, as: tompion_device_io_t.self))
    unsafe secrets = SecretAccess(host: table, table: find(TOMPION_SECRETS_ID, as: tompion_secrets_t.self))
    unsafe store = StoreAccess(host: table, table: find(TOMPION_STORE_ID, as: tompion_store_t.self))
    unsafe authentication = AuthenticationAccess(
      host: table, table: find(TOMPION_AUTHENTICATE_ID, as: tompion_authenticate_t.self))
    unsafe authenticator = AuthenticatorHost(
      host: table, table: find(TOMPION_AUTHENTICATOR_ID, as: tompion_authenticator_host_t.self))
    unsafe logTable = find(TOMPION_LOG_ID, as: tompion_log_t.self)
    unsafe eventTable = find(TOMPION_EVENT_ID, as: tompion_event_t.self)
    unsafe resolveTable = find(TOMPION_RESOLVE_ID, as: tompion_resolve_t.self)
    unsafe realtimeTable = find(TOMPION_REALTIME_ID, as: tompion_realtime_t.self)
    unsafe clockInfoTable = find(TOMPION_CLOCK_INFO_ID, as: tompion_clock_info_host_t.self)
  }

  // Every call below passes the host table that the function was read from, with buffers that live for the call.

  /// Puts a sample into the provider's ring; false = the ring is full or the sample is not valid. Wait-free. [capture]
  public func publish(_ sample: Sample) -> Bool {
    guard let publish = unsafe table.pointee.publish else { return false }
    // Sample and tompion_sample_t have one layout, field by field (tested).
    return unsafe withUnsafeBytes(of: sample) { bytes in
      guard let samples = unsafe bytes.baseAddress?.assumingMemoryBound(to: tompion_sample_t.self) else { return false }
      return unsafe publish(table, samples, 1) == 1
    }
  }

  /// CLOCK_MONOTONIC_RAW, or the simulator's counter. [any]
  public var nowRaw: RawInstant {
    guard let read = unsafe table.pointee.now_raw else { return RawInstant(nanoseconds: 0) }
    return unsafe RawInstant(nanoseconds: read(table))
  }

  /// Reads a clock as now; nil = there is no such clock. [any]
  public func now(_ clock: ClockID = .system) -> Stamp? {
    guard let read = unsafe table.pointee.now else { return nil }
    var stamp = tompion_stamp_t()
    guard unsafe read(table, clock.rawValue, &stamp) == TOMPION_OK else { return nil }
    return Stamp(stamp)
  }

  /// The disciplined clock at a moment that somebody else on this host stamped by CLOCK_REALTIME, ns since 1970; nil = not of the last
  /// 64 s. A host that does not tell the two apart has one clock for both. [capture]
  public func stamp(realtime: Int64) -> Stamp? {
    if let realtimeTable = unsafe realtimeTable, let find = unsafe realtimeTable.pointee.stamp {
      var stamp = tompion_stamp_t()
      return unsafe find(table, realtime, &stamp) == TOMPION_OK ? Stamp(stamp) : nil
    }
    guard var stamp = now() else { return nil }
    let since = stamp.time - TimeInterval(nanoseconds: realtime)
    guard since > .seconds(-1), since < .seconds(64) else { return nil }
    stamp.time = TimeInterval(nanoseconds: realtime)
    stamp.raw = stamp.raw - since
    return stamp
  }

  /// 64 unpredictable bits (getrandom(2); seeded in the simulator). [any]
  public func random() -> UInt64 {
    guard let fill = unsafe table.pointee.random else { return 0 }
    var bits: UInt64 = 0
    unsafe fill(table, &bits, 8)
    return bits
  }

  /// Asks for `Provider.poll` about once a second. [any]
  public func requestPoll() {
    if let request = unsafe table.pointee.request_poll { unsafe request(table) }
  }

  /// Whether every capability is there; the log names the first that is not: "the host has no timer/1, which pulses need". [control]
  public func offers(_ capabilities: KeyValuePairs<String, Bool>, _ need: String) -> Bool {
    guard let (missing, _) = capabilities.first(where: { !$0.value }) else { return true }
    log(.error, "the host has no \(missing), which \(need)")
    return false
  }

  /// The host's name: "tompiond", "simulate", "provider-check".
  public var name: String {
    guard let name = unsafe table.pointee.name else { return "" }
    return unsafe String(cString: name)
  }
}

extension Host {
  public enum LogLevel: UInt32, Sendable {
    case error = 0
    case warning = 1
    case notice = 2
    case debug = 3
  }

  /// One line for people; dropped where the host has no log. Never blocks, but the text may be allocated: not per packet. [any]
  public func log(_ level: LogLevel, _ text: String) {
    guard let logTable = unsafe logTable, let write = unsafe logTable.pointee.write else { return }
    unsafe text.withCString { unsafe write(table, level.rawValue, $0) }
  }

  /// A numbered event (Docs/events.md; a provider's own start at 10000), about a source (0 = none). Never blocks. [any]
  public func event(_ number: UInt32, source: UInt32 = 0, _ text: String) {
    guard let eventTable = unsafe eventTable, let raise = unsafe eventTable.pointee.raise else { return }
    unsafe text.withCString { unsafe raise(table, number, source, $0) }
  }

  /// One of the catalogue's. [any]
  public func event(_ number: EventNumber, source: UInt32 = 0, _ text: String) {
    event(number.rawValue, source: source, text)
  }

  /// Looks up a name or numeric address; `Provider.resolved` answers with the token, never from inside this call.
  /// [control or capture]
  public func resolve(_ name: String, family: SocketAddress.Family = .none, token: UInt64) -> Status {
    guard let resolveTable = unsafe resolveTable, let start = unsafe resolveTable.pointee.start else {
      return .unsupported
    }
    return unsafe Status(rawValue: name.withCString { unsafe start(table, $0, family.rawValue, token) })
  }

  /// The page of a clock, to be read without a call; nil = the host has none. Keep it: it lives until close. [any]
  public func clockPage(_ clock: ClockID = .system) -> ClockPage? {
    guard let clockInfoTable = unsafe clockInfoTable, let find = unsafe clockInfoTable.pointee.page,
      let page = unsafe find(table, clock.rawValue)
    else { return nil }
    return unsafe ClockPage(page)
  }
}
