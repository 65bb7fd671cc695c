// SPDX-License-Identifier: Apache-2.0

import CProviderWatch
import TimeTypes

/// What was seen of the calls into the provider (CProviderWatch), as values.
enum Watch {
  struct Call {
    var name: String
    var calls: UInt64
    var late: UInt64
    /// Of these, computed that long; the others slept, and may have been woken late.
    var lateComputing: UInt64
    var longest: TimeInterval
    /// malloc and its kin, and frees.
    var allocations: UInt64
    /// Those of calls that told people something, and how many such calls there were.
    var tellingAllocations: UInt64
    var tellingCalls: UInt64
    /// Offset in the plugin's file, 0 = not known.
    var allocationPlace: UInt64
    var blockingPlace: UInt64
    var blocking: [(name: String, count: UInt64)]
  }

  /// Those that must never allocate or block, as they are called for every packet, timer and second.
  static let realTime: [Int32] = [WATCH_POLL, WATCH_RECEIVE, WATCH_TRANSMITTED, WATCH_EXPIRED]
  static let callbacks: [Int32] = [
    WATCH_POLL, WATCH_RECEIVE, WATCH_TRANSMITTED, WATCH_FAILED, WATCH_EXPIRED, WATCH_RESOLVED,
  ]
  static let control: [Int32] = [WATCH_OPEN, WATCH_INIT, WATCH_START, WATCH_STOP, WATCH_CLOSE, WATCH_COMMAND]

  static func call(_ kind: Int32) -> Call {
    let seen = watch_result(UInt32(kind))
    var blocking: [(String, UInt64)] = []
    var name: UnsafePointer<CChar>?
    // Sound: names are static texts.
    while case let count = unsafe watch_blocking(UInt32(kind), UInt32(blocking.count), &name), count > 0 {
      unsafe blocking.append((name.map { unsafe String(cString: $0) } ?? "?", count))
    }
    return Call(
      name: unsafe String(cString: watch_name(UInt32(kind))), calls: seen.calls, late: seen.late,
      lateComputing: seen.late_computing,
      longest: TimeInterval(nanoseconds: seen.longest_ns), allocations: seen.allocations,
      tellingAllocations: seen.telling_allocations, tellingCalls: seen.telling_calls,
      allocationPlace: seen.allocation_at, blockingPlace: seen.blocking_at, blocking: blocking)
  }

  static func calls(_ kinds: [Int32]) -> [Call] { kinds.map(call).filter { $0.calls > 0 } }

  static func arm(_ on: Bool) { watch_arm(on ? 1 : 0) }
  static func reset() { watch_reset() }
  /// A number that the parent names if the child dies.
  static func step(_ number: Int) { watch_step(UInt64(number)) }
}
