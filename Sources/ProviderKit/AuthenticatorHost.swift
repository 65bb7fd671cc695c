// SPDX-License-Identifier: Apache-2.0

import CTompionProvider

/// authenticator/1, the host's side: what an `Authenticator` tells its callers later. On the owner's thread, never from inside a call for
/// an association. Whoever is told may call `protect` and the like from inside: say it last.
@safe
public struct AuthenticatorHost: @unchecked Sendable {
  let host: UnsafePointer<tompion_host_t>
  let table: UnsafePointer<tompion_authenticator_host_t>?

  // Every call passes the host table that the extension came from, with buffers that live for the call and whose length is
  // passed along.

  public var isAvailable: Bool { unsafe table != nil }

  /// A packet that was left pending is decided: `bytes` are it as it is now, `packet` its verdict, the caller's `token` in it.
  /// `.notFound`: the association is closed, and the packet is to be forgotten. [capture & started]
  @discardableResult
  public func decided(_ association: UInt32, _ packet: Protection, _ bytes: inout MutableSpan<UInt8>) -> Status {
    guard let table = unsafe table, let decided = unsafe table.pointee.decided else { return .unsupported }
    return unsafe bytes.withUnsafeMutableBufferPointer { buffer in
      var fields = unsafe packet.fields(buffer)
      unsafe packet.giveVerdict(to: &fields)
      return unsafe Status(rawValue: decided(host, association, &fields))
    }
  }

  /// An association may be used from now on, or not (`status`, `reason`). `peer`: where its key exchange moved it. [capture & started]
  @discardableResult
  public func ready(
    _ association: UInt32, _ status: Status, peer: SocketAddress = .none, reason: String = ""
  ) -> Status {
    guard let table = unsafe table, let ready = unsafe table.pointee.ready else { return .unsupported }
    var address = peer.abi
    return unsafe reason.withCString { text in
      unsafe Status(rawValue: ready(host, association, status.rawValue, &address, text))
    }
  }
}
