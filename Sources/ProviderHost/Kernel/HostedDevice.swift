// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import CardLines
import LinuxKernel
import TimeTypes

/// One device of a provider, open or lost for now. The owner's thread.
final class HostedDevice {
  let handle: UInt32
  let options: DeviceOptions
  /// nil = memory, or lost.
  var descriptor: FileDescriptor?
  var segment: SharedSegment?
  var phc: PHCDevice?
  var line = CardLine()
  var train: PulseTrain
  /// External time stamps told so far.
  var sequence: UInt32 = 0
  /// When the PTP clock was last read.
  var read: RawInstant?
  /// When it was last looked at: what shows up now is not older.
  var looked = RawInstant(nanoseconds: .min)
  /// The last edge, and what lay between it and the one before: when the next one is due.
  var lastEdge: RawInstant?
  var period: TimeInterval?
  var isLost = false

  init(handle: UInt32, options: DeviceOptions) {
    self.handle = handle
    self.options = options
    train = PulseTrain(options.edges)
  }

  /// How often it is looked at; nil = it tells of itself.
  var interval: TimeInterval? {
    let wanted = options.intervalMilliseconds
    switch options.kind {
    case .serial: return nil
    case .hardwareClock where line.state != .running: return .milliseconds(25)
    case .hardwareClock: return .milliseconds(Int64(wanted == 0 ? 1000 : wanted))
    case .pulses, .memory: return .milliseconds(Int64(wanted == 0 ? DeviceOptions.defaultInterval : wanted))
    }
  }

  /// Notes an edge, for the sake of the next one.
  func note(edge: RawInstant) {
    if let lastEdge, edge > lastEdge { period = edge - lastEdge }
    lastEdge = edge
  }

  /// The next look: by the interval, or half a millisecond after a pulse is due, if that is sooner.
  func nextLook(after now: RawInstant) -> RawInstant? {
    guard let interval else { return nil }
    let usual = now + interval
    guard options.kind == .pulses, let lastEdge, let period else { return usual }
    let due = lastEdge + period + .microseconds(500)
    return due > now ? min(usual, due) : usual
  }
}

/// The devices of one provider, and the memory that they are read into; made once, so that reading allocates nothing.
@safe final class HostedDevices {
  static let limit = 16
  static let readLimit = 4096
  static let batch = 32

  // Sound: made here, freed in deinit, used by the owner's thread alone within calls of the backend.
  let bytes: UnsafeMutableRawBufferPointer
  let segmentBefore: UnsafeMutableRawBufferPointer
  let marks: UnsafeMutableBufferPointer<tompion_device_mark_t>
  private(set) var all: [HostedDevice] = []
  private var lastHandle: UInt32 = 0

  init() {
    unsafe bytes = .allocate(byteCount: Self.readLimit, alignment: 16)
    unsafe segmentBefore = .allocate(byteCount: Self.limit * SharedSegment.bytes, alignment: 16)
    unsafe segmentBefore.initializeMemory(as: UInt8.self, repeating: 0)
    unsafe marks = .allocate(capacity: Self.batch)
    unsafe marks.initialize(repeating: tompion_device_mark_t())
    all.reserveCapacity(Self.limit)
  }

  deinit {
    unsafe bytes.deallocate()
    unsafe segmentBefore.deallocate()
    unsafe marks.deallocate()
  }

  func find(_ handle: UInt32) -> HostedDevice? {
    for index in 0..<all.count where all[index].handle == handle { return all[index] }
    return nil
  }

  func isOpen(_ path: String) -> Bool { all.contains { $0.options.path == path } }

  func add(_ options: DeviceOptions) -> HostedDevice {
    lastHandle &+= 1
    let device = HostedDevice(handle: lastHandle, options: options)
    all.append(device)
    return device
  }

  func remove(_ handle: UInt32) { all.removeAll { $0.handle == handle } }
}
