// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import MockHost
import NTPSymmetric
import ProviderKit
import Synchronization
import Testing

/// A host with key files and a store in memory, and ntp-symmetric on it. One for each test; its tables find it by the host's table.
final class KeyHost: @unchecked Sendable {
  let mock = MockHost()
  /// By path.
  var files: [String: [UInt8]] = [:]
  /// Why a path cannot be read.
  var failing: [String: Int32] = [:]
  var stored: [String: [UInt8]] = [:]
  var puts = 0
  /// What associations were told: number, status, reason.
  var told: [String] = []
  var held: [UnsafePointer<UInt8>: String] = [:]
  private var paths: [String: String] = [:]

  private static let all = Mutex<[UInt: Weak]>([:])
  private struct Weak { weak var host: KeyHost? }

  init(files: [String: String] = [:], keyFiles: [String]? = nil) {
    for (path, text) in files { self.files[path] = Array(text.utf8) }
    mock.extensions = [
      TOMPION_SECRETS_ID: Self.secrets, TOMPION_STORE_ID: Self.store, TOMPION_AUTHENTICATOR_ID: Self.authenticator,
    ]
    Self.all.withLock { $0[UInt(bitPattern: mock.hostTable)] = Weak(host: self) }
    for (index, path) in (keyFiles ?? files.keys.sorted()).enumerated() { set("key_files[\(index)]", path) }
  }

  deinit { Self.all.withLock { _ = $0.removeValue(forKey: UInt(bitPattern: mock.hostTable)) } }

  private static func of(_ host: UnsafePointer<tompion_host_t>?) -> KeyHost? {
    all.withLock { $0[UInt(bitPattern: host)]?.host }
  }

  func set(_ path: String, _ text: String) {
    mock.set(path, text)
    paths[path] = text
  }

  /// Opened, initialised and started.
  func started() -> KeyHost {
    #expect(mock.open(ntpSymmetricModule(), id: "org.tompion.ntp-symmetric"))
    #expect(mock.initialize() == TOMPION_OK)
    #expect(mock.start() == TOMPION_OK)
    return self
  }

  /// The host has seen that the file of that setting is another one.
  func changed(_ setting: String) {
    mock.receiver(TOMPION_SECRETS_ID, as: tompion_secrets_receiver_t.self)?.pointee.changed(mock.provider, setting)
  }

  // MARK: the authenticator's table

  private var table: UnsafePointer<tompion_authenticator_t>? {
    mock.receiver(TOMPION_AUTHENTICATOR_ID, as: tompion_authenticator_t.self)
  }

  var scheme: String { table.map { String(cString: $0.pointee.scheme) } ?? "" }

  @discardableResult
  func associate(_ number: UInt32, key: String? = nil) -> Status {
    var options = tompion_association_options_t()
    options.size = UInt32(MemoryLayout<tompion_association_options_t>.size)
    options.mode = UInt32(key == nil ? TOMPION_AUTHENTICATE_SERVER : TOMPION_AUTHENTICATE_CLIENT)
    return "ntp.example.net".withCString { name in
      (key ?? "").withCString { key in
        options.name = name
        options.key = key
        return Status(rawValue: table?.pointee.open(mock.provider, number, &options) ?? TOMPION_NOT_FOUND)
      }
    }
  }

  func dissociate(_ number: UInt32) { table?.pointee.close(mock.provider, number) }
  func growth(_ number: UInt32) -> UInt32 { table?.pointee.growth(mock.provider, number) ?? 0 }

  struct Decision: Equatable {
    var bytes: [UInt8]
    var verdict: Protection.Verdict
    var refusal: Protection.Refusal?
    var key: UInt32
    var request: UInt64
  }

  func decide(
    protects: Bool, _ number: UInt32, _ bytes: [UInt8], limit: Int = 200, peer: SocketAddress = .none,
    request: UInt64 = 0
  ) -> Decision {
    decideAll(protects: protects, number, [bytes], limit: limit, peer: peer, requests: [request])[0]
  }

