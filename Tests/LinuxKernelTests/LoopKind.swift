// SPDX-License-Identifier: Apache-2.0

import LinuxKernel

/// The loops that tests of loops run over.
enum LoopKind: String, CaseIterable, Sendable {
  case full, minimal, uring

  /// Where io_uring is refused its tests are left out; `EventLoopTests` says so.
  static let available: [LoopKind] = allCases.filter { $0 != .uring || (try? UringLoop(capacity: 1)) != nil }
  /// Those with every feature.
  static let rich = available.filter { $0 != .minimal }

  var profile: KernelProfile { self == .minimal ? .minimal : .full }

  func make(capacity: Int = 64, timerCapacity: Int = 256) throws -> EventLoop {
    self == .uring
      ? .uring(try UringLoop(capacity: capacity, timerCapacity: timerCapacity))
      : .poll(try PollLoop(capacity: capacity, timerCapacity: timerCapacity, profile: profile))
  }
}
