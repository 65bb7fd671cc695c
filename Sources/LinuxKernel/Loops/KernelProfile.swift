// SPDX-License-Identifier: Apache-2.0

/// How much of the kernel may be used.
package enum KernelProfile: Sendable, BitwiseCopyable {
  /// Everything that helps.
  case full
  /// Only the calls that the design's minimal surface names, so that small hosts and simulators that preload the C library
  /// can run the daemon: one recvmsg(2) per readiness, poll(2) with a positive timeout over UDP sockets alone, no eventfd.
  case minimal
}
