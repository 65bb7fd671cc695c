// SPDX-License-Identifier: Apache-2.0

import CTompionProvider

/// device-io/1: devices that the backend owns.
extension HostTable {
  // Every closure: pointers are the caller's, borrowed for the call and checked for null before use.
  static var deviceIO: tompion_device_io_t {
    var table = tompion_device_io_t()
    table.size = UInt32(MemoryLayout<tompion_device_io_t>.size)
    unsafe table.open = { host, options, device in
      guard let instance = unsafe HostTable.instance(host), let options = unsafe options, let device = unsafe device,
        let path = unsafe CText.path(options.pointee.path)
      else {
        return TOMPION_INVALID
      }
      guard instance.isOnOwnersThread() else { return TOMPION_WRONG_ROLE }
      guard instance.permits(instance.state.isInited) else { return TOMPION_WRONG_STATE }
      guard unsafe instance.isWhole(options.pointee.size, tompion_device_options_t.self) else { return TOMPION_INVALID }
      var status = TOMPION_INVALID
      guard let wanted = unsafe DeviceOptions(options.pointee, path: path, status: &status) else { return status }
      guard instance.isGranted(instance.grants.permits(path: path)) else { return TOMPION_PERMISSION }
      return unsafe instance.answer(instance.backend.openDevice(wanted), device)
    }
    unsafe table.close = { host, device in
      guard let instance = unsafe HostTable.instance(host), instance.isOnOwnersThread(),
        instance.permits(instance.state.isInited)
      else { return }
      instance.backend.closeDevice(device)
    }
    unsafe table.write = { host, device, bytes, count in
      guard let instance = unsafe HostTable.instance(host), let bytes = unsafe bytes, count > 0 else { return 0 }
      guard instance.isOnOwnersThread(), instance.permits(instance.state == .started) else { return 0 }
      return unsafe instance.backend.write(UnsafeRawBufferPointer(start: bytes, count: Int(count)), device: device)
    }
    return table
  }
}

extension ProviderInstance {
  /// Counts a request for something that the provider's settings do not name.
  func isGranted(_ isNamed: Bool) -> Bool {
    if !isNamed { outbox.counters.count(.notGranted) }
    return isNamed
  }

  /// A handle, or why there is none. Sound: the caller's place for it, checked for null before.
  func answer(_ opening: SocketOpening, _ handle: UnsafeMutablePointer<UInt32>) -> tompion_status {
    switch opening {
    case .opened(let number):
      unsafe handle.pointee = number
      return TOMPION_OK
    case .failed(let status): return status
    }
  }
}
