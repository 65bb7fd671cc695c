// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import MockHost
import ProviderKit
import Testing

@testable import NTPServer

/// A batch of everything that may come, and two schemes: each request has its own answer, and each scheme is asked once.
@Suite(.serialized) struct MixedBatchTests {
  /// What a request of the tests says behind its header: whose it is, what that scheme is to make of it, and its own number.
  private enum Kind: UInt8 {
    case good = 1
    case wrong
    /// The scheme knows the address and no key.
    case vouched
    case pending
    /// Good, and its reply cannot be signed.
    case unsignable
  }

  /// What the schemes were asked: of how many packets, and by which tokens.
  nonisolated(unsafe) private static var calls: [String] = []
  nonisolated(unsafe) private static var tokens: [UInt64] = []
  /// Token and number of what was left pending.
  nonisolated(unsafe) private static var waiting: [(token: UInt64, number: UInt8)] = []

  private static func unprotect(_ association: UInt32, _ packet: inout tompion_protection_t) {
    packet.verdict = UInt32(TOMPION_VERDICT_NONE)
    guard packet.length == 52, UInt32(packet.bytes[48]) == association, let kind = Kind(rawValue: packet.bytes[49])
    else { return }
    packet.verdict = UInt32(kind == .wrong ? TOMPION_VERDICT_REFUSE : TOMPION_VERDICT_OK)
    packet.reason = UInt32(kind == .wrong ? TOMPION_REFUSE_BAD_CODE : 0)
    packet.length = 48
    packet.request = kind == .vouched ? 0 : UInt64(kind.rawValue) << 8 | UInt64(packet.bytes[50])
  }

  private static func protect(_ association: UInt32, _ packet: inout tompion_protection_t) {
    tokens.append(packet.token)
    let number = UInt8(truncatingIfNeeded: packet.request)
    switch Kind(rawValue: UInt8(truncatingIfNeeded: packet.request >> 8)) {
    case .good where packet.length == 48 && packet.limit == 52:
      for (index, byte) in [UInt8(association), 0xaa, number, 0].enumerated() { packet.bytes[48 + index] = byte }
      packet.length = 52
      packet.verdict = UInt32(TOMPION_VERDICT_OK)
    case .pending:
      waiting.append((packet.token, number))
      packet.verdict = UInt32(TOMPION_VERDICT_PENDING)
    default:
      packet.verdict = UInt32(TOMPION_VERDICT_REFUSE)
      packet.reason = UInt32(TOMPION_REFUSE_NO_ROOM)
    }
  }

  // Made once, and only read afterwards.
  nonisolated(unsafe) private static let authenticate: UnsafePointer<tompion_authenticate_t> = {
    let table = UnsafeMutablePointer<tompion_authenticate_t>.allocate(capacity: 1)
    table.initialize(
      to: tompion_authenticate_t(
        size: UInt32(MemoryLayout<tompion_authenticate_t>.size), reserved: 0,
        open: { _, scheme, _, association in
          association?.pointee = scheme.map { String(cString: $0) } == "first" ? 1 : 2
          return TOMPION_OK
        }, close: { _, _ in }, growth: { _, _ in 4 },
        protect: { _, association, packets, count in
          MixedBatchTests.calls.append("protect \(association) \(count)")
          for index in 0..<Int(count) { if let packets { MixedBatchTests.protect(association, &packets[index]) } }
          return count
        },
        unprotect: { _, association, packets, count in
          MixedBatchTests.calls.append("unprotect \(association) \(count)")
          for index in 0..<Int(count) { if let packets { MixedBatchTests.unprotect(association, &packets[index]) } }
          return count
        }))
    return UnsafePointer(table)
  }()

  private struct Request {
    var bytes: [UInt8]
    /// The last byte of 10.0.0.0/24.
    var peer: UInt8
    var isTruncated = false

    static func header(_ number: UInt8) -> [UInt8] {
      [4 << 3 | 3] + [UInt8](repeating: 7, count: 38) + [UInt8](repeating: number, count: 9)
    }
    static func plain(_ number: UInt8) -> Request { Request(bytes: header(number), peer: number) }
    static func proven(_ number: UInt8, _ kind: Kind, by scheme: UInt8 = 1, peer: UInt8? = nil) -> Request {
      Request(bytes: header(number) + [scheme, kind.rawValue, number, 0], peer: peer ?? number)
    }
    static func code(_ number: UInt8, key: UInt8) -> Request {
      Request(bytes: header(number) + [0, 0, 0, key] + [UInt8](repeating: 7, count: 16), peer: number)
    }
  }

  /// A server that knows both schemes, and its first worker.
  private final class Place {
    let host = MockHost()
    let worker: UnsafeMutableRawPointer?

    init(_ configure: (MockHost) -> Void = { _ in }) throws {
      (calls, tokens, waiting) = ([], [], [])
      host.extensions[TOMPION_AUTHENTICATE_ID] = UnsafeRawPointer(authenticate)
      configure(host)
      host.set("allow[0]", "10.0.0.0/24")
      host.set("authenticate[0]", "first")
      host.set("authenticate[1]", "second")
      #expect(host.open(ntpServerModule(), id: "org.tompion.ntp-server"))
      #expect(host.initialize() == TOMPION_OK && host.start() == TOMPION_OK)
      let receiver = try #require(host.receiver(TOMPION_PACKET_IO_ID, as: tompion_packet_receiver_t.self))
      worker = receiver.pointee.worker_open(host.provider, 0)
    }

