// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The policy in force: control replaces it, the workers read it by one atomic load.
@safe
final class CurrentPolicy: @unchecked Sendable {
  // Sound to share: `kept` is control's alone and keeps every policy that a worker may still be reading. Between a worker's load and its
  // retain nothing tells that it is there, and it may be off the processor for as long as it likes: no count of later policies and no
  // time makes it safe to free one while workers run. They are small, and settings and networks change seldom.
  private var kept: [ServerPolicy]
  private let current: Atomic<Unmanaged<ServerPolicy>>

  /// Closed but for loopback.
  init() {
    let closed = ServerPolicy()
    kept = [closed]
    unsafe current = Atomic(Unmanaged.passUnretained(closed))
  }

  /// [control]
  func replace(by policy: ServerPolicy) {
    kept.append(policy)
    unsafe current.store(Unmanaged.passUnretained(policy), ordering: .releasing)
  }

  /// Frees all but the policy in force; no worker may be in `policy` or in what it gave. [control, stopped]
  func forgetReplaced() { kept.removeFirst(kept.count - 1) }

  /// [control]
  var last: ServerPolicy { kept[kept.count - 1] }

  /// [capture]
  var policy: ServerPolicy { unsafe current.load(ordering: .acquiring).takeUnretainedValue() }
}
