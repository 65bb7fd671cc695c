// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

extension KernelError {
  /// Errno values, for those who may not name the C library.
  package static let addressInUse = EADDRINUSE
  package static let exists = EEXIST
  package static let isDirectory = EISDIR
  package static let accessDenied = EACCES
  package static let notDirectory = ENOTDIR
  package static let notFound = ENOENT
  package static let noDevice = ENODEV
  package static let busy = EBUSY
  package static let notSocket = ENOTSOCK
  package static let wouldBlock = EWOULDBLOCK
  package static let tooManyFiles = EMFILE
  package static let notSupported = EOPNOTSUPP
}

extension KernelError: CustomStringConvertible {
  /// One line: what failed, why, and for the usual reasons what would be right.
  package var description: String {
    let base = "cannot \(operation): \(KernelError.text(of: errno))"
    guard let remedy else { return base }
    return "\(base); \(remedy)"
  }

  /// What would be right, where the errno tells.
  package var remedy: String? {
    switch errno {
    case EPERM: "run as root, or give the process the capability it lacks (systemd: AmbientCapabilities=)"
    case EACCES: deniedRemedy
    case EADDRINUSE: "another process holds the address: stop it, or choose another port"
    case EADDRNOTAVAIL: "no interface of this host has that address"
    case ENODEV: "there is no such device or interface"
    case ENOSPC: "free some space on the file system"
    case EROFS: "choose a directory on a writable file system"
    case ELOOP: "a symbolic link is not followed here, or the links of the path go in a circle: name the file itself"
    case EMFILE: "raise the limit of open files (ulimit -n, systemd: LimitNOFILE=)"
    default: nil
    }
  }

  /// What is refused to a user depends on what was asked for: a file has an owner and a mode, a port a number.
  private var deniedRemedy: String {
    let words = operation.description.split(separator: " ")
    if words.contains("bind") { return "ports below 1024 need CAP_NET_BIND_SERVICE, or choose another port" }
    if words.contains(where: { $0.hasPrefix("file") || $0 == "directory" }) {
      return "the user of this process needs the right to it and to the directories above it (chown, chmod)"
    }
    return "the user of this process needs the right to do so"
  }

  /// The C library's text for an errno.
  package static func text(of errno: Int32) -> String {
    // The fence writes at most `count` bytes and ends them with a zero.
    unsafe FixedText.read(capacity: 256) { start, count in unsafe clinux_error_text(errno, start, count) }
  }
}