    static func address(_ peer: UInt8) -> tompion_address_t {
      // 200 and above are of a network that is not served.
      SocketAddress(ipv4: (peer < 200 ? 0x0a00_0000 : 0x0b00_0000) | UInt32(peer), port: 4123).abi
    }

    func ask(_ requests: [Request]) throws -> [[UInt8]] {
      let receiver = try #require(host.receiver(TOMPION_PACKET_IO_ID, as: tompion_packet_receiver_t.self))
      let socket = try #require(host.sockets.keys.min())
      var packets = requests.map { request in
        var packet = tompion_packet_t()
        packet.bytes = .allocate(capacity: request.bytes.count)
        packet.bytes.initialize(from: request.bytes, count: request.bytes.count)
        (packet.capacity, packet.length) = (UInt32(request.bytes.count), UInt32(request.bytes.count))
        packet.flags = request.isTruncated ? TOMPION_PACKET_TRUNCATED : 0
        packet.peer = Self.address(request.peer)
        packet.stamp = host.stamp(kind: TOMPION_STAMP_KERNEL)
        return packet
      }
      receiver.pointee.receive(host.provider, worker, socket, &packets, UInt32(packets.count))
      return packets.map { packet in
        defer { packet.bytes.deallocate() }
        return (0..<Int(packet.reply_length)).map { packet.bytes[$0] }
      }
    }

    /// What its counters say.
    func told() -> String {
      host.logs = []
      _ = host.command(TOMPION_COMMAND_QUERY)
      return host.logs.first { $0.contains("answered") } ?? ""
    }
  }

  @Test func eachHasItsOwnAnswerAndEachSchemeIsAskedOnce() throws {
    let place = try Place {
      $0.set("rate_limit", 0.001)
      for (path, value) in [("rate_burst", 1), ("rate_leak", 0), ("rate_kiss", 0)] as [(String, Int64)] {
        $0.set(path, value)
      }
    }
    let replies = try place.ask([
      .proven(1, .good), .plain(2), .proven(3, .wrong), .proven(4, .good, by: 2), .proven(5, .pending),
      .code(6, key: 0), .code(7, key: 9), .proven(8, .vouched), .proven(9, .pending), .proven(10, .unsignable),
      // From the first one's address, beyond its rate; from a network that is not served; cut off; too short.
      .proven(11, .good, peer: 1), .proven(200, .good), Request(bytes: Request.header(12), peer: 12, isTruncated: true),
      Request(bytes: [4 << 3 | 3], peer: 13), .proven(15, .good), .proven(16, .wrong, by: 2),
    ])
    #expect(Self.calls == ["unprotect 1 11", "unprotect 2 4", "protect 1 5", "protect 2 1"])
    #expect(replies.map(\.count) == [52, 48, 0, 52, 0, 48, 0, 48, 0, 0, 0, 0, 0, 0, 52, 0])
    for (index, number, scheme) in [(0, 1, 1), (3, 4, 2), (14, 15, 1)] as [(Int, UInt8, UInt8)] {
      #expect(Array(replies[index].suffix(4)) == [scheme, 0xaa, number, 0], "signed as its own request's")
    }
    for (index, reply) in replies.enumerated() where !reply.isEmpty {
      #expect(Array(reply[24..<32]) == [UInt8](repeating: UInt8(index + 1), count: 8), "and it is its own")
    }
    #expect(Set(Self.tokens).count == 6 && !Self.tokens.contains(0), "each has a token of its own")
    #expect(
      place.told().contains(
        "6 answered, 1 too long, 1 too short, 1 refused, 3 unverifiable code, 1 over the rate, 1 not signed"),
      "\(place.host.logs)")
  }

  @Test func eachPendingReplyGoesToItsOwnClient() throws {
    let place = try Place()
    let asked = (1...20).map { (number: UInt8) in Request.proven(number, number.isMultiple(of: 3) ? .good : .pending) }
    let replies = try place.ask(asked)
    #expect(replies.filter { !$0.isEmpty }.count == 6 && Self.waiting.count == 14)
    let table = try #require(
      place.host.receiver(TOMPION_AUTHENTICATE_ID, as: tompion_authenticate_receiver_t.self))
    // Decided in another order, with one of a batch after it in between.
    #expect(try place.ask([.proven(21, .pending)]) == [[]])
    for (token, number) in Self.waiting.reversed() {
      var bytes = Request.header(number) + [1, 0xaa, number, 0]
      bytes.withUnsafeMutableBufferPointer { buffer in
        var decision = tompion_protection_t()
        decision.bytes = buffer.baseAddress
        (decision.capacity, decision.length, decision.limit) = (52, 52, 52)
        decision.token = token
        table.pointee.decided(place.host.provider, 1, &decision)
        // It may not come twice.
        table.pointee.decided(place.host.provider, 1, &decision)
      }
    }
    #expect(place.host.sent.map { $0.bytes[50] } == Self.waiting.map(\.number).reversed())
    for sent in place.host.sent {
      #expect(SocketAddress(sent.peer) == SocketAddress(Place.address(sent.bytes[50])), "to whoever has asked")
    }
  }

  @Test func nothingIsLeftOfTheBatchBefore() throws {
    let place = try Place()
    _ = try place.ask((1...10).map { .proven($0, .good) })
    Self.calls = []
    #expect(try place.ask((1...10).map { .plain($0) }).map(\.count) == [Int](repeating: 48, count: 10))
    #expect(Self.calls.isEmpty, "nobody is asked about plain requests")
    // Larger than any before.
    let many = try place.ask((1...199).map { .proven($0, .good) })
    #expect(many.allSatisfy { $0.count == 52 } && Self.calls == ["unprotect 1 199", "protect 1 199"])
  }
}
