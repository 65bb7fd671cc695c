// SPDX-License-Identifier: Apache-2.0

import CLibCap
import CLinux
import Glibc

/// Giving privileges up. All of this acts on the calling thread or must reach every thread: before any other thread starts.
package enum Privileges {
  package static var isRoot: Bool { userID == 0 }

  /// The user of this process, by number.
  package static var userID: UInt32 { clinux_user_id() }

  /// Becomes `user` with its groups, keeping only `capabilities`, and can never gain any again (no_new_privs).
  ///
  /// Capabilities the process never had are not an error: what is missing afterwards is returned. [control, at start]
  package static func drop(to user: String, keeping capabilities: [Capability]) throws(KernelError) -> [Capability] {
    var ids: (user: UInt32, group: UInt32) = (0, 0)
    let found = unsafe user.withCString { unsafe clinux_find_user($0, &ids.user, &ids.group) }
    _ = try KernelError.check(found, "find the user to run as (create it, or set `user`)")
    let kept = capabilities.filter(\.isPermitted)
    // Before the change of user takes CAP_SETPCAP away.
    narrowBoundingSet(to: kept)
    _ = try KernelError.check(clinux_keep_capabilities(1), "keep capabilities across the change of user")
    if ids.user != clinux_user_id() {
      let changed = unsafe user.withCString { unsafe clinux_become(ids.user, ids.group, $0) }
      _ = try KernelError.check(changed, "become the user to run as")
    }
    try restrict(to: kept)
    _ = try KernelError.check(clinux_keep_capabilities(0), "stop keeping capabilities")
    return capabilities.filter { !$0.isEffective }
  }

  /// Keeps only `capabilities` (which must be permitted), permitted and in force, none inheritable; sets no_new_privs.
  package static func restrict(to capabilities: [Capability]) throws(KernelError) {
    narrowBoundingSet(to: capabilities)
    // An empty state of libcap's, filled in and freed here.
    guard let state = unsafe cap_init() else { throw KernelError("allocate a capability state", errno: ENOMEM) }
    defer { unsafe cap_free(UnsafeMutableRawPointer(state)) }
    let numbers = capabilities.map(\.rawValue)
    if !numbers.isEmpty {
      let count = Int32(numbers.count)
      // The array outlives both calls.
      let set = unsafe numbers.withUnsafeBufferPointer { list in
        unsafe cap_set_flag(state, CAP_PERMITTED, count, list.baseAddress, CAP_SET) == 0
          && cap_set_flag(state, CAP_EFFECTIVE, count, list.baseAddress, CAP_SET) == 0
      }
      guard set else { throw KernelError("choose capabilities", errno: EINVAL) }
    }
    guard unsafe cap_set_proc(state) == 0 else { throw KernelError("give up capabilities", errno: errno) }
    _ = try KernelError.check(clinux_no_new_privileges(), "set no_new_privs")
  }

  /// Nothing else can come back by execve(2) of a privileged file. Needs CAP_SETPCAP; without it no_new_privs has to do.
  private static func narrowBoundingSet(to capabilities: [Capability]) {
    for number in 0..<Int32(64) {
      guard cap_get_bound(number) == 1, !capabilities.contains(where: { $0.rawValue == number }) else { continue }
      _ = clinux_drop_bounding(UInt32(number))
    }
  }

  /// The ids of a user; nil = there is none of that name.
  package static func user(named name: String) -> (user: UInt32, group: UInt32)? {
    var ids: (user: UInt32, group: UInt32) = (0, 0)
    let found = unsafe name.withCString { unsafe clinux_find_user($0, &ids.user, &ids.group) }
    return found >= 0 ? ids : nil
  }

  package static func group(named name: String) -> UInt32? {
    var group: UInt32 = 0
    return unsafe name.withCString { unsafe clinux_find_group($0, &group) } >= 0 ? group : nil
  }
}
