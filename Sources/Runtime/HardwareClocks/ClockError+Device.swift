// SPDX-License-Identifier: Apache-2.0

import ClockPort
import LinuxKernel

extension ClockError {
  /// What it means for a clock that is a device.
  var deviceSentence: String {
    switch self {
    case .notPermitted: "not permitted: the device has to be open for writing by this user"
    case .invalidValue: "the driver refuses the value"
    case .unsupported: "the clock is gone, or its driver cannot do that"
    case .observing: "it is only watched"
    case .system(let errno): KernelError.text(of: errno)
    }
  }
}
