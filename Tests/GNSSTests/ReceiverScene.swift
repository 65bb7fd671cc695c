// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import GNSS
import MockHost

/// The whole provider on a host in memory, with devices and streams that the test plays.
final class ReceiverScene {
  struct Device {
    var options: tompion_device_options_t
    var path: String
    var written: [[UInt8]] = []
  }
  struct Stream {
    var options: tompion_stream_options_t
    var path: String
    var sent: [UInt8] = []
  }

  let host = MockHost()
  var devices: [UInt32: Device] = [:]
  var streams: [UInt32: Stream] = [:]
  /// What the next opening says.
  var status = TOMPION_OK
  /// How often somebody else has written the memory.
  var foreignWrites = 0
  private var foreignWritesSeen = 0
  /// Openings so far.
  var openings = 0
  private var lastHandle: UInt32 = 0
  private let deviceTable = UnsafeMutablePointer<tompion_device_io_t>.allocate(capacity: 1)
  /// What a provider keeps over a restart.
  var kept: [String: [UInt8]] = [:]
  private let storeTable = UnsafeMutablePointer<tompion_store_t>.allocate(capacity: 1)
  private let streamTable = UnsafeMutablePointer<tompion_stream_t>.allocate(capacity: 1)
  /// The C functions have no context: one scene at a time.
  private nonisolated(unsafe) static weak var current: ReceiverScene?

  init() {
    deviceTable.initialize(to: tompion_device_io_t())
    streamTable.initialize(to: tompion_stream_t())
    storeTable.initialize(to: tompion_store_t())
    Self.current = self
    fillDevices()
    fillStreams()
    fillStore()
    // CLOCK_REALTIME and the disciplined clock are one here.
    host.clockOffset = ReceiverDriver.today
    host.extensions = [
      TOMPION_DEVICE_IO_ID: UnsafeRawPointer(deviceTable), TOMPION_STREAM_ID: UnsafeRawPointer(streamTable),
      TOMPION_STORE_ID: UnsafeRawPointer(storeTable),
    ]
  }

  deinit {
    host.close()
    deviceTable.deallocate()
    streamTable.deallocate()
    storeTable.deallocate()
  }

  func start() -> Int32 {
    guard host.open(gnssModule(), id: "org.tompion.gnss") else { return TOMPION_NOT_FOUND }
    let status = host.initialize()
    guard status == TOMPION_OK else { return status }
    let started = host.start()
    host.advance(by: 1)
    return started
  }

  func take() -> UInt32 {
    lastHandle += 1
    openings += 1
    return lastHandle
  }

  private func fillDevices() {
    deviceTable.pointee.size = UInt32(MemoryLayout<tompion_device_io_t>.size)
    deviceTable.pointee.open = { _, options, handle in
      guard let scene = ReceiverScene.current, let options, let handle else { return TOMPION_INVALID }
      guard scene.status == TOMPION_OK else {
        scene.openings += 1
        return scene.status
      }
      handle.pointee = scene.take()
      scene.foreignWritesSeen = scene.foreignWrites
      scene.devices[handle.pointee] = Device(options: options.pointee, path: String(cString: options.pointee.path))
      return TOMPION_OK
    }
    deviceTable.pointee.close = { _, handle in ReceiverScene.current?.devices[handle] = nil }
    deviceTable.pointee.write = { _, handle, bytes, count in
      guard let scene = ReceiverScene.current, let bytes, scene.devices[handle] != nil else { return 0 }
      guard scene.foreignWritesSeen == scene.foreignWrites else {
        scene.foreignWritesSeen = scene.foreignWrites
        return 0
      }
      scene.devices[handle]?.written.append((0..<Int(count)).map { bytes[$0] })
      return count
    }
  }

