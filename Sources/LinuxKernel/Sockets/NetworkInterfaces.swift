// SPDX-License-Identifier: Apache-2.0

import CLinux

/// An address of an interface of this host, with its prefix.
package struct NetworkInterface: Sendable, Equatable {
  package var name: String
  package var index: UInt32
  package var address: SocketAddress
  package var prefixLength: Int
  package var isUp: Bool
  package var isLoopback: Bool
}

/// The host's interfaces (getifaddrs(3)). [control]
package enum NetworkInterfaces {
  /// Every IPv4 and IPv6 address with its interface; empty if the kernel does not say.
  package static func all() -> [NetworkInterface] {
    var list = [clinux_interface_t](repeating: clinux_interface_t(), count: 32)
    while true {
      let capacity = UInt32(list.count)
      // The array is `capacity` long.
      let found = unsafe list.withUnsafeMutableBufferPointer { unsafe clinux_interfaces($0.baseAddress, capacity) }
      guard found >= 0 else { return [] }
      if Int(found) > list.count {
        list = Array(repeating: clinux_interface_t(), count: Int(found) + 8)
        continue
      }
      return list[..<Int(found)].map { entry in
        NetworkInterface(
          name: name(of: entry), index: entry.index, address: SocketAddress(entry.address),
          prefixLength: Int(entry.prefix_length), isUp: entry.flags & 1 != 0, isLoopback: entry.flags & 2 != 0)
      }
    }
  }

  /// Name and index of every interface, with or without an address; empty if the kernel does not say.
  package static func names() -> [(name: String, index: UInt32)] {
    var list = [clinux_interface_t](repeating: clinux_interface_t(), count: 64)
    while true {
      let capacity = UInt32(list.count)
      // The array is `capacity` long.
      let found = unsafe list.withUnsafeMutableBufferPointer { unsafe clinux_interface_names($0.baseAddress, capacity) }
      guard found >= 0 else { return [] }
      guard Int(found) > list.count else { return list[..<Int(found)].map { (name(of: $0), $0.index) } }
      list = Array(repeating: clinux_interface_t(), count: Int(found) + 8)
    }
  }

  /// An interface's index by name; 0 = there is none.
  package static func index(of name: String) -> UInt32 {
    unsafe name.withCString { unsafe clinux_interface_index($0) }
  }

  private static func name(of entry: clinux_interface_t) -> String {
    // A tuple of 16 bytes that the fence ends with a zero.
    unsafe withUnsafeBytes(of: entry.name) { bytes in
      unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }
}
