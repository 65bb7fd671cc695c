// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import Synchronization
import TimeTypes

/// The provider's side of packet-io/1, timer/1 and resolve/1: one set of tables for every provider of this image.
@safe
struct ReceiverTables: @unchecked Sendable {
  let packets: UnsafePointer<tompion_packet_receiver_t>
  let timers: UnsafePointer<tompion_timer_receiver_t>
  let names: UnsafePointer<tompion_resolve_receiver_t>

  static let shared = ReceiverTables()

  private init() {
    // Sound: allocated once for the life of the process and only read afterwards.
    let packets = UnsafeMutablePointer<tompion_packet_receiver_t>.allocate(capacity: 1)
    unsafe packets.initialize(
      to: tompion_packet_receiver_t(
        size: UInt32(MemoryLayout<tompion_packet_receiver_t>.size), reserved: 0,
        worker_open: { unsafe ReceiverTables.workerOpen($0, $1) },
        worker_close: { unsafe ReceiverTables.workerClose($0, $1) },
        receive: { unsafe ReceiverTables.receive($0, $1, $2, $3, $4) },
        transmitted: { unsafe ReceiverTables.transmitted($0, $1, $2) },
        failed: { unsafe ReceiverTables.failed($0, $1, $2) }))
    let timers = UnsafeMutablePointer<tompion_timer_receiver_t>.allocate(capacity: 1)
    unsafe timers.initialize(
      to: tompion_timer_receiver_t(
        size: UInt32(MemoryLayout<tompion_timer_receiver_t>.size), reserved: 0,
        expired: { unsafe ReceiverTables.expired($0, $1, $2) }))
    let names = UnsafeMutablePointer<tompion_resolve_receiver_t>.allocate(capacity: 1)
    unsafe names.initialize(
      to: tompion_resolve_receiver_t(
        size: UInt32(MemoryLayout<tompion_resolve_receiver_t>.size), reserved: 0,
        resolved: { unsafe ReceiverTables.resolved($0, $1, $2, $3, $4, $5) }))
    unsafe self.packets = UnsafePointer(packets)
    unsafe self.timers = UnsafePointer(timers)
    unsafe self.names = UnsafePointer(names)
  }
}

extension ReceiverTables {
  private typealias Table = UnsafePointer<tompion_provider_t>

  // Sound: a worker pointer is the reference that workerOpen made, until workerClose takes it.

  private static func workerOpen(_ table: Table?, _ index: UInt32) -> UnsafeMutableRawPointer? {
    guard let worker = unsafe ProviderInstance.of(table)?.provider.makeWorker(index: Int(index)) else { return nil }
    return unsafe Unmanaged.passRetained(worker).toOpaque()
  }

  private static func workerClose(_ table: Table?, _ worker: UnsafeMutableRawPointer?) {
    guard let worker = unsafe worker else { return }
    let object = unsafe Unmanaged<ProviderWorker>.fromOpaque(worker).takeRetainedValue()
    unsafe ProviderInstance.of(table)?.provider.workerClosed(object)
  }

  private static func receive(
    _ table: Table?, _ worker: UnsafeMutableRawPointer?, _ socket: UInt32,
    _ packets: UnsafeMutablePointer<tompion_packet_t>?, _ count: UInt32
  ) {
    guard let packets = unsafe packets, count > 0, let instance = unsafe ProviderInstance.of(table), instance.enter()
    else { return }
    let object = unsafe worker.map { unsafe Unmanaged<ProviderWorker>.fromOpaque($0).takeUnretainedValue() }
    var batch = unsafe PacketBatch(packets, count: Int(count))
    instance.provider.receive(&batch, socket: socket, worker: object)
    instance.leave()
  }

  private static func transmitted(
    _ table: Table?, _ transmitted: UnsafePointer<tompion_transmitted_t>?, _ count: UInt32
  ) {
    guard let transmitted = unsafe transmitted, let instance = unsafe ProviderInstance.of(table), instance.enter()
    else { return }
    // Sound: the host passes `count` records that live for the call.
    for index in 0..<Int(count) {
      let one = unsafe transmitted[index]
      instance.provider.transmitted(Transmitted(token: one.tx_token, socket: one.socket, stamp: Stamp(one.stamp)))
    }
    instance.leave()
  }

  private static func failed(_ table: Table?, _ socket: UInt32, _ status: tompion_status) {
    guard let instance = unsafe ProviderInstance.of(table), instance.enter() else { return }
    instance.provider.failed(socket: socket, Status(rawValue: status))
    instance.leave()
  }

  private static func expired(_ table: Table?, _ timer: UInt32, _ now: Int64) {
    guard timer <= UInt16.max, let instance = unsafe ProviderInstance.of(table) else { return }
    guard instance.enter() else {
      // Armed by a start that has not returned yet: it must not get lost.
      if instance.isStarting.load(ordering: .acquiring) {
        instance.provider.host.timers.arm(UInt16(timer), at: RawInstant(nanoseconds: now) + .milliseconds(1))
      }
      return
    }
    instance.provider.expired(timer: UInt16(timer), now: RawInstant(nanoseconds: now))
    instance.leave()
  }

  private static func resolved(
    _ table: Table?, _ token: UInt64, _ status: tompion_status, _ addresses: UnsafePointer<tompion_address_t>?,
    _ count: UInt32, _ text: UnsafePointer<CChar>?
  ) {
    guard let instance = unsafe ProviderInstance.of(table), instance.enter() else { return }
    // Sound: the host passes `count` addresses and a C string that live for the call.
    var list = AddressList()
    if let addresses = unsafe addresses {
      for index in 0..<Int(count) { unsafe list.append(SocketAddress(addresses[index])) }
    }
    let reason = unsafe text.map { unsafe String(cString: $0) } ?? ""
    instance.provider.resolved(token: token, Status(rawValue: status), list, reason: reason)
    instance.leave()
  }
}
