// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import LinuxKernel

/// store/1 and secrets/1: what a provider keeps, and the keys that its operator keeps for it.
extension HostTable {
  // Every closure: pointers are the caller's, borrowed for the call and checked for null before use.
  static var store: tompion_store_t {
    var table = tompion_store_t()
    table.size = UInt32(MemoryLayout<tompion_store_t>.size)
    unsafe table.get = { host, name, bytes, capacity in
      guard let instance = unsafe HostTable.instance(host), let name = unsafe name, instance.isOnOwnersThread(),
        instance.permits(instance.state.isInited), let store = instance.backend.store
      else { return 0 }
      return unsafe CText.withBytes(name, limit: Int(TOMPION_STORE_NAME_LIMIT) + 1) { name in
        let buffer = unsafe UnsafeMutableRawBufferPointer(start: bytes, count: bytes == nil ? 0 : Int(capacity))
        return UInt32(clamping: unsafe store.get(name, into: buffer))
      }
    }
    unsafe table.put = { host, name, bytes, count, flags in
      guard let instance = unsafe HostTable.instance(host), let name = unsafe name, unsafe bytes != nil || count == 0,
        flags & ~TOMPION_STORE_SECRET == 0
      else { return TOMPION_INVALID }
      guard instance.isOnOwnersThread() else { return TOMPION_WRONG_ROLE }
      guard instance.permits(instance.state.isInited) else { return TOMPION_WRONG_STATE }
      guard let store = instance.backend.store else { return TOMPION_UNSUPPORTED }
      return unsafe CText.withBytes(name, limit: Int(TOMPION_STORE_NAME_LIMIT) + 1) { name in
        unsafe store.put(
          name, UnsafeRawBufferPointer(start: bytes, count: Int(count)), isSecret: flags & TOMPION_STORE_SECRET != 0)
      }
    }
    return table
  }

  static var secrets: tompion_secrets_t {
    var table = tompion_secrets_t()
    table.size = UInt32(MemoryLayout<tompion_secrets_t>.size)
    unsafe table.get = { host, setting, flags, bytes, count in
      guard let instance = unsafe HostTable.instance(host), let bytes = unsafe bytes, let count = unsafe count,
        let setting = unsafe CText.path(setting), flags & ~TOMPION_SECRET_PUBLIC == 0
      else { return TOMPION_INVALID }
      guard instance.isOnOwnersThread() else { return TOMPION_WRONG_ROLE }
      guard instance.permits(instance.state.isInited) else { return TOMPION_WRONG_STATE }
      guard let path = instance.text(of: setting) else { return TOMPION_NOT_FOUND }
      switch instance.backend.openSecret(setting, path: path, isPublic: flags & TOMPION_SECRET_PUBLIC != 0) {
      case .opened(let secret):
        // Sound: the bytes live until release or close, as the header says.
        let found = unsafe secret.bytes
        unsafe bytes.pointee = found.baseAddress?.assumingMemoryBound(to: UInt8.self)
        unsafe count.pointee = UInt32(clamping: found.count)
        return TOMPION_OK
      case .failed(let status, let complaint):
        if !complaint.isEmpty { instance.log(.error, complaint) }
        return status
      }
    }
    unsafe table.release = { host, bytes in
      guard let instance = unsafe HostTable.instance(host), let bytes = unsafe bytes, instance.isOnOwnersThread(),
        instance.permits(instance.state.isInited)
      else { return }
      instance.backend.closeSecret(UInt(bitPattern: bytes))
    }
    return table
  }
}

extension ProviderInstance {
  /// The text of a setting; nil = there is no such one, or it is no text.
  func text(of path: String) -> String? {
    // Sound: the block's own strings, which live as long as it.
    for index in unsafe settings.entries.indices
    where unsafe settings.entries[index].type == UInt32(TOMPION_SETTING_STRING) {
      let entry = unsafe settings.entries[index]
      guard unsafe CText.path(entry.path) == path else { continue }
      return unsafe CText.path(entry.string)
    }
    return nil
  }
}
