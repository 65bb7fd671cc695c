// SPDX-License-Identifier: Apache-2.0

import CTompionProvider

/// authenticate/1 for callers and authenticator/1 for those who do it.
extension HostTable {
  // Every closure: pointers are the caller's, borrowed for the call and checked for null before use.
  static var authenticate: tompion_authenticate_t {
    var table = tompion_authenticate_t()
    table.size = UInt32(MemoryLayout<tompion_authenticate_t>.size)
    unsafe table.open = { host, scheme, options, association in
      guard let instance = unsafe HostTable.instance(host), let scheme = unsafe CText.string(scheme, limit: 64),
        let options = unsafe options, let association = unsafe association
      else { return TOMPION_INVALID }
      guard instance.isOnOwnersThread() else { return TOMPION_WRONG_ROLE }
      guard instance.permits(instance.state == .started) else { return TOMPION_WRONG_STATE }
      guard unsafe instance.isWhole(options.pointee.size, tompion_association_options_t.self),
        unsafe options.pointee.mode == UInt32(TOMPION_AUTHENTICATE_CLIENT)
          || options.pointee.mode == UInt32(TOMPION_AUTHENTICATE_SERVER)
      else { return TOMPION_INVALID }
      guard let router = instance.backend.authentication else { return TOMPION_UNSUPPORTED }
      let (status, number) = unsafe router.open(
        by: instance, scheme: scheme, options.pointee, name: CText.string(options.pointee.name) ?? "",
        key: CText.string(options.pointee.key) ?? "")
      if status >= 0 { unsafe association.pointee = number }
      return status
    }
    unsafe table.close = { host, association in
      guard let instance = unsafe HostTable.instance(host), instance.isOnOwnersThread(),
        instance.permits(instance.state.isInited)
      else { return }
      instance.backend.authentication?.close(association, by: instance)
    }
    unsafe table.growth = { host, association in
      guard let instance = unsafe HostTable.instance(host) else { return 0 }
      return instance.backend.authentication?.use(association, by: instance) { $0.growth(association) } ?? 0
    }
    unsafe table.protect = { host, association, packets, count in
      unsafe HostTable.decide(.protect, host, association, packets, count)
    }
    unsafe table.unprotect = { host, association, packets, count in
      unsafe HostTable.decide(.unprotect, host, association, packets, count)
    }
    return table
  }

  private static func decide(
    _ what: ProviderInstance.Protecting, _ host: UnsafePointer<tompion_host_t>?, _ association: UInt32,
    _ packets: UnsafeMutablePointer<tompion_protection_t>?, _ count: UInt32
  ) -> UInt32 {
    guard let data = unsafe host?.pointee.host_data, let packets = unsafe packets else { return 0 }
    // Sound: the caller says that so many packets are there; the instance is as in `HostTable.instance`, and outlives this call,
    // so that no reference is counted for each packet.
    let batch = unsafe UnsafeMutableBufferPointer(start: packets, count: Int(count))
    return unsafe Unmanaged<ProviderInstance>.fromOpaque(data)._withUnsafeGuaranteedRef { instance in
      guard instance.permits(instance.state == .started), let router = instance.backend.authentication else {
        return unsafe ProviderInstance.refuse(batch, TOMPION_REFUSE_UNAVAILABLE)
      }
      let mayPend = unsafe instance.authenticateReceiver?.pointee.decided != nil
      return unsafe router.use(association, by: instance) {
        unsafe $0.decide(what, association, batch, mayPend: mayPend)
      } ?? ProviderInstance.refuse(batch, TOMPION_REFUSE_UNAVAILABLE)
    }
  }

  static var authenticator: tompion_authenticator_host_t {
    var table = tompion_authenticator_host_t()
    table.size = UInt32(MemoryLayout<tompion_authenticator_host_t>.size)
    unsafe table.decided = { host, association, protection in
      guard let instance = unsafe HostTable.instance(host), let protection = unsafe protection else {
        return TOMPION_INVALID
      }
      guard instance.isOnOwnersThread() else { return TOMPION_WRONG_ROLE }
      guard instance.permits(instance.state == .started && instance.answers == 0) else { return TOMPION_WRONG_STATE }
      guard let caller = instance.backend.authentication?.caller(of: association, at: instance) else {
        return TOMPION_NOT_FOUND
      }
      guard unsafe protection.pointee.isDecision else {
        instance.outbox.counters.count(.badArgument)
        return TOMPION_INVALID
      }
      return unsafe caller.associationDecided(association, protection.pointee) ? TOMPION_OK : TOMPION_NOT_FOUND
    }
    unsafe table.ready = { host, association, status, peer, text in
      guard let instance = unsafe HostTable.instance(host) else { return TOMPION_INVALID }
      guard instance.isOnOwnersThread() else { return TOMPION_WRONG_ROLE }
      guard instance.permits(instance.state == .started && instance.answers == 0) else { return TOMPION_WRONG_STATE }
      guard let caller = instance.backend.authentication?.caller(of: association, at: instance) else {
        return TOMPION_NOT_FOUND
      }
      caller.associationReady(
        association, status: status, peer: unsafe peer?.pointee ?? tompion_address_t(),
        text: unsafe CText.string(text) ?? "")
      return TOMPION_OK
    }
    return table
  }
}
