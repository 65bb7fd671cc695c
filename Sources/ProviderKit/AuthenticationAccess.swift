// SPDX-License-Identifier: Apache-2.0

import CTompionProvider

/// authenticate/1, the caller's side: proves packets by schemes that other providers of this process offer ("symmetric", "nts",
/// "ms-sntp"). `Provider.associationReady` and `protectionDecided` tell what comes later.
@safe
public struct AuthenticationAccess: @unchecked Sendable {
  let host: UnsafePointer<tompion_host_t>
  let table: UnsafePointer<tompion_authenticate_t>?

  // Every call passes the host table that the extension came from, with buffers that live for the call and whose length is
  // passed along.

  public var isAvailable: Bool { unsafe table != nil }

  /// What an association is for.
  public enum Use: Hashable, Sendable {
    /// Protects requests to that server, named as in the configuration, and unprotects its replies. `source`: for events.
    case client(server: String, source: UInt32)
    /// Unprotects requests and protects replies.
    case server
  }

  /// Opens an association; `isReady` = it may be used at once, else from `Provider.associationReady` on. `key`: what the operator wrote,
  /// "" = the scheme's default. Not in `initialize`. [control or capture & started]
  public func open(
    scheme: String, _ use: Use, key: String = ""
  ) -> Result<(association: UInt32, isReady: Bool), SocketError> {
    guard let table = unsafe table, let open = unsafe table.pointee.open else { return .failure(.init(.unsupported)) }
    var options = unsafe tompion_association_options_t()
    unsafe options.size = UInt32(MemoryLayout<tompion_association_options_t>.size)
    var name = ""
    switch use {
    case .client(let server, let source):
      name = server
      unsafe options.mode = UInt32(TOMPION_AUTHENTICATE_CLIENT)
      unsafe options.source = source
    case .server: unsafe options.mode = UInt32(TOMPION_AUTHENTICATE_SERVER)
    }
    var association: UInt32 = 0
    let status = unsafe name.withCString { nameText in
      unsafe key.withCString { keyText in
        unsafe options.name = nameText
        unsafe options.key = keyText
        return unsafe scheme.withCString { unsafe Status(rawValue: open(host, $0, &options, &association)) }
      }
    }
    return status == .ok || status == .again
      ? .success((association, status == .ok)) : .failure(SocketError(status))
  }

  /// Its keys are wiped, and nothing is delivered for it afterwards. [control or capture]
  public func close(_ association: UInt32) {
    guard let table = unsafe table, let close = unsafe table.pointee.close else { return }
    unsafe close(host, association)
  }

  /// How many bytes `protect` adds at most; 0 = not known yet. [any]
  public func growth(_ association: UInt32) -> Int {
    guard let table = unsafe table, let growth = unsafe table.pointee.growth else { return 0 }
    return unsafe Int(growth(host, association))
  }

  /// Adds what proves the packet in the first `packet.length` of `bytes`; the answer is in `packet`. [capture]
  public func protect(_ association: UInt32, _ bytes: inout MutableSpan<UInt8>, _ packet: inout Protection) {
    guard let table = unsafe table else { return packet.refuse() }
    unsafe apply(table.pointee.protect, association, &bytes, &packet)
  }

  /// Checks and strips it. [capture]
  public func unprotect(_ association: UInt32, _ bytes: inout MutableSpan<UInt8>, _ packet: inout Protection) {
    guard let table = unsafe table else { return packet.refuse() }
    unsafe apply(table.pointee.unprotect, association, &bytes, &packet)
  }

  /// The same of packets of a batch, in one call; the answers are in `list`. [capture]
  public func protect(_ association: UInt32, _ batch: inout PacketBatch, _ list: inout ProtectionList) {
    // Without a call each stays refused as unavailable, which `add` has filled in.
    guard let call = unsafe table?.pointee.protect else { return }
    unsafe list.lend(&batch) { unsafe _ = call(host, association, $0, $1) }
  }

  /// [capture]
  public func unprotect(_ association: UInt32, _ batch: inout PacketBatch, _ list: inout ProtectionList) {
    guard let call = unsafe table?.pointee.unprotect else { return }
    unsafe list.lend(&batch) { unsafe _ = call(host, association, $0, $1) }
  }

  private typealias Call =
    @convention(c) (
      UnsafePointer<tompion_host_t>?, UInt32, UnsafeMutablePointer<tompion_protection_t>?, UInt32
    ) -> UInt32

  private func apply(
    _ call: Call?, _ association: UInt32, _ bytes: inout MutableSpan<UInt8>, _ packet: inout Protection
  ) {
    guard let call = unsafe call else { return packet.refuse() }
    unsafe bytes.withUnsafeMutableBufferPointer { buffer in
      var fields = unsafe packet.fields(buffer)
      _ = unsafe call(host, association, &fields, 1)
      unsafe packet.take(fields, capacity: buffer.count)
    }
  }
}
