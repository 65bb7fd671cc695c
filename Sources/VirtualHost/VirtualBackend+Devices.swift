// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
package import ProviderHost
import TimeTypes

/// device-io/1 in virtual time: what is plugged into the host.
extension VirtualBackend {
  private static let limit = 16
  /// PPS_FETCH is asked so long after an edge: the daemon looks for a steady pulse right after it is due.
  private static let look = TimeInterval.milliseconds(5)

  package func openDevice(_ options: DeviceOptions) -> SocketOpening {
    let found = host.finds(options)
    guard found == TOMPION_OK else { return .failed(found) }
    guard devices.count < Self.limit else { return .failed(TOMPION_AGAIN) }
    guard !host.isOpen(options.path), !devices.contains(where: { $0.options.path == options.path }) else {
      return .failed(TOMPION_ADDRESS_IN_USE)
    }
    lastDevice &+= 1
    devices.append(VirtualDevice(handle: lastDevice, options: options))
    scheduleReading(lastDevice)
    return .opened(lastDevice)
  }

  package func closeDevice(_ device: UInt32) { devices.removeAll { $0.handle == device } }

  /// A receiver's configuration is of no use here; of memory nobody else reads.
  package func write(_ bytes: UnsafeRawBufferPointer, device: UInt32) -> UInt32 {
    guard let kind = find(device)?.options.kind, kind == .serial || kind == .memory else { return 0 }
    return UInt32(clamping: bytes.count)
  }

  private func find(_ handle: UInt32) -> VirtualDevice? { devices.first { $0.handle == handle } }

  private func place(_ handle: UInt32) -> Int? { devices.firstIndex { $0.handle == handle } }

  // MARK: what comes

  func changed(_ handle: UInt32, _ status: tompion_status) {
    instance?.deviceChanged(handle, status: status)
    if status == TOMPION_OK { scheduleReading(handle) }
  }

  func received(_ bytes: [UInt8], _ handle: UInt32) {
    // Sound: the array lives through the call.
    unsafe bytes.withUnsafeBytes { buffer in
      unsafe instance?.deviceReceived(handle, buffer, stamp: host.clock.stamp(.user, at: host.stampNow))
    }
  }

  /// An edge: of /dev/ppsN it waits to be fetched, of which the newest of each kind is; of a PTP clock's pin it is told at once.
  func marked(isAssert: Bool, _ handle: UInt32, _ shown: (TimeInterval, errorNanoseconds: UInt32)?) {
    guard let place = place(handle) else { return }
    let edge = UInt32(isAssert ? TOMPION_EDGE_ASSERT : TOMPION_EDGE_CLEAR)
    guard devices[place].options.wants(edge: edge) else { return }
    let stamp = host.clock.stamp(shown == nil ? .kernel : .hardware, at: host.stampNow)
    if isAssert { devices[place].asserts &+= 1 } else { devices[place].clears &+= 1 }
    if let shown {
      let count = devices[place].asserts &+ devices[place].clears
      return tell([mark(handle, edge, count, stamp, shown)])
    }
    if isAssert { devices[place].newestAssert = stamp } else { devices[place].newestClear = stamp }
    guard !devices[place].isLookDue else { return }
    devices[place].isLookDue = true
    later(Self.look) { $0.fetch(handle) }
  }

  private func fetch(_ handle: UInt32) {
    guard let place = place(handle) else { return }
    let device = devices[place]
    devices[place].isLookDue = false
    (devices[place].newestAssert, devices[place].newestClear) = (nil, nil)
    var marks: [tompion_device_mark_t] = []
    if let stamp = device.newestAssert {
      marks.append(mark(handle, UInt32(TOMPION_EDGE_ASSERT), device.asserts, stamp, nil))
    }
    if let stamp = device.newestClear {
      marks.append(mark(handle, UInt32(TOMPION_EDGE_CLEAR), device.clears, stamp, nil))
    }
    tell(marks.sorted { $0.stamp.raw_nanoseconds < $1.stamp.raw_nanoseconds })
  }

  // MARK: hardware clocks

  private func scheduleReading(_ handle: UInt32) {
    guard let options = find(handle)?.options, options.kind == .hardwareClock, options.intervalMilliseconds > 0 else {
      return
    }
    later(.milliseconds(Int64(options.intervalMilliseconds))) { $0.read(handle) }
  }

  private func read(_ handle: UInt32) {
    guard let device = find(handle), let read = host.plugs[device.options.path]?.reading else { return }
    scheduleReading(handle)
    guard let reading = read() else { return }
    tell([mark(handle, 0, 0, host.clock.stamp(.user, at: host.stampNow), reading)])
  }

  private func mark(
    _ handle: UInt32, _ edge: UInt32, _ sequence: UInt32, _ stamp: Stamp,
    _ shown: (shown: TimeInterval, errorNanoseconds: UInt32)?
  ) -> tompion_device_mark_t {
    var mark = tompion_device_mark_t()
    mark.device = handle
    mark.edge = edge
    mark.sequence = sequence
    mark.stamp = tompion_stamp_t(stamp)
    if let shown {
      mark.device_ns = shown.shown.nanoseconds
      mark.device_subns = UInt32(shown.shown.subnanoseconds)
      mark.error_ns = shown.errorNanoseconds
    }
    return mark
  }

  private func tell(_ marks: [tompion_device_mark_t]) {
    guard !marks.isEmpty else { return }
    // Sound: the array lives through the call.
    unsafe marks.withUnsafeBufferPointer { unsafe instance?.deviceMarked($0) }
  }

  /// Does something so much later by the host's counter, unless the provider was closed since.
  func later(_ interval: TimeInterval, _ act: @escaping (VirtualBackend) -> Void) {
    let life = life
    host.world.at(host.oscillator.moment(of: rawNow() + interval)) { [weak self] in
      if let self, self.life == life { act(self) }
    }
  }
}
