// SPDX-License-Identifier: Apache-2.0

import CLibCap

/// The Linux capabilities that a time daemon may need (capabilities(7)).
package enum Capability: Int32, Sendable, CaseIterable, CustomStringConvertible {
  /// Bind ports below 1024.
  case netBindService = 10
  /// Hardware stamping of an interface.
  case netAdmin = 12
  /// Bind to an interface.
  case netRaw = 13
  /// mlockall(2).
  case ipcLock = 14
  /// SCHED_FIFO and affinity.
  case sysNice = 23
  /// Set and steer clocks.
  case sysTime = 25

  package var description: String {
    switch self {
    case .netBindService: "CAP_NET_BIND_SERVICE"
    case .netAdmin: "CAP_NET_ADMIN"
    case .netRaw: "CAP_NET_RAW"
    case .ipcLock: "CAP_IPC_LOCK"
    case .sysNice: "CAP_SYS_NICE"
    case .sysTime: "CAP_SYS_TIME"
    }
  }

  /// Whether the calling thread has it in force now.
  package var isEffective: Bool { has(CAP_EFFECTIVE) }
  /// Whether the calling thread could put it in force.
  package var isPermitted: Bool { has(CAP_PERMITTED) }
  /// Whether it can ever come back, by execve(2) of a privileged file.
  package var isInBoundingSet: Bool { cap_get_bound(rawValue) == 1 }

  private func has(_ set: cap_flag_t) -> Bool {
    // libcap's own copy of the state, freed before leaving.
    guard let state = unsafe cap_get_proc() else { return false }
    defer { unsafe cap_free(UnsafeMutableRawPointer(state)) }
    var value = CAP_CLEAR
    guard unsafe cap_get_flag(state, rawValue, set, &value) == 0 else { return false }
    return value == CAP_SET
  }
}
