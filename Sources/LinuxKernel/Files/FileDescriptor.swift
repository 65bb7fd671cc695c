// SPDX-License-Identifier: Apache-2.0

import CLinux

/// An open descriptor that is closed when its owner lets it go.
package final class FileDescriptor: Sendable {
  package let rawValue: Int32

  /// Takes ownership.
  package init(owning rawValue: Int32) { self.rawValue = rawValue }

  deinit { _ = clinux_close(rawValue) }
}
