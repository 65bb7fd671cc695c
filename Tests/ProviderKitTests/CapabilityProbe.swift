// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import MockHost
import ProviderKit
import TimeTypes

/// Tables of stream/1, device-io/1, secrets/1, store/1 and authenticate/1 that write down what they are asked, and a provider that writes
/// down what it is told. One test at a time.
final class CapabilityProbe: Provider {
  nonisolated(unsafe) static var last: CapabilityProbe?
  nonisolated(unsafe) static var asked: [String] = []
  nonisolated(unsafe) static var stored: [String: [UInt8]] = [:]
  nonisolated(unsafe) static let secret: UnsafeMutablePointer<UInt8> = {
    let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: 3)
    for index in 0..<3 { bytes[index] = UInt8(index + 65) }
    return bytes
  }()
  var told: [String] = []

  override init(host: Host) {
    super.init(host: host)
    Self.last = self
  }

  static func bytes(_ span: Span<UInt8>) -> [UInt8] { (0..<span.count).map { span[$0] } }

  override func streamOpened(_ stream: UInt32, _ status: Status) { told.append("opened \(stream) \(status.text)") }
  override func streamAccepted(listener: UInt32, _ stream: UInt32, peer: SocketAddress) {
    told.append("accepted \(listener) \(stream) \(peer)")
  }
  override func streamReceived(_ stream: UInt32, _ bytes: Span<UInt8>) {
    told.append("bytes \(stream) \(Self.bytes(bytes))")
  }
  override func streamWritable(_ stream: UInt32) { told.append("writable \(stream)") }
  override func streamFailed(_ stream: UInt32, _ status: Status) { told.append("failed \(stream) \(status.text)") }
  override func deviceReceived(_ device: UInt32, _ bytes: Span<UInt8>, at stamp: Stamp) {
    told.append("device \(device) \(Self.bytes(bytes)) \(stamp.raw.nanoseconds)")
  }
  override func deviceMarked(_ mark: DeviceMark) {
    told.append("mark \(mark.device) \(mark.edge.rawValue) \(mark.sequence) \(mark.deviceTime.nanoseconds)")
  }
  override func deviceChanged(_ device: UInt32, _ status: Status) { told.append("changed \(device) \(status.text)") }
  override func secretChanged(setting: String) { told.append("secret \(setting)") }
  override func protectionDecided(_ association: UInt32, _ packet: Protection, _ bytes: Span<UInt8>) {
    told.append("decided \(association) \(packet.token) \(packet.verdict.rawValue) \(Self.bytes(bytes))")
  }
  override func associationReady(_ association: UInt32, _ status: Status, peer: SocketAddress, reason: String) {
    told.append("ready \(association) \(status.text) \(peer) \(reason)")
  }

  /// A host with all of the tables.
  static func makeHost() -> MockHost {
    asked = []
    stored = [:]
    let host = MockHost()
    host.extensions = tables
    return host
  }

  private nonisolated(unsafe) static let tables: [String: UnsafeRawPointer] = [
    TOMPION_STREAM_ID: keep(streams), TOMPION_DEVICE_IO_ID: keep(devices), TOMPION_SECRETS_ID: keep(secrets),
    TOMPION_STORE_ID: keep(store), TOMPION_AUTHENTICATE_ID: keep(authenticate),
  ]

  private static func keep<Table>(_ table: Table) -> UnsafeRawPointer {
    let pointer = UnsafeMutablePointer<Table>.allocate(capacity: 1)
    pointer.initialize(to: table)
    return UnsafeRawPointer(pointer)
  }

  private static var streams: tompion_stream_t {
    tompion_stream_t(
      size: UInt32(MemoryLayout<tompion_stream_t>.size), reserved: 0,
      open: { _, options, stream in
        guard let options = options?.pointee, let path = options.path else { return TOMPION_INVALID }
        CapabilityProbe.asked.append(
          "open \(options.flags) \(SocketAddress(options.peer)) \(SocketAddress(options.local)) "
            + "\(String(cString: path)) \(options.connect_timeout_ms) \(options.mode)")
        stream?.pointee = 9
        return String(cString: path) == "/forbidden" ? TOMPION_PERMISSION : TOMPION_OK
      },
      close: { CapabilityProbe.asked.append("close \($1) \($2)") },
      send: { _, stream, bytes, count in
        CapabilityProbe.asked.append("send \(stream) \((0..<Int(count)).map { bytes?[$0] ?? 0 })")
        return count - 1
      },
      end: {
        CapabilityProbe.asked.append("end \($1)")
        return TOMPION_OK
      },
      peer_credentials: { _, stream, process, user, group in
        process?.pointee = 1
        user?.pointee = 2
        group?.pointee = 3
        return stream == 9 ? TOMPION_OK : TOMPION_UNSUPPORTED
      },
      local_address: { _, _, address in
        address?.pointee = SocketAddress(ipv4: 0x7f00_0001, port: 77).abi
        return TOMPION_OK
      })
  }

  private static var devices: tompion_device_io_t {
    tompion_device_io_t(
      size: UInt32(MemoryLayout<tompion_device_io_t>.size), reserved: 0,
      open: { _, options, device in
        guard let options = options?.pointee, let path = options.path else { return TOMPION_INVALID }
        CapabilityProbe.asked.append(
          "device \(options.kind) \(String(cString: path)) \(options.speed) \(options.edges) \(options.channel) "
            + "\(options.pin == .max ? "leave" : "\(options.pin)") \(options.interval_ms) \(options.flags)")
        device?.pointee = 4
        return TOMPION_OK
      },
      close: { CapabilityProbe.asked.append("close \($1)") }, write: { $3 })
  }

  private static var secrets: tompion_secrets_t {
    tompion_secrets_t(
      size: UInt32(MemoryLayout<tompion_secrets_t>.size), reserved: 0,
      get: { _, setting, flags, bytes, count in
        guard let setting, String(cString: setting) == "key_file" else { return TOMPION_NOT_FOUND }
        CapabilityProbe.asked.append("get \(flags)")
        bytes?.pointee = UnsafePointer(CapabilityProbe.secret)
        count?.pointee = 3
        return TOMPION_OK
      },
      release: { CapabilityProbe.asked.append("release \($1 == UnsafePointer(CapabilityProbe.secret))") })
  }

  private static var store: tompion_store_t {
    tompion_store_t(
      size: UInt32(MemoryLayout<tompion_store_t>.size), reserved: 0,
      get: { _, name, bytes, capacity in
        guard let name, let value = CapabilityProbe.stored[String(cString: name)] else { return 0 }
        for index in 0..<min(Int(capacity), value.count) { bytes?[index] = value[index] }
        return UInt32(value.count)
      },
      put: { _, name, bytes, count, flags in
        guard let name else { return TOMPION_INVALID }
        CapabilityProbe.asked.append("put \(flags)")
        CapabilityProbe.stored[String(cString: name)] = count == 0 ? nil : (0..<Int(count)).map { bytes?[$0] ?? 0 }
        return TOMPION_OK
      })
  }

  private static var authenticate: tompion_authenticate_t {
    tompion_authenticate_t(
      size: UInt32(MemoryLayout<tompion_authenticate_t>.size), reserved: 0,
      open: { _, scheme, options, association in
        guard let scheme, let options = options?.pointee, let name = options.name, let key = options.key else {
          return TOMPION_INVALID
        }
        CapabilityProbe.asked.append(
          "associate \(String(cString: scheme)) \(options.mode) \(String(cString: name)) \(String(cString: key)) \(options.source)"
        )
        association?.pointee = 6
        return String(cString: scheme) == "nts" ? TOMPION_AGAIN : TOMPION_OK
      },
      close: { CapabilityProbe.asked.append("dissociate \($1)") }, growth: { $1 == 6 ? 20 : 0 },
      protect: { _, _, packet, count in
        // Appends one byte, 0xee, if there is room.
        guard let packet, count == 1 else { return 0 }
        guard packet.pointee.length < packet.pointee.limit else {
          packet.pointee.verdict = UInt32(TOMPION_VERDICT_REFUSE)
          packet.pointee.reason = UInt32(TOMPION_REFUSE_NO_ROOM)
          return 1
        }
        packet.pointee.bytes[Int(packet.pointee.length)] = 0xee
        packet.pointee.length += 1
        packet.pointee.verdict = UInt32(TOMPION_VERDICT_OK)
        packet.pointee.key = 5
        return 1
      },
      unprotect: { _, _, packet, _ in
        packet?.pointee.length = 100_000  // a host that errs
        packet?.pointee.verdict = UInt32(TOMPION_VERDICT_PENDING)
        return 0
      })
  }
}

private let catalogue = ProviderCatalogue([
  ProviderKind(
    id: "org.example.capabilities", name: "capabilities", vendor: "v", version: "1", description: "d",
    capabilities: .input,
    receivers: [.streams, .devices, .secrets, .associations], make: { CapabilityProbe(host: $0) }),
  ProviderKind(
    id: "org.example.plain", name: "plain", vendor: "v", version: "1", description: "d", capabilities: .input,
    receivers: [], make: { CapabilityProbe(host: $0) }),
])

let capabilityModule = ProviderCatalogue.module(
  count: 2, descriptor: { catalogue.descriptor($0) }, open: { catalogue.open($0, $1) })
