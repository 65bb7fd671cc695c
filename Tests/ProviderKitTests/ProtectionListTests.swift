// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import Testing

@testable import ProviderKit

/// A caller's packets of a batch in one call of authenticate/1.
@Suite(.serialized) struct ProtectionListTests {
  nonisolated(unsafe) private static var seen: [String] = []

  /// A host that writes down what it gets, and answers by the packet's first byte.
  nonisolated(unsafe) private static let table: UnsafePointer<tompion_authenticate_t> = {
    let table = UnsafeMutablePointer<tompion_authenticate_t>.allocate(capacity: 1)
    table.initialize(
      to: tompion_authenticate_t(
        size: UInt32(MemoryLayout<tompion_authenticate_t>.size), reserved: 0, open: nil, close: nil, growth: nil,
        protect: { _, association, packets, count in
          for index in 0..<Int(count) {
            guard let packets else { return 0 }
            let packet = packets[index]
            ProtectionListTests.seen.append(
              "\(association) \(packet.bytes[0]) \(packet.length) \(packet.limit) \(packet.capacity) \(packet.token) "
                + "\(packet.request) \(SocketAddress(packet.peer))")
            packets[index].verdict = UInt32(packet.bytes[0])
            packets[index].reason = packet.bytes[0] == 1 ? UInt32(TOMPION_REFUSE_STALE) : 0
            // What a host that errs says is cut to the room.
            packets[index].length = packet.bytes[0] == 0 ? 1000 : packet.length + 1
            packets[index].request = 90 + UInt64(packet.bytes[0])
          }
          return count
        }, unprotect: nil))
    return UnsafePointer(table)
  }()

  /// Packets of eight bytes, each with its index in the first.
  private func withBatch(_ count: Int, _ body: (inout PacketBatch) -> Void) {
    let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: 8 * count)
    let packets = UnsafeMutablePointer<tompion_packet_t>.allocate(capacity: count)
    defer {
      bytes.deallocate()
      packets.deallocate()
    }
    bytes.initialize(repeating: 0, count: 8 * count)
    for index in 0..<count {
      var packet = tompion_packet_t()
      bytes[8 * index] = UInt8(index)
      (packet.bytes, packet.capacity, packet.length) = (bytes + 8 * index, 8, 6)
      packet.peer = SocketAddress(ipv4: 0x7f00_0001, port: UInt16(index)).abi
      packets[index] = packet
    }
    var batch = PacketBatch(packets, count: count)
    body(&batch)
  }

  @Test func eachPacketGoesWithItsOwnAndHasItsOwnVerdict() {
    Self.seen = []
    let access = AuthenticationAccess(host: UnsafePointer(bitPattern: 8)!, table: Self.table)
    withBatch(5) { batch in
      var list = ProtectionList(capacity: 4)
      list.add(packet: 3, length: 4, limit: 6, token: 30, request: 31)
      list.add(packet: 0, length: 4, limit: 5, token: 1)
      // More than there is; and one too many, in the end.
      list.add(packet: 1, length: 99, limit: 99)
      list.add(packet: 2, length: 2, limit: 3)
      list.add(packet: 4, length: 2, limit: 3)
      let count = list.count
      #expect(count == 4)
      access.protect(7, &batch, &list)
      let packets = (0..<count).map { list.packet($0) }
      let verdicts = (0..<count).map { list.verdict($0) }
      let lengths = (0..<count).map { list.length($0) }
      let requests = (0..<count).map { list.request($0) }
      let refusals = (0..<count).map { list.refusal($0) }
      let tokens = (0..<count).map { list.token($0) }
      #expect(packets == [3, 0, 1, 2])
      #expect(verdicts == [.none, .ok, .refuse, .pending])
      #expect(lengths == [5, 6, 6, 3])
      #expect(requests == [93, 90, 91, 92])
      #expect(refusals == [nil, nil, .stale, nil])
      #expect(tokens == [30, 1, 0, 0])
      list.removeAll()
      let empty = list.count
      access.protect(7, &batch, &list)
      #expect(empty == 0)
    }
    #expect(
      Self.seen == [
        "7 3 4 6 6 30 31 127.0.0.1:3", "7 0 4 5 6 1 0 127.0.0.1", "7 1 6 6 6 0 0 127.0.0.1:1",
        "7 2 2 3 6 0 0 127.0.0.1:2",
      ])
  }

  @Test func withoutATableEachIsRefused() {
    let access = AuthenticationAccess(host: UnsafePointer(bitPattern: 8)!, table: nil)
    withBatch(2) { batch in
      var list = ProtectionList(capacity: 2)
      for packet in 0..<2 { list.add(packet: packet, length: 4, limit: 6) }
      access.unprotect(1, &batch, &list)
      let refusals = (0..<2).map { list.refusal($0) }
      #expect(refusals == [.unavailable, .unavailable])
    }
  }
}
