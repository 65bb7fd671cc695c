// SPDX-License-Identifier: Apache-2.0

import CTompionProvider

/// The provider's side of authenticator/1: one table for each kind that offers a scheme.
enum AuthenticatorTable {
  private typealias Table = UnsafePointer<tompion_provider_t>

  static func make(scheme: StaticString) -> UnsafePointer<tompion_authenticator_t> {
    // Sound: allocated once for the life of the process and only read afterwards. In each function: what the host passes lives for the
    // call, and a count goes with every pointer.
    let table = UnsafeMutablePointer<tompion_authenticator_t>.allocate(capacity: 1)
    unsafe table.initialize(
      to: tompion_authenticator_t(
        size: UInt32(MemoryLayout<tompion_authenticator_t>.size), reserved: 0, scheme: scheme.cString,
        open: { unsafe AuthenticatorTable.open($0, $1, $2) },
        close: { table, association in
          unsafe ProviderInstance.of(table)?.provider.authenticator?.closeAssociation(association)
        },
        growth: { unsafe AuthenticatorTable.growth($0, $1) },
        protect: { table, association, packets, count in
          unsafe AuthenticatorTable.decide(table, packets, count) { $0.protect(association, &$1) }
        },
        unprotect: { table, association, packets, count in
          unsafe AuthenticatorTable.decide(table, packets, count) { $0.unprotect(association, &$1) }
        }))
    return unsafe UnsafePointer(table)
  }

  private static func open(
    _ table: Table?, _ association: UInt32, _ options: UnsafePointer<tompion_association_options_t>?
  ) -> tompion_status {
    guard let authenticator = unsafe ProviderInstance.of(table)?.provider.authenticator, let options = unsafe options,
      unsafe options.pointee.size >= MemoryLayout<tompion_association_options_t>.size
    else { return Status.invalid.rawValue }
    let key = unsafe options.pointee.key.map { unsafe String(cString: $0) } ?? ""
    let use: AuthenticationAccess.Use
    switch unsafe Int32(bitPattern: options.pointee.mode) {
    case TOMPION_AUTHENTICATE_CLIENT:
      let name = unsafe options.pointee.name.map { unsafe String(cString: $0) } ?? ""
      use = unsafe .client(server: name, source: options.pointee.source)
    case TOMPION_AUTHENTICATE_SERVER: use = .server
    default: return Status.invalid.rawValue
    }
    return authenticator.openAssociation(association, use, key: key).rawValue
  }

  private static func growth(_ table: Table?, _ association: UInt32) -> UInt32 {
    guard let instance = unsafe ProviderInstance.of(table), instance.enter() else { return 0 }
    defer { instance.leave() }
    return UInt32(clamping: instance.provider.authenticator?.growth(association) ?? 0)
  }

  private static func decide(
    _ table: Table?, _ packets: UnsafeMutablePointer<tompion_protection_t>?, _ count: UInt32,
    _ body: (Authenticator, inout ProtectionBatch) -> Void
  ) {
    guard let packets = unsafe packets, let data = unsafe table?.pointee.provider_data else { return }
    // Sound: as in `ProviderInstance.of`; the instance lives until close, which waits for those inside, so no reference is counted.
    unsafe Unmanaged<ProviderInstance>.fromOpaque(data)._withUnsafeGuaranteedRef { instance in
      guard instance.enter() else { return }
      defer { instance.leave() }
      guard let authenticator = instance.authenticator else { return }
      var batch = unsafe ProtectionBatch(packets, count: Int(count))
      body(authenticator, &batch)
    }
  }
}
