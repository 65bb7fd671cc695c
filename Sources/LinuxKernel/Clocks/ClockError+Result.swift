// SPDX-License-Identifier: Apache-2.0

import ClockPort
import Glibc

extension ClockError {
  /// Turns what a call of the fence gave (negative = -errno) into a throw of what it means for a clock.
  static func check(_ result: Int32) throws(ClockError) {
    switch result {
    case 0...: return
    case -EPERM: throw .notPermitted
    case -EINVAL, -ERANGE: throw .invalidValue
    case -ENODEV, -EOPNOTSUPP: throw .unsupported
    default: throw .system(errno: 0 &- result)
    }
  }
}
