// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The access list in force: control replaces it, capture reads it by one atomic load.
@safe
final class CurrentAccess: @unchecked Sendable {
  // Sound to share: `kept` is control's alone and keeps every list that capture may still be reading.
  private var kept: [AccessList]
  private let current: Atomic<Unmanaged<AccessList>>

  /// Closed but for loopback.
  init() {
    let closed = AccessList()
    kept = [closed]
    unsafe current = Atomic(Unmanaged.passUnretained(closed))
  }

  /// [control]
  func replace(by list: AccessList) {
    kept.append(list)
    unsafe current.store(Unmanaged.passUnretained(list), ordering: .releasing)
    // A batch takes microseconds and settings and networks change seconds apart: a list replaced 16 times over is in nobody's hands.
    if kept.count > 16 { kept.removeFirst() }
  }

  /// [capture]
  var list: AccessList { unsafe current.load(ordering: .acquiring).takeUnretainedValue() }
}
