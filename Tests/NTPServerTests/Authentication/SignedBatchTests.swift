// SPDX-License-Identifier: Apache-2.0

import CAllocationCounter
import CTompionProvider
import MockHost
import Testing

@testable import NTPServer

/// The whole way of a batch through the server with a scheme: four bytes that say nothing, and no memory.
@Suite struct SignedBatchTests {
  // Made once, and only read afterwards.
  nonisolated(unsafe) private static let authenticate: UnsafePointer<tompion_authenticate_t> = {
    let table = UnsafeMutablePointer<tompion_authenticate_t>.allocate(capacity: 1)
    table.initialize(
      to: tompion_authenticate_t(
        size: UInt32(MemoryLayout<tompion_authenticate_t>.size), reserved: 0,
        open: { _, _, _, association in
          association?.pointee = 1
          return TOMPION_OK
        }, close: { _, _ in }, growth: { _, _ in 4 },
        protect: { _, _, packets, count in
          for index in 0..<Int(count) {
            packets?[index].length += 4
            packets?[index].verdict = UInt32(TOMPION_VERDICT_OK)
          }
          return count
        },
        unprotect: { _, _, packets, count in
          for index in 0..<Int(count) {
            packets?[index].length -= 4
            packets?[index].request = 1
            packets?[index].verdict = UInt32(TOMPION_VERDICT_OK)
          }
          return count
        }))
    return UnsafePointer(table)
  }()

  /// What some batches of requests allocate, after one was had: the first time through makes what the runtime makes once.
  private func allocations(length: Int, isAuthenticated: Bool) throws -> UInt64 {
    let host = MockHost()
    host.extensions[TOMPION_AUTHENTICATE_ID] = UnsafeRawPointer(Self.authenticate)
    host.set("allow", "all")
    if isAuthenticated { host.set("authenticate", "four") }
    #expect(host.open(ntpServerModule(), id: "org.tompion.ntp-server"))
    #expect(host.initialize() == TOMPION_OK && host.start() == TOMPION_OK)
    let provider = try #require(host.provider)
    let receiver = try #require(host.receiver(TOMPION_PACKET_IO_ID, as: tompion_packet_receiver_t.self))
    let worker = receiver.pointee.worker_open(provider, 0)
    defer { receiver.pointee.worker_close(provider, worker) }
    let room = 64
    let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: length * room)
    let packets = UnsafeMutablePointer<tompion_packet_t>.allocate(capacity: room)
    defer {
      bytes.deallocate()
      packets.deallocate()
    }
    /// So many requests at once; how many replies.
    func batch(_ count: Int) -> Int {
      for index in 0..<count {
        let start = bytes + length * index
        start.initialize(repeating: 7, count: length)
        start[0] = 4 << 3 | 3
        var packet = tompion_packet_t()
        (packet.bytes, packet.capacity, packet.length) = (start, UInt32(length), UInt32(length))
        packet.peer.family = UInt8(TOMPION_FAMILY_IPV4)
        packets[index] = packet
      }
      receiver.pointee.receive(provider, worker, 1, packets, UInt32(count))
      var replies = 0
      for index in 0..<count where packets[index].reply_length == length { replies += 1 }
      return replies
    }
    #expect(batch(1) == 1)
    allocation_counter_start()
    var replies = 0
    for count in [1, 2, 7, 64, 33] { replies += batch(count) }
    let allocations = allocation_counter_stop()
    #expect(replies == 107)
    return allocations
  }

  @Test func proofAllocatesNothing() throws {
    guard allocation_counter_works() == 1 else { try Test.cancel("a sanitizer has its own allocator in place") }
    // What the host of the test takes for its clock it takes for either.
    let plain = try allocations(length: 48, isAuthenticated: false)
    let signed = try allocations(length: 52, isAuthenticated: true)
    #expect(signed <= plain)
  }
}
