// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// A plain file that is written from its beginning, a piece at a time, and never read. [control]
package struct RecordFile: ~Copyable {
  private let file: FileDescriptor

  /// Begins the file anew. `keepsOld`: a plain file of that name becomes `path`.old first, in the place of an older one.
  /// A link in its place is not followed (ELOOP), and what is no plain file is left alone (EINVAL).
  package init(_ path: String, keepsOld: Bool, mode: UInt32 = 0o640) throws(KernelError) {
    if keepsOld { try Self.keep(path) }
    let fd = unsafe path.withCString { unsafe clinux_overwrite($0, mode) }
    file = FileDescriptor(owning: try KernelError.check(fd, "open the file for writing"))
  }

  private static func keep(_ path: String) throws(KernelError) {
    var size: Int64 = 0
    let fd = unsafe path.withCString { unsafe clinux_open_file($0, &size) }
    guard fd >= 0 else { return }
    _ = clinux_close(fd)
    let (directory, name) = SmallFile.split(path)
    let parent = FileDescriptor(
      owning: try KernelError.check(
        unsafe directory.withCString { unsafe clinux_open_directory($0) }, "open the file's directory"))
    let renamed = unsafe name.withCString { from in
      unsafe (name + ".old").withCString { to in unsafe clinux_rename_at(parent.rawValue, from, to) }
    }
    _ = try KernelError.check(renamed, "keep the old file")
  }

  package func write(_ bytes: [UInt8]) throws(KernelError) { try SmallFile.write(bytes, to: file) }

  /// Brings it to the disk (fsync).
  package func sync() { _ = clinux_sync(file.rawValue) }
}
