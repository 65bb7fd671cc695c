// SPDX-License-Identifier: Apache-2.0

import CTompionProvider

/// device-io/1, the host's side: serial lines, pulses, PTP hardware clocks and NTP's shared memory, which the host opens and owns, for
/// reading. What comes of them is told by `Provider.deviceReceived`, `deviceMarked` and `deviceChanged`.
@safe
public struct DeviceAccess: @unchecked Sendable {
  let host: UnsafePointer<tompion_host_t>
  let table: UnsafePointer<tompion_device_io_t>?

  // Every call passes the host table that the extension came from, with buffers that live for the call and whose length is
  // passed along.

  public var isAvailable: Bool { unsafe table != nil }

  public struct Edges: OptionSet, Hashable, Sendable, BitwiseCopyable {
    public var rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    public static let assert = Edges(rawValue: UInt32(TOMPION_EDGE_ASSERT))
    public static let clear = Edges(rawValue: UInt32(TOMPION_EDGE_CLEAR))
  }

  public struct Flags: OptionSet, Sendable, BitwiseCopyable {
    public var rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Pulses, hardware clock: have the PTP clock make its pulses.
    public static let enablePulses = Flags(rawValue: TOMPION_DEVICE_ENABLE_PPS)
    /// Shared memory: write into it instead of reading it.
    public static let write = Flags(rawValue: TOMPION_DEVICE_WRITE)
    /// Shared memory: whoever owns it.
    public static let anyOwner = Flags(rawValue: TOMPION_DEVICE_ANY_OWNER)
  }

  /// What to open, by a path as one of the provider's settings has it.
  public enum Device: Hashable, Sendable {
    /// `speed` in bit/s, 0 = leave.
    case serial(speed: UInt32 = 0)
    /// `interval`: look at least every so many ms, 0 = 100.
    case pulses(Edges, interval: UInt32 = 0)
    /// A cross time stamp every `interval` ms, 0 = none; external time stamps of `edges`, none = none. `pin` nil = leave.
    case hardwareClock(interval: UInt32, edges: Edges = [], channel: UInt32 = 0, pin: UInt32? = nil)
    /// "shm:0" to "shm:255".
    case sharedMemory(interval: UInt32 = 0)
  }

  /// Opens a device; its handle is never 0 and never used again. [control or capture]
  public func open(_ device: Device, path: String, flags: Flags = []) -> Result<UInt32, SocketError> {
    guard let table = unsafe table, let open = unsafe table.pointee.open else { return .failure(.init(.unsupported)) }
    var options = unsafe tompion_device_options_t()
    unsafe options.size = UInt32(MemoryLayout<tompion_device_options_t>.size)
    unsafe options.pin = .max
    unsafe options.flags = flags.rawValue
    switch device {
    case .serial(let speed):
      unsafe options.kind = UInt32(TOMPION_DEVICE_SERIAL)
      unsafe options.speed = speed
    case .pulses(let edges, let interval):
      unsafe options.kind = UInt32(TOMPION_DEVICE_PPS)
      unsafe options.edges = edges.rawValue
      unsafe options.interval_ms = interval
    case .hardwareClock(let interval, let edges, let channel, let pin):
      unsafe options.kind = UInt32(TOMPION_DEVICE_PHC)
      unsafe options.interval_ms = interval
      unsafe options.edges = edges.rawValue
      unsafe options.channel = channel
      unsafe options.pin = pin ?? .max
    case .sharedMemory(let interval):
      unsafe options.kind = UInt32(TOMPION_DEVICE_MEMORY)
      unsafe options.interval_ms = interval
    }
    var handle: UInt32 = 0
    let status = unsafe path.withCString { text in
      unsafe options.path = text
      return unsafe Status(rawValue: open(host, &options, &handle))
    }
    return status == .ok ? .success(handle) : .failure(SocketError(status))
  }

  /// [control or capture]
  public func close(_ device: UInt32) {
    guard let table = unsafe table, let close = unsafe table.pointee.close else { return }
    unsafe close(host, device)
  }

  /// Serial: hands bytes to the line. Shared memory with `.write`: a whole segment or nothing. How many were taken. [capture]
  public func write(_ device: UInt32, _ bytes: Span<UInt8>) -> Int {
    guard let table = unsafe table, let write = unsafe table.pointee.write else { return 0 }
    return unsafe bytes.withUnsafeBufferPointer {
      unsafe Int(write(host, device, $0.baseAddress, UInt32(clamping: $0.count)))
    }
  }
}
