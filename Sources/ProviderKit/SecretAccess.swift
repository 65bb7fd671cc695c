// SPDX-License-Identifier: Apache-2.0

import CTompionProvider

/// secrets/1: keys that the operator keeps in files. A provider names the setting that names the file, never the file; the host reads
/// it with its own rights and keeps the copy locked in memory. `Provider.secretChanged` tells that the file is another one.
@safe
public struct SecretAccess: @unchecked Sendable {
  let host: UnsafePointer<tompion_host_t>
  let table: UnsafePointer<tompion_secrets_t>?

  public var isAvailable: Bool { unsafe table != nil }

  /// Reads the file behind a setting ("key_file", "source[0].key_file"). `isPublic`: it need not be kept from other users (a
  /// certificate). Reads a file, so not in a receive path. [control or capture]
  public func get(setting: String, isPublic: Bool = false) -> Result<Secret, SocketError> {
    var bytes: UnsafePointer<UInt8>?
    var count: UInt32 = 0
    let status = unsafe fetch(setting, isPublic, &bytes, &count)
    guard status == .ok else { return .failure(SocketError(status)) }
    return unsafe .success(Secret(host: host, release: table?.pointee.release, bytes: bytes, count: Int(count)))
  }

  /// The same for a file that is read again and again: `body` gets its bytes, and they are released. Allocates nothing here. [control or capture]
  public func withBytes<Value>(
    setting: String, isPublic: Bool = false, _ body: (Span<UInt8>) -> Value
  ) -> Result<Value, SocketError> {
    var bytes: UnsafePointer<UInt8>?
    var count: UInt32 = 0
    let status = unsafe fetch(setting, isPublic, &bytes, &count)
    guard status == .ok else { return .failure(SocketError(status)) }
    guard let bytes = unsafe bytes else { return .success(body(Span())) }
    // Sound: `count` bytes that live until release, which comes after `body`.
    let value = unsafe body(Span(_unsafeStart: bytes, count: Int(count)))
    if let release = unsafe table?.pointee.release { unsafe release(host, bytes) }
    return .success(value)
  }

  private func fetch(
    _ setting: String, _ isPublic: Bool, _ bytes: inout UnsafePointer<UInt8>?, _ count: inout UInt32
  ) -> Status {
    guard let table = unsafe table, let get = unsafe table.pointee.get else { return .unsupported }
    // Sound: the host fills both in, and the bytes live until release or close.
    return unsafe setting.withCString {
      unsafe Status(rawValue: get(host, $0, isPublic ? TOMPION_SECRET_PUBLIC : 0, &bytes, &count))
    }
  }
}
