// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// What a child process gives up before it runs other people's code. None of it is ever given back. [control, before any thread]
///
/// Two stages: `enter` before the code is loaded (constructors run then), `seal` once it is. Sources: seccomp(2), landlock(7),
/// setrlimit(2).
package enum Sandbox {
  /// Memory a child may map: a thread's stack is 8 MiB of it, which bounds threads, too.
  package static let addressSpace: UInt64 = 1 << 30
  /// 256 sockets, and what the host's code needs.
  package static let descriptors: UInt64 = 320

  /// The version of landlock(7) that this kernel has; 0 = none.
  package static var landlockVersion: Int32 { clinux_sandbox_landlock_version() }

  /// Limits, no writing, reading beneath `readable` alone, and the short list of system calls.
  ///
  /// - Returns: what this kernel lacks, for people; empty = nothing.
  /// - Throws: where system calls cannot be filtered: then nobody else's code may run.
  package static func enter(readable: [String]) throws(KernelError) -> [String] {
    var lacks: [String] = []
    var limits = clinux_sandbox_limits_t()
    limits.descriptors = descriptors
    limits.locked_memory = 8 << 20
    // A build with a sanitizer has mapped terabytes already.
    if mappedBytes() < addressSpace / 2 { limits.address_space = addressSpace }
    // Our own struct, for the call.
    _ = try KernelError.check(unsafe clinux_sandbox_limit(&limits), "limit the child's resources")
    _ = try KernelError.check(clinux_sandbox_streams(), "close the child's standard streams")
    _ = try KernelError.check(clinux_sandbox_hide(), "keep the child from being read by others")
    let restricted = unsafe withCStrings(readable) { unsafe clinux_sandbox_files($0) }
    if restricted < 0 {
      let reason = KernelError.text(of: 0 &- restricted)
      lacks.append("no landlock here (\(reason)): while it is loaded, the provider can read what its user can")
    }
    _ = try KernelError.check(clinux_sandbox_calls(1), "filter the child's system calls (seccomp)")
    return lacks
  }

  /// From now on nothing is opened and no code is loaded.
  package static func seal() throws(KernelError) {
    _ = try KernelError.check(clinux_sandbox_calls(2), "filter the child's system calls (seccomp)")
  }

  private static func mappedBytes() -> UInt64 {
    guard let text = try? SmallFile.readPseudo("/proc/self/statm", limit: 128) else { return 0 }
    var pages: UInt64 = 0
    for digit in text.prefix(while: { $0 >= 48 && $0 <= 57 }) { pages = pages &* 10 &+ UInt64(digit &- 48) }
    return pages &* 4096
  }

  /// The texts as C strings, and NULL behind them.
  private static func withCStrings<R>(_ texts: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> R) -> R {
    // Copies of our own, freed below; the list of pointers lives through the call.
    var pointers: [UnsafePointer<CChar>?] = unsafe texts.map { unsafe UnsafePointer(strdup($0)) }
    unsafe pointers.append(nil)
    defer { for index in unsafe pointers.indices { unsafe free(UnsafeMutablePointer(mutating: pointers[index])) } }
    return unsafe pointers.withUnsafeBufferPointer { unsafe body($0.baseAddress) }
  }
}
