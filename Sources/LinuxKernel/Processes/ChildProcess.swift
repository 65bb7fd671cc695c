// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// A child process with just the descriptors it is given. It is killed with us (PR_SET_PDEATHSIG),
/// and when this object goes. [control]
package final class ChildProcess {
  package let pid: Int32
  /// 128 + signal, or the exit status; nil = it runs.
  package private(set) var status: Int32?

  /// Starts `path`; its descriptors 3, 4 ... are `descriptors`, in order. With `user` it runs as that user (needs root).
  /// Throws if the file cannot be executed.
  package init(
    path: String, arguments: [String], environment: [String] = [], descriptors: [FileDescriptor] = [],
    user: (user: UInt32, group: UInt32)? = nil
  ) throws(KernelError) {
    let numbers = descriptors.map(\.rawValue)
    let result = unsafe ChildProcess.withCStrings([path] + arguments) { argv in
      unsafe ChildProcess.withCStrings(environment) { envp in
        unsafe numbers.withUnsafeBufferPointer { list in
          // All three lists end with NULL or have their count, and live until the call returns.
          unsafe clinux_spawn(
            path, argv, envp, list.baseAddress, UInt32(list.count), user?.user ?? 0, user?.group ?? 0)
        }
      }
    }
    // The descriptors must not be closed before the child has its copies.
    withExtendedLifetime(descriptors) {}
    pid = try KernelError.check(result, "start the child process")
  }

  /// A child that nobody keeps is killed, and waited for: a zombie would stay as long as this process.
  deinit {
    if poll() == nil { clinux_bury(pid) }
  }

  /// Whether it ended, without waiting.
  package func poll() -> Int32? {
    if status == nil {
      var code: Int32 = 0
      // Our own integer, for the call.
      let result = unsafe clinux_reap(pid, &code)
      if result == 1 { status = code } else if result == -ECHILD { status = -1 }
    }
    return status
  }

  /// Sends a signal if it still runs (so the pid is surely still its own).
  package func signal(_ number: Int32) {
    if poll() == nil { _ = clinux_kill(pid, number) }
  }

  package func kill() { signal(SIGKILL) }

  private static func withCStrings<R>(
    _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>?) -> R
  ) -> R {
    // One block of memory for all texts, each ended by its zero, and a list of pointers into it that ends with NULL.
    var bytes: [CChar] = []
    var starts: [Int] = []
    for string in strings {
      starts.append(bytes.count)
      bytes.append(contentsOf: string.utf8.lazy.filter { $0 != 0 }.map { CChar(bitPattern: $0) })
      bytes.append(0)
    }
    bytes.append(0)
    return unsafe bytes.withUnsafeMutableBufferPointer { memory in
      var pointers: [UnsafeMutablePointer<CChar>?] = unsafe starts.map { start in
        unsafe memory.baseAddress.map { unsafe $0 + start }
      }
      unsafe pointers.append(nil)
      return unsafe pointers.withUnsafeBufferPointer { unsafe body($0.baseAddress) }
    }
  }
}