  /// So many packets in one call.
  func decideAll(
    protects: Bool, _ number: UInt32, _ datagrams: [[UInt8]], limit: Int = 200, peer: SocketAddress = .none,
    requests: [UInt64] = []
  ) -> [Decision] {
    var packets = datagrams.enumerated().map { index, bytes in
      let room = max(limit, bytes.count)
      var packet = tompion_protection_t()
      packet.bytes = .allocate(capacity: room)
      packet.bytes.initialize(repeating: 0xcc, count: room)
      packet.bytes.update(from: bytes, count: bytes.count)
      packet.capacity = UInt32(room)
      packet.length = UInt32(bytes.count)
      packet.limit = UInt32(room)
      packet.peer = peer.abi
      packet.request = requests.isEmpty ? 0 : requests[index]
      packet.verdict = UInt32(TOMPION_VERDICT_REFUSE)
      packet.reason = UInt32(TOMPION_REFUSE_FAULT)
      return packet
    }
    let call = protects ? table?.pointee.protect : table?.pointee.unprotect
    call?(mock.provider, number, &packets, UInt32(packets.count))
    return packets.map { packet in
      defer { packet.bytes.deallocate() }
      let verdict = Protection.Verdict(rawValue: packet.verdict)
      return Decision(
        bytes: (0..<Int(packet.length)).map { packet.bytes[$0] }, verdict: verdict,
        refusal: verdict == .refuse ? Protection.Refusal(rawValue: packet.reason) : nil, key: packet.key,
        request: packet.request)
    }
  }

  func protect(_ number: UInt32, _ bytes: [UInt8], request: UInt64 = 0) -> Decision {
    decide(protects: true, number, bytes, request: request)
  }

  func unprotect(_ number: UInt32, _ bytes: [UInt8], peer: SocketAddress = .none) -> Decision {
    decide(protects: false, number, bytes, peer: peer)
  }

  // MARK: the host's tables

  private nonisolated(unsafe) static let secrets: UnsafeRawPointer = {
    let table = UnsafeMutablePointer<tompion_secrets_t>.allocate(capacity: 1)
    table.initialize(
      to: tompion_secrets_t(
        size: UInt32(MemoryLayout<tompion_secrets_t>.size), reserved: 0,
        get: { host, setting, _, bytes, count in
          guard let host = KeyHost.of(host), let setting else { return TOMPION_INVALID }
          if let status = host.failing[host.paths[String(cString: setting)] ?? ""] { return status }
          guard let path = host.paths[String(cString: setting)], let file = host.files[path] else {
            return TOMPION_NOT_FOUND
          }
          if host.held.count == 16 { return TOMPION_AGAIN }
          let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: max(1, file.count))
          copy.initialize(from: file, count: file.count)
          host.held[UnsafePointer(copy)] = path
          bytes?.pointee = UnsafePointer(copy)
          count?.pointee = UInt32(file.count)
          return TOMPION_OK
        },
        release: { host, bytes in
          guard let bytes else { return }
          if KeyHost.of(host)?.held.removeValue(forKey: bytes) != nil { bytes.deallocate() }
        }))
    return UnsafeRawPointer(table)
  }()

  private nonisolated(unsafe) static let authenticator: UnsafeRawPointer = {
    let table = UnsafeMutablePointer<tompion_authenticator_host_t>.allocate(capacity: 1)
    table.initialize(
      to: tompion_authenticator_host_t(
        size: UInt32(MemoryLayout<tompion_authenticator_host_t>.size), reserved: 0, decided: { _, _, _ in TOMPION_OK },
        ready: { host, association, status, _, text in
          KeyHost.of(host)?.told.append("\(association) \(status) \(text.map { String(cString: $0) } ?? "")")
          return TOMPION_OK
        }))
    return UnsafeRawPointer(table)
  }()

  private nonisolated(unsafe) static let store: UnsafeRawPointer = {
    let table = UnsafeMutablePointer<tompion_store_t>.allocate(capacity: 1)
    table.initialize(
      to: tompion_store_t(
        size: UInt32(MemoryLayout<tompion_store_t>.size), reserved: 0,
        get: { host, name, bytes, capacity in
          guard let name, let value = KeyHost.of(host)?.stored[String(cString: name)] else { return 0 }
          for index in 0..<min(Int(capacity), value.count) { bytes?[index] = value[index] }
          return UInt32(value.count)
        },
        put: { host, name, bytes, count, _ in
          guard let host = KeyHost.of(host), let name else { return TOMPION_INVALID }
          host.puts += 1
          host.stored[String(cString: name)] = (0..<Int(count)).map { bytes?[$0] ?? 0 }
          return TOMPION_OK
        }))
    return UnsafeRawPointer(table)
  }()
}
