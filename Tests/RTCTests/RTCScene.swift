// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import MockHost

@testable import RTC

/// A host in memory whose battery-backed clock is a file of the test's.
final class RTCScene {
  let host = MockHost()
  /// What it is off by, ns; nil = it cannot be read.
  var offset: Int64? = 0
  /// Instead of a time.
  var text: String?
  var kept: [String: [UInt8]] = [:]
  /// False: the host takes nothing to keep.
  var keeps = true
  private(set) var held = 0
  private let secrets = UnsafeMutablePointer<tompion_secrets_t>.allocate(capacity: 1)
  private let store = UnsafeMutablePointer<tompion_store_t>.allocate(capacity: 1)
  /// The C functions have no context: one scene at a time.
  private nonisolated(unsafe) static weak var current: RTCScene?
  static let path = "/sys/class/rtc/rtc0/since_epoch"
  static let second: Int64 = 1_000_000_000

  init() {
    secrets.initialize(to: tompion_secrets_t())
    store.initialize(to: tompion_store_t())
    Self.current = self
    secrets.pointee.size = UInt32(MemoryLayout<tompion_secrets_t>.size)
    secrets.pointee.get = { _, setting, flags, bytes, count in
      guard let scene = RTCScene.current, let setting, String(cString: setting) == "device",
        flags == TOMPION_SECRET_PUBLIC
      else { return TOMPION_INVALID }
      guard let offset = scene.offset else { return TOMPION_NOT_FOUND }
      let shown = (scene.host.raw + scene.host.clockOffset + offset) / RTCScene.second
      let file = Array((scene.text ?? "\(shown)\n").utf8)
      let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: max(1, file.count))
      copy.initialize(from: file, count: file.count)
      scene.held += 1
      bytes?.pointee = UnsafePointer(copy)
      count?.pointee = UInt32(file.count)
      return TOMPION_OK
    }
    secrets.pointee.release = { _, bytes in
      RTCScene.current?.held -= 1
      bytes?.deallocate()
    }
    store.pointee.size = UInt32(MemoryLayout<tompion_store_t>.size)
    store.pointee.get = { _, name, bytes, capacity in
      guard let name, let value = RTCScene.current?.kept[String(cString: name)] else { return 0 }
      if let bytes { for index in 0..<min(Int(capacity), value.count) { bytes[index] = value[index] } }
      return UInt32(value.count)
    }
    store.pointee.put = { _, name, bytes, count, _ in
      guard let name, let bytes else { return TOMPION_INVALID }
      guard RTCScene.current?.keeps == true else { return TOMPION_NO_MEMORY }
      RTCScene.current?.kept[String(cString: name)] = (0..<Int(count)).map { bytes[$0] }
      return TOMPION_OK
    }
    host.extensions = [TOMPION_SECRETS_ID: UnsafeRawPointer(secrets), TOMPION_STORE_ID: UnsafeRawPointer(store)]
    host.set("device", Self.path)
  }

  deinit {
    host.close()
    secrets.deallocate()
    store.deallocate()
  }

  func start() -> Int32 {
    guard host.open(rtcModule(), id: "org.tompion.rtc") else { return TOMPION_NOT_FOUND }
    let status = host.initialize()
    return status == TOMPION_OK ? host.start() : status
  }

  /// So many seconds, with the page as new as the engine keeps it.
  func run(seconds: Int64, synchronized: Bool) {
    for _ in 0..<seconds {
      host.setClock(synchronized: synchronized)
      host.advance(by: Self.second)
    }
  }

  var error: String {
    guard var info = host.sources.values.first else { return "" }
    return withUnsafeBytes(of: &info.last_error) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}
