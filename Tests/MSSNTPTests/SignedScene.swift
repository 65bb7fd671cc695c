// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import Cryptography
import MockHost
import ProviderKit
import Synchronization
import Testing

@testable import MSSNTP

/// The provider in a host of memory, with an NTP provider's calls on one side and Samba's socket on the other, all through the C tables.
final class SignedScene {
  struct Decided {
    var association: UInt32
    var verdict: UInt32
    var reason: UInt32
    var token: UInt64
    var bytes: [UInt8]
  }

  /// By their hosts' tables: the functions carry no other context.
  private static let scenes = Mutex<[UInt: UInt]>([:])

  private static func of(_ host: UnsafePointer<tompion_host_t>?) -> SignedScene? {
    guard let place = scenes.withLock({ $0[UInt(bitPattern: host)] }), let scene = UnsafeRawPointer(bitPattern: place)
    else { return nil }
    return Unmanaged<SignedScene>.fromOpaque(scene).takeUnretainedValue()
  }

  let host = MockHost(seed: 31_300)
  var files: [String: [UInt8]] = [:]
  var held: Set<String> = []
  var decided: [Decided] = []
  /// What `ready` said.
  var told: [String] = []
  /// Called from inside `decided`, as an NTP server may.
  var whenDecided: ((Decided) -> Void)?
  // Samba.
  var streamStatus = TOMPION_OK
  var opened: [UInt32] = []
  var closed: [UInt32] = []
  var paths: [String] = []
  /// Bytes that were sent to the open stream and are not read yet.
  var inbox: [UInt8] = []
  /// How many bytes the stream takes until the next `writable`.
  var room = Int.max
  private var nextStream: UInt32 = 40

  init() {
    let (key, place) = (UInt(bitPattern: host.hostTable), UInt(bitPattern: Unmanaged.passUnretained(self).toOpaque()))
    Self.scenes.withLock { $0[key] = place }
    host.extensions = [
      TOMPION_STREAM_ID: Self.streams, TOMPION_SECRETS_ID: Self.secrets,
      TOMPION_AUTHENTICATOR_ID: Self.authenticator,
    ]
  }

  deinit {
    host.close()
    let key = UInt(bitPattern: host.hostTable)
    Self.scenes.withLock { $0[key] = nil }
  }

  // MARK: the host's tables

  private nonisolated(unsafe) static let streams: UnsafeRawPointer = {
    let table = UnsafeMutablePointer<tompion_stream_t>.allocate(capacity: 1)
    table.initialize(to: tompion_stream_t())
    table.pointee.size = UInt32(MemoryLayout<tompion_stream_t>.size)
    table.pointee.open = { host, options, stream in
      guard let scene = SignedScene.of(host), let options, let stream else { return TOMPION_INVALID }
      scene.paths.append(String(cString: options.pointee.path))
      guard scene.streamStatus == TOMPION_OK else { return scene.streamStatus }
      scene.nextStream += 1
      scene.opened.append(scene.nextStream)
      scene.inbox = []
      scene.room = .max
      stream.pointee = scene.nextStream
      return TOMPION_OK
    }
    table.pointee.close = { host, stream, _ in SignedScene.of(host)?.closed.append(stream) }
    table.pointee.send = { host, stream, bytes, count in
      guard let scene = SignedScene.of(host), let bytes, stream == scene.opened.last else { return 0 }
      let taken = min(Int(count), scene.room)
      for index in 0..<taken { scene.inbox.append(bytes[index]) }
      if scene.room != .max { scene.room -= taken }
      return UInt32(taken)
    }
    return UnsafeRawPointer(table)
  }()

