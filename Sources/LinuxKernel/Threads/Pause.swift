// SPDX-License-Identifier: Apache-2.0

import CLinux

/// A short sleep, where a few milliseconds do not matter. [control]
package enum Pause {
  package static func milliseconds(_ count: Int64) { microseconds(count &* 1000) }

  package static func microseconds(_ count: Int64) {
    // No descriptors: the call reads nothing and just waits.
    _ = clinux_poll(nil, 0, count &* 1000, 0)
  }
}
