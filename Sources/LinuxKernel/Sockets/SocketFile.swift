// SPDX-License-Identifier: Apache-2.0

import CLinux

/// The file of a Unix socket that was bound just now: removed when this goes, unless another one stands in its place by then.
package final class SocketFile: Sendable {
  package let path: String
  private let identity: [UInt64]?

  package init(_ path: String) {
    self.path = path
    identity = Self.identity(path)
  }

  deinit {
    if let identity, Self.identity(path) == identity { SmallFile.remove(path) }
  }

  static func identity(_ path: String) -> [UInt64]? {
    var (device, inode): (UInt64, UInt64) = (0, 0)
    // The two numbers are written during the call alone.
    let result = unsafe path.withCString { unsafe clinux_file_identity($0, &device, &inode) }
    return result >= 0 ? [device, inode] : nil
  }
}
