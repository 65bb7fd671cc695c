// SPDX-License-Identifier: Apache-2.0

import CTompionProvider

/// store/1: small values by name that are there again after a restart. Losing them must cost time, never correctness, and what comes
/// back is as hostile as any file.
@safe
public struct StoreAccess: @unchecked Sendable {
  let host: UnsafePointer<tompion_host_t>
  let table: UnsafePointer<tompion_store_t>?

  // Every call passes the host table that the extension came from, with buffers that live for the call and whose length is
  // passed along.

  public var isAvailable: Bool { unsafe table != nil }

  /// A value as it was at start or last put; nil = there is none. Allocates. [control or capture]
  public func get(_ name: String) -> [UInt8]? {
    guard let table = unsafe table, let get = unsafe table.pointee.get else { return nil }
    return unsafe name.withCString { text in
      // Twice: between the calls nobody but this provider changes it.
      let length = unsafe Int(get(host, text, nil, 0))
      guard length > 0, length <= Int(TOMPION_STORE_VALUE_LIMIT) else { return nil }
      return unsafe [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
        count = unsafe min(length, Int(get(host, text, buffer.baseAddress, UInt32(length))))
      }
    }
  }

  /// Remembers a value, written to disk within seconds; an empty one forgets it. `secret`: the copy in memory is wiped when it is
  /// replaced. Not for every packet. [control or capture]
  @discardableResult
  public func put(_ name: String, _ bytes: Span<UInt8>, secret: Bool = false) -> Status {
    guard let table = unsafe table, let put = unsafe table.pointee.put else { return .unsupported }
    return unsafe bytes.withUnsafeBufferPointer { buffer in
      unsafe name.withCString {
        let flags = secret ? TOMPION_STORE_SECRET : 0
        return unsafe Status(rawValue: put(host, $0, buffer.baseAddress, UInt32(clamping: buffer.count), flags))
      }
    }
  }

  /// Forgets a value. [control or capture]
  @discardableResult
  public func forget(_ name: String) -> Status { put(name, Span()) }
}
