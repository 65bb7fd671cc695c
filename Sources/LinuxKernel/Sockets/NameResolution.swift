// SPDX-License-Identifier: Apache-2.0

import CLinux

/// Names to addresses (getaddrinfo(3)). Blocks, possibly for many seconds: never on a timing thread. [control]
package enum NameResolution {
  package enum Failure: Error, Sendable, Equatable, CustomStringConvertible {
    case notFound(String)
    /// The resolver failed for now.
    case tryAgain(String)
    case failed(String)

    package var description: String {
      switch self {
      case .notFound(let text), .tryAgain(let text), .failed(let text): text
      }
    }
  }

  /// Up to 64 addresses of a name, port 0, in the resolver's order. The minimal profile takes numeric addresses only.
  package static func resolve(
    _ name: String, family: SocketAddress.Family = .none, profile: KernelProfile = .full
  ) throws(Failure) -> [SocketAddress] {
    guard !name.isEmpty, name.utf8.count <= 255, !name.utf8.contains(0) else {
      throw .notFound("\"\(name)\" is not a host name")
    }
    var list = [clinux_address_t](repeating: clinux_address_t(), count: 64)
    var text: UnsafePointer<CChar>?
    let capacity = UInt32(list.count)
    // The array is `capacity` long; `text` becomes a constant of the C library's.
    let found = unsafe list.withUnsafeMutableBufferPointer { buffer in
      unsafe clinux_resolve(
        name, Int32(family.rawValue), profile == .minimal ? 1 : 0, buffer.baseAddress, capacity, &text)
    }
    if found >= 0 {
      guard found > 0 else { throw .notFound("\(name) has no address of the family asked for") }
      return list[..<Int(found)].map(SocketAddress.init)
    }
    let reason = unsafe text.map { unsafe String(cString: $0) } ?? "unknown"
    let message =
      profile == .minimal
      ? "\(name) is not a numeric address, and profile \"minimal\" looks up no names"
      : "cannot look up \(name): \(reason)"
    switch -found {
    case CLINUX_RESOLVE_NOT_FOUND: throw .notFound(message)
    case CLINUX_RESOLVE_AGAIN: throw .tryAgain(message)
    default: throw .failed(message)
    }
  }
}