  private nonisolated(unsafe) static let secrets: UnsafeRawPointer = {
    let table = UnsafeMutablePointer<tompion_secrets_t>.allocate(capacity: 1)
    table.initialize(to: tompion_secrets_t())
    table.pointee.size = UInt32(MemoryLayout<tompion_secrets_t>.size)
    table.pointee.get = { host, setting, _, bytes, count in
      guard let scene = SignedScene.of(host), let setting, let bytes, let count else { return TOMPION_INVALID }
      guard let file = scene.files[String(cString: setting)] else { return TOMPION_NOT_FOUND }
      let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: max(1, file.count))
      copy.initialize(from: file, count: file.count)
      scene.held.insert("\(UInt(bitPattern: copy))")
      bytes.pointee = UnsafePointer(copy)
      count.pointee = UInt32(file.count)
      return TOMPION_OK
    }
    table.pointee.release = { host, bytes in
      SignedScene.of(host)?.held.remove("\(UInt(bitPattern: bytes))")
      bytes?.deallocate()
    }
    return UnsafeRawPointer(table)
  }()

  private nonisolated(unsafe) static let authenticator: UnsafeRawPointer = {
    let table = UnsafeMutablePointer<tompion_authenticator_host_t>.allocate(capacity: 1)
    table.initialize(to: tompion_authenticator_host_t())
    table.pointee.size = UInt32(MemoryLayout<tompion_authenticator_host_t>.size)
    table.pointee.decided = { host, association, packet in
      guard let scene = SignedScene.of(host), let packet = packet?.pointee else { return TOMPION_INVALID }
      let bytes = (0..<Int(packet.length)).map { packet.bytes[$0] }
      let decided = Decided(
        association: association, verdict: packet.verdict, reason: packet.reason, token: packet.token, bytes: bytes)
      scene.decided.append(decided)
      scene.whenDecided?(decided)
      return TOMPION_OK
    }
    table.pointee.ready = { host, association, status, _, text in
      guard let scene = SignedScene.of(host), let text else { return TOMPION_INVALID }
      scene.told.append("\(association) \(status == TOMPION_OK ? "ready" : "not ready"): \(String(cString: text))")
      return TOMPION_OK
    }
    return UnsafeRawPointer(table)
  }()

  // MARK: the provider's way

  func initialize() -> Int32 {
    #expect(host.open(msSNTPModule(), id: "org.tompion.ms-sntp"))
    return host.initialize()
  }

  /// Initialised and started, with what Samba's socket is asked for connected.
  @discardableResult
  func started() -> SignedScene {
    #expect(initialize() == TOMPION_OK)
    #expect(host.start() == TOMPION_OK)
    connect()
    return self
  }

  private var table: tompion_authenticator_t {
    host.receiver(TOMPION_AUTHENTICATOR_ID, as: tompion_authenticator_t.self)?.pointee ?? tompion_authenticator_t()
  }

  func open(_ association: UInt32, mode: Int32, name: String = "", key: String = "", source: UInt32 = 0) -> Int32 {
    name.withCString { name in
      key.withCString { key in
        var options = tompion_association_options_t()
        options.size = UInt32(MemoryLayout<tompion_association_options_t>.size)
        options.mode = UInt32(mode)
        options.name = name
        options.key = key
        options.source = source
        return table.open(host.provider, association, &options)
      }
    }
  }

  func close(_ association: UInt32) { table.close(host.provider, association) }

  /// One packet through `protect` or `unprotect`; `bytes` with room behind.
  func call(
    protects: Bool, _ association: UInt32, _ packet: [UInt8], limit: Int? = nil, peer: SocketAddress = .none,
    token: UInt64 = 0, request: UInt64 = 0
  ) -> (verdict: UInt32, reason: UInt32, bytes: [UInt8], key: UInt32, request: UInt64) {
    var bytes = packet + Array(repeating: 0, count: 160)
    let capacity = UInt32(limit ?? bytes.count)
    return bytes.withUnsafeMutableBufferPointer { buffer in
      var fields = tompion_protection_t()
      fields.bytes = buffer.baseAddress
      fields.capacity = capacity
      fields.length = UInt32(packet.count)
      fields.limit = capacity
      fields.verdict = UInt32(TOMPION_VERDICT_REFUSE)
      fields.reason = UInt32(TOMPION_REFUSE_FAULT)
      fields.token = token
      fields.request = request
      fields.peer = peer.abi
      if protects {
        table.protect(host.provider, association, &fields, 1)
      } else {
        table.unprotect(host.provider, association, &fields, 1)
      }
      return (fields.verdict, fields.reason, Array(buffer.prefix(Int(fields.length))), fields.key, fields.request)
    }
  }

  /// What a server does with a request: unprotect, answer with that header, protect. The bytes, or nil = pending, [] = silence.
  func serve(
    _ message: [UInt8], header: [UInt8] = countingHeader, peer: SocketAddress = SocketAddress(ipv4: 0x0a00_0001),
    token: UInt64 = 0, association: UInt32 = 1
  ) -> [UInt8]? {
    let request = call(protects: false, association, message, limit: message.count, peer: peer)
    guard request.verdict == UInt32(TOMPION_VERDICT_OK) else { return [] }
    #expect(request.bytes == Array(message.prefix(48)))
    let reply = call(
      protects: true, association, header, limit: message.count, peer: peer, token: token, request: request.request)
    switch Int32(reply.verdict) {
    case TOMPION_VERDICT_OK: return reply.bytes
    case TOMPION_VERDICT_PENDING: return nil
    default: return []
    }
  }

  // MARK: Samba's side

  private var streamTable: tompion_stream_receiver_t {
    host.receiver(TOMPION_STREAM_ID, as: tompion_stream_receiver_t.self)?.pointee ?? tompion_stream_receiver_t()
  }

  var stream: UInt32 { opened.last ?? 0 }

  func connect(_ status: Int32 = TOMPION_OK) {
    if stream != 0 { streamTable.opened(host.provider, stream, status) }
  }

  func say(_ bytes: [UInt8], on stream: UInt32? = nil) {
    streamTable.received(host.provider, stream ?? self.stream, bytes, UInt32(bytes.count))
  }

  /// Samba ends the connection.
  func hangUp() { streamTable.failed(host.provider, stream, TOMPION_UNREACHABLE) }

  func makeRoom() {
    room = .max
    streamTable.writable(host.provider, stream)
  }

  /// The whole requests that came: id, key id, header.
  func takeRequests() -> [(id: UInt16, keyID: [UInt8], header: [UInt8])] {
    var requests: [(id: UInt16, keyID: [UInt8], header: [UInt8])] = []
    while inbox.count >= 68 {
      let frame = Array(inbox.prefix(68))
      inbox.removeFirst(68)
      #expect(Array(frame.prefix(12)) == [0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0, 0])
      requests.append((UInt16(frame[12]) << 8 | UInt16(frame[13]), Array(frame[16..<20]), Array(frame[20...])))
    }
    return requests
  }

  /// As Samba signs for an account of that password.
  static func signature(_ request: (id: UInt16, keyID: [UInt8], header: [UInt8]), _ password: String = "samba")
    -> [UInt8]
  {
    request.header + request.keyID + Digest.md5((NTHash(password: password).bytes + request.header).span)
  }
}
