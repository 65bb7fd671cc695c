// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
package import LinuxKernel

/// What a provider wants of a device (device-io/1), checked and as values.
package struct DeviceOptions: Sendable, Equatable {
  package enum Kind: UInt32, Sendable, BitwiseCopyable {
    case serial = 1
    case pulses = 2
    case hardwareClock = 3
    case memory = 4
  }

  package var kind: Kind
  /// As the provider's settings have it.
  package var path: String
  /// bit/s, 0 = as it is.
  package var speed: UInt32 = 0
  package var edges: PulseEdges = []
  package var channel: UInt32 = 0
  /// UInt32.max = as it is.
  package var pin: UInt32 = .max
  /// 0 = none, or the default.
  package var intervalMilliseconds: UInt32 = 0
  package var enablesPulses = false
  package var isWritable = false
  package var trustsAnyOwner = false

  /// Looking more often than this is no use.
  static let shortestInterval: UInt32 = 5
  static let defaultInterval: UInt32 = 100

  package init(kind: Kind, path: String) {
    self.kind = kind
    self.path = path
  }

  /// nil = INVALID or UNSUPPORTED, told by `status`.
  init?(_ options: tompion_device_options_t, path: String, status: inout tompion_status) {
    status = TOMPION_UNSUPPORTED
    guard let kind = unsafe Kind(rawValue: options.kind) else { return nil }
    self.init(kind: kind, path: path)
    let flags = unsafe options.flags
    let allowed: UInt32 =
      switch kind {
      case .serial: 0
      case .pulses, .hardwareClock: TOMPION_DEVICE_ENABLE_PPS
      case .memory: TOMPION_DEVICE_WRITE | TOMPION_DEVICE_ANY_OWNER
      }
    guard flags & ~allowed == 0 else { return nil }
    status = TOMPION_INVALID
    unsafe edges = PulseEdges(rawValue: options.edges)
    unsafe speed = options.speed
    unsafe channel = options.channel
    unsafe pin = options.pin
    unsafe intervalMilliseconds = options.interval_ms
    enablesPulses = flags & TOMPION_DEVICE_ENABLE_PPS != 0
    isWritable = flags & TOMPION_DEVICE_WRITE != 0
    trustsAnyOwner = flags & TOMPION_DEVICE_ANY_OWNER != 0
    guard edges.rawValue & ~3 == 0, intervalMilliseconds == 0 || intervalMilliseconds >= Self.shortestInterval else {
      return nil
    }
    switch kind {
    case .pulses where edges.isEmpty, .hardwareClock where edges.isEmpty && intervalMilliseconds == 0: return nil
    case .memory where unit == nil: return nil
    default: break
    }
  }

  /// Whether it is to tell of an edge (TOMPION_EDGE_*).
  package func wants(edge: UInt32) -> Bool { edges.rawValue & edge != 0 }

  /// The number of "shm:N".
  package var unit: UInt32? {
    guard kind == .memory, path.hasPrefix("shm:"), let unit = UInt32(path.dropFirst(4)), unit <= 255 else { return nil }
    return unit
  }
}
