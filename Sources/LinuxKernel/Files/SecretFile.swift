// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// A file that not everybody may read: opened only if its owner and mode keep others out. [control]
package enum SecretFile {
  /// Which state of a file it is: another one after each change.
  package struct Revision: Sendable, BitwiseCopyable, Equatable {
    var device: UInt64
    var inode: UInt64
    var size: UInt64
    /// Nanoseconds since 1970 by the file system's clock.
    package var changed: Int64
  }

  /// Opens it. `isPublic`: everybody may read it, and only who may write it matters.
  package static func open(_ path: String, isPublic: Bool) throws(KernelError) -> FileDescriptor {
    var (size, mode, owner): (Int64, UInt32, UInt32) = (0, 0, 0)
    // The path is read, and the numbers are written, within the call.
    let fd = unsafe path.withCString { unsafe clinux_secret_open($0, isPublic ? 1 : 0, &size, &mode, &owner) }
    return FileDescriptor(owning: try KernelError.check(fd, "open the secret's file"))
  }

  /// What to say of a file that `open` refused.
  package static func complaint(_ path: String, isPublic: Bool, _ error: KernelError) -> String {
    var (size, mode, owner): (Int64, UInt32, UInt32) = (0, 0, 0)
    // As in open.
    let fd = unsafe path.withCString { unsafe clinux_secret_open($0, isPublic ? 1 : 0, &size, &mode, &owner) }
    if fd >= 0 { _ = clinux_close(fd) }
    guard fd == -EPERM, mode != 0 || owner != 0 else { return "\(path): \(KernelError.text(of: error.errno))" }
    let rights = String(mode, radix: 8)
    let what = isPublic ? "may be written by others" : "may be read or written by others"
    return "\(path) belongs to user \(owner), mode 0\(rights), and \(what): "
      + "give it to root or to tompiond's user (chown) and close it (chmod \(isPublic ? "644" : "600"))"
  }

  /// nil = there is no such file.
  package static func revision(_ path: String) -> Revision? {
    var found = clinux_revision_t()
    // As in open.
    guard unsafe path.withCString({ unsafe clinux_revision($0, &found) }) >= 0 else { return nil }
    return Revision(device: found.device, inode: found.inode, size: found.size, changed: found.changed_ns)
  }
}