  private func fillStore() {
    storeTable.pointee.size = UInt32(MemoryLayout<tompion_store_t>.size)
    storeTable.pointee.get = { _, name, bytes, capacity in
      guard let name, let value = ReceiverScene.current?.kept[String(cString: name)] else { return 0 }
      if let bytes { for index in 0..<min(Int(capacity), value.count) { bytes[index] = value[index] } }
      return UInt32(value.count)
    }
    storeTable.pointee.put = { _, name, bytes, count, _ in
      guard let name, let bytes else { return TOMPION_INVALID }
      ReceiverScene.current?.kept[String(cString: name)] = (0..<Int(count)).map { bytes[$0] }
      return TOMPION_OK
    }
  }

  private func fillStreams() {
    streamTable.pointee.size = UInt32(MemoryLayout<tompion_stream_t>.size)
    streamTable.pointee.open = { _, options, handle in
      guard let scene = ReceiverScene.current, let options, let handle else { return TOMPION_INVALID }
      guard scene.status == TOMPION_OK else {
        scene.openings += 1
        return scene.status
      }
      handle.pointee = scene.take()
      scene.streams[handle.pointee] = Stream(options: options.pointee, path: String(cString: options.pointee.path))
      return TOMPION_OK
    }
    streamTable.pointee.close = { _, handle, _ in ReceiverScene.current?.streams[handle] = nil }
    streamTable.pointee.send = { _, handle, bytes, count in
      guard let bytes, ReceiverScene.current?.streams[handle] != nil else { return 0 }
      ReceiverScene.current?.streams[handle]?.sent += (0..<Int(count)).map { bytes[$0] }
      return count
    }
  }

  // MARK: what happens

  func deviceReceived(_ device: UInt32, _ bytes: [UInt8]) {
    var stamp = host.stamp(kind: TOMPION_STAMP_USER)
    guard let table = host.receiver(TOMPION_DEVICE_IO_ID, as: tompion_device_receiver_t.self),
      let provider = host.provider
    else { return }
    bytes.withUnsafeBufferPointer { table.pointee.received(provider, device, $0.baseAddress, UInt32($0.count), &stamp) }
  }

  func deviceChanged(_ device: UInt32, _ status: Int32) {
    guard let table = host.receiver(TOMPION_DEVICE_IO_ID, as: tompion_device_receiver_t.self),
      let provider = host.provider
    else { return }
    table.pointee.changed(provider, device, status)
  }

  func streamOpened(_ stream: UInt32, _ status: Int32 = TOMPION_OK) {
    if status != TOMPION_OK { streams[stream] = nil }
    guard let table = host.receiver(TOMPION_STREAM_ID, as: tompion_stream_receiver_t.self), let provider = host.provider
    else { return }
    table.pointee.opened(provider, stream, status)
  }

  func streamReceived(_ stream: UInt32, _ bytes: [UInt8]) {
    guard let table = host.receiver(TOMPION_STREAM_ID, as: tompion_stream_receiver_t.self), let provider = host.provider
    else { return }
    bytes.withUnsafeBufferPointer { table.pointee.received(provider, stream, $0.baseAddress, UInt32($0.count)) }
  }

  func streamFailed(_ stream: UInt32, _ status: Int32) {
    streams[stream] = nil
    guard let table = host.receiver(TOMPION_STREAM_ID, as: tompion_stream_receiver_t.self), let provider = host.provider
    else { return }
    table.pointee.failed(provider, stream, status)
  }

  /// UTC on the host's clock.
  var utc: Int64 { host.raw + host.clockOffset }

  /// Lets time pass up to the next whole second.
  func nextSecond() { host.advance(to: host.raw + ReceiverDriver.second - utc % ReceiverDriver.second) }

  /// A sentence with its checksum and line end.
  static func sentence(_ body: String) -> [UInt8] {
    let sum = body.utf8.reduce(0) { $0 ^ $1 }
    let digits = String(sum, radix: 16, uppercase: true)
    return Array("$\(body)*\(digits.count < 2 ? "0" : "")\(digits)\r\n".utf8)
  }

  var info: tompion_source_info_t? { host.sources.first?.value }

  static func text<Characters>(_ characters: Characters) -> String {
    withUnsafeBytes(of: characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }

  var lastError: String { info.map { Self.text($0.last_error) } ?? "" }
  var events: [UInt32] { host.events.map(\.number) }
}
