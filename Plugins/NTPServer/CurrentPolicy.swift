// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The policy in force: control replaces it, the workers read it by one atomic load.
@safe
final class CurrentPolicy: @unchecked Sendable {
  // Sound to share: `kept` is control's alone and keeps every policy that a worker may still be reading.
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
    // A batch takes microseconds and settings and networks change seconds apart: a policy replaced 16 times over is in nobody's hands.
    if kept.count > 16 { kept.removeFirst() }
  }

  /// [control]
  var last: ServerPolicy { kept[kept.count - 1] }

  /// [capture]
  var policy: ServerPolicy { unsafe current.load(ordering: .acquiring).takeUnretainedValue() }
}
