// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
public import TimeTypes

/// timer/1: deadlines on the raw clock. A provider numbers its timers itself.
@safe
public struct TimerAccess: @unchecked Sendable {
  let host: UnsafePointer<tompion_host_t>
  let table: UnsafePointer<tompion_timer_t>?

  public var isAvailable: Bool { unsafe table != nil }

  // Every call passes the host table that the extension came from.

  /// Fires once at or after the deadline; arming again moves it. [control or capture]
  @discardableResult
  public func arm(_ timer: UInt16, at deadline: RawInstant) -> Status {
    guard let table = unsafe table, let arm = unsafe table.pointee.arm else { return .unsupported }
    return unsafe Status(rawValue: arm(host, UInt32(timer), deadline.nanoseconds))
  }

  /// [control or capture]
  public func disarm(_ timer: UInt16) {
    guard let table = unsafe table, let disarm = unsafe table.pointee.disarm else { return }
    unsafe disarm(host, UInt32(timer))
  }
}
