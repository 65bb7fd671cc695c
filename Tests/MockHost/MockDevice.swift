// SPDX-License-Identifier: Apache-2.0

public import CTompionProvider

/// A device that a provider has open on a host in memory.
public struct MockDevice {
  public var path: String
  public var options: tompion_device_options_t

  static func fill(_ table: UnsafeMutablePointer<tompion_device_io_t>) {
    table.pointee.open = { host, options, handle in
      guard let mock = MockHost.of(host), let options = options?.pointee, let path = options.path, let handle else {
        return TOMPION_INVALID
      }
      let name = String(cString: path)
      if let status = mock.deviceStatus[name], status != TOMPION_OK { return status }
      if mock.devices.values.contains(where: { $0.path == name }) { return TOMPION_ADDRESS_IN_USE }
      if mock.singleEdged.contains(name), options.edges == 3 { return TOMPION_UNSUPPORTED }
      handle.pointee = mock.nextDevice
      mock.devices[mock.nextDevice] = MockDevice(path: name, options: options)
      mock.nextDevice += 1
      return TOMPION_OK
    }
    table.pointee.close = { host, handle in MockHost.of(host)?.devices[handle] = nil }
    table.pointee.write = { _, _, _, count in count }
  }
}

extension MockHost {
  /// The handle of the device at a path; 0 = it is not open.
  public func device(_ path: String) -> UInt32 { devices.first { $0.value.path == path }?.key ?? 0 }

  /// Brings one mark of a device to the provider.
  public func mark(_ mark: tompion_device_mark_t) {
    guard let provider, let receiver = receiver(TOMPION_DEVICE_IO_ID, as: tompion_device_receiver_t.self) else {
      return
    }
    var mark = mark
    receiver.pointee.marked(provider, &mark, 1)
  }

  /// The device is gone, or back.
  public func deviceChanged(_ device: UInt32, status: Int32) {
    guard let provider, let receiver = receiver(TOMPION_DEVICE_IO_ID, as: tompion_device_receiver_t.self) else {
      return
    }
    receiver.pointee.changed(provider, device, status)
  }

  /// The clock is synchronized, within a bound, or not.
  public func setClock(synchronized: Bool, boundNanoseconds: UInt64 = 1_000_000) {
    var info = tompion_clock_info_t()
    info.size = UInt32(MemoryLayout<tompion_clock_info_t>.size)
    info.synchronized = synchronized ? 1 : 0
    info.leap = synchronized ? 0 : 3
    info.stratum = synchronized ? 2 : 16
    info.raw_ns = raw
    info.era = era
    info.bound_hard_ns = boundNanoseconds
    info.dispersion_rate_ppb = 15_000
    setClock(info)
  }
}
