// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import ProviderHost
import TimeTypes

/// Packets of every length and random content, with stamps that are missing, from the past and from the future.
enum HostilePackets {
  static let capacity = 2048

  static func deliver(to instance: ProviderInstance, socket: UInt32, _ context: CheckContext, _ backend: CheckBackend) {
    let count = Int(context.next() % 4) + 1
    // Sound: memory made and freed here; each packet has its own `capacity` bytes.
    let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: count * capacity)
    let packets = UnsafeMutablePointer<tompion_packet_t>.allocate(capacity: count)
    unsafe packets.initialize(repeating: tompion_packet_t(), count: count)
    defer {
      unsafe bytes.deallocate()
      unsafe packets.deallocate()
    }
    for index in 0..<(count * capacity) { unsafe bytes[index] = UInt8(truncatingIfNeeded: context.next()) }
    for index in 0..<count {
      let start = unsafe bytes + index * capacity
      // Every other one looks like NTP: a plausible first byte, and 48 bytes or a little more.
      let like = context.next() % 2 == 0
      if like {
        unsafe start[0] = UInt8(
          truncatingIfNeeded: (context.next() % 4) << 6 | (context.next() % 8) << 3 | context.next() % 8)
      }
      unsafe packets[index].bytes = start
      unsafe packets[index].capacity = UInt32(capacity)
      unsafe packets[index].length = UInt32(like ? 48 + context.next() % 100 : context.next() % 1501)
      unsafe packets[index].peer = address(context)
      unsafe packets[index].local = address(context)
      unsafe packets[index].interface_index = UInt32(context.next() % 3)
      if context.next() % 4 != 0 {
        unsafe packets[index].stamp.kind = UInt8(context.next() % 4)
        unsafe packets[index].stamp.raw_nanoseconds =
          backend.now.nanoseconds &+ Int64(bitPattern: context.next()) >> (context.next() % 64)
        unsafe packets[index].stamp.nanoseconds = Int64(bitPattern: context.next())
      }
    }
    unsafe instance.receive(UnsafeMutableBufferPointer(start: packets, count: count), socket: socket)
    if context.next() % 8 == 0 {
      var report = tompion_transmitted_t()
      report.tx_token = context.next()
      report.socket = socket
      // Sound: one element, for the call.
      unsafe withUnsafePointer(to: report) { unsafe instance.transmitted(UnsafeBufferPointer(start: $0, count: 1)) }
    }
    if context.next() % 16 == 0 { instance.failed(socket: socket, status: TOMPION_UNREACHABLE) }
    if context.next() % 16 == 0 {
      instance.expired(timer: UInt32(truncatingIfNeeded: context.next() % 65536), now: backend.now)
    }
    if context.next() % 16 == 0 { backend.passSecond() }
  }

  static func address(_ context: CheckContext) -> tompion_address_t {
    var address = tompion_address_t()
    address.family = [0, 4, 6, 255][Int(context.next() % 4)]
    address.bytes.0 = UInt8(truncatingIfNeeded: context.next())
    address.bytes.3 = UInt8(truncatingIfNeeded: context.next())
    address.port = UInt16(truncatingIfNeeded: context.next())
    return address
  }
}
