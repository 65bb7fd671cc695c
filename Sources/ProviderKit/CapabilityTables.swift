// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import TimeTypes

/// The provider's side of stream/1, device-io/1, secrets/1 and authenticate/1.
@safe
struct CapabilityTables: @unchecked Sendable {
  let streams: UnsafePointer<tompion_stream_receiver_t>
  let devices: UnsafePointer<tompion_device_receiver_t>
  let secrets: UnsafePointer<tompion_secrets_receiver_t>
  let associations: UnsafePointer<tompion_authenticate_receiver_t>

  static let shared = CapabilityTables()

  private typealias Table = UnsafePointer<tompion_provider_t>

  private init() {
    // Sound: allocated once for the life of the process and only read afterwards. In each function: what the host passes lives for the
    // call, and a count goes with every pointer.
    let streams = UnsafeMutablePointer<tompion_stream_receiver_t>.allocate(capacity: 1)
    unsafe streams.initialize(
      to: tompion_stream_receiver_t(
        size: UInt32(MemoryLayout<tompion_stream_receiver_t>.size), reserved: 0,
        opened: { table, stream, status in
          unsafe CapabilityTables.enter(table) { $0.streamOpened(stream, Status(rawValue: status)) }
        },
        accepted: { table, listener, stream, peer in
          let address = unsafe peer.map { unsafe SocketAddress($0.pointee) } ?? .none
          unsafe CapabilityTables.enter(table) { $0.streamAccepted(listener: listener, stream, peer: address) }
        },
        received: { table, stream, bytes, count in
          unsafe CapabilityTables.enter(table) { provider in
            unsafe CapabilityTables.span(bytes, count) { provider.streamReceived(stream, $0) }
          }
        },
        writable: { table, stream in unsafe CapabilityTables.enter(table) { $0.streamWritable(stream) } },
        failed: { table, stream, status in
          unsafe CapabilityTables.enter(table) { $0.streamFailed(stream, Status(rawValue: status)) }
        }))
    let devices = UnsafeMutablePointer<tompion_device_receiver_t>.allocate(capacity: 1)
    unsafe devices.initialize(
      to: tompion_device_receiver_t(
        size: UInt32(MemoryLayout<tompion_device_receiver_t>.size), reserved: 0,
        received: { table, device, bytes, count, first in
          guard let stamp = unsafe first.map({ unsafe Stamp($0.pointee) }) else { return }
          unsafe CapabilityTables.enter(table) { provider in
            unsafe CapabilityTables.span(bytes, count) { provider.deviceReceived(device, $0, at: stamp) }
          }
        },
        marked: { table, marks, count in
          guard let marks = unsafe marks else { return }
          unsafe CapabilityTables.enter(table) { provider in
            for index in 0..<Int(count) { unsafe provider.deviceMarked(DeviceMark(marks[index])) }
          }
        },
        changed: { table, device, status in
          unsafe CapabilityTables.enter(table) { $0.deviceChanged(device, Status(rawValue: status)) }
        }))
    let secrets = UnsafeMutablePointer<tompion_secrets_receiver_t>.allocate(capacity: 1)
    unsafe secrets.initialize(
      to: tompion_secrets_receiver_t(
        size: UInt32(MemoryLayout<tompion_secrets_receiver_t>.size), reserved: 0,
        changed: { table, setting in
          guard let setting = unsafe setting else { return }
          let path = unsafe String(cString: setting)
          unsafe CapabilityTables.enter(table) { $0.secretChanged(setting: path) }
        }))
    let associations = UnsafeMutablePointer<tompion_authenticate_receiver_t>.allocate(capacity: 1)
    unsafe associations.initialize(
      to: tompion_authenticate_receiver_t(
        size: UInt32(MemoryLayout<tompion_authenticate_receiver_t>.size), reserved: 0,
        decided: { table, association, protection in
          guard let protection = unsafe protection else { return }
          unsafe CapabilityTables.enter(table) { provider in
            let length = unsafe min(protection.pointee.length, protection.pointee.capacity)
            unsafe CapabilityTables.span(UnsafePointer(protection.pointee.bytes), length) {
              unsafe provider.protectionDecided(association, Protection(protection.pointee), $0)
            }
          }
        },
        ready: { table, association, status, peer, text in
          let address = unsafe peer.map { unsafe SocketAddress($0.pointee) } ?? .none
          let reason = unsafe text.map { unsafe String(cString: $0) } ?? ""
          unsafe CapabilityTables.enter(table) {
            $0.associationReady(association, Status(rawValue: status), peer: address, reason: reason)
          }
        }))
    unsafe self.streams = UnsafePointer(streams)
    unsafe self.devices = UnsafePointer(devices)
    unsafe self.secrets = UnsafePointer(secrets)
    unsafe self.associations = UnsafePointer(associations)
  }

  /// Calls a started provider, through its gate.
  private static func enter(_ table: Table?, _ body: (Provider) -> Void) {
    guard let instance = unsafe ProviderInstance.of(table), instance.enter() else { return }
    body(instance.provider)
    instance.leave()
  }

  private static func span(_ bytes: UnsafePointer<UInt8>?, _ count: UInt32, _ body: (Span<UInt8>) -> Void) {
    guard let bytes = unsafe bytes, count > 0 else { return body(Span()) }
    unsafe body(Span(_unsafeStart: bytes, count: Int(count)))
  }
}
