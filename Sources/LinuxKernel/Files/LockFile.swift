// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// A file that one process holds at a time (flock(2)); it says who. The lock ends with the process, however that ends.
package final class LockFile {
  private let file: FileDescriptor
  package let path: String

  /// Takes the lock; nil: another process holds it (`holder` tells which).
  package init?(_ path: String, mode: UInt32 = 0o644) throws(KernelError) {
    let fd = unsafe path.withCString { unsafe clinux_lock_file($0, mode) }
    if fd == -EWOULDBLOCK { return nil }
    file = FileDescriptor(owning: try KernelError.check(fd, "open the lock file"))
    self.path = path
    _ = clinux_truncate(file.rawValue)
    // Only for people: who holds the lock is decided by the lock.
    try? SmallFile.write(Array("\(clinux_process_id())\n".utf8), to: file)
  }

  /// The pid in a lock file; nil = none is readable there.
  package static func holder(_ path: String) -> Int32? {
    guard let bytes = try? SmallFile.read(path, limit: 64) else { return nil }
    return Int32(String(decoding: bytes.prefix { $0 >= 0x30 && $0 <= 0x39 }, as: UTF8.self))
  }
}
