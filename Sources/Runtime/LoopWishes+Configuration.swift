// SPDX-License-Identifier: Apache-2.0

import LinuxKernel
import Settings

extension LoopWishes {
  /// The capture role's loop. A daemon that will not run tries nothing.
  init(_ configuration: Configuration, isOnlyCheck: Bool) {
    self.init()
    method =
      switch configuration.io {
      case _ where isOnlyCheck: .poll
      case .auto: .auto
      case .uring: .uring
      case .poll: .poll
      }
    capacity = 512
    timerCapacity = 1024
    busyPoll = configuration.busyPoll.map { Int64($0) * 1000 }
    interfaceBusyPoll = configuration.interfaces.compactMap { interface in
      interface.busyPoll.map { InterfaceBusyPoll(name: interface.name, microseconds: $0) }
    }
    submissionThread = configuration.sqpoll
    let capture = configuration.realTime.capture.priority
    priority = capture == 0 ? nil : Int(capture)
    profile = configuration.profile == .minimal ? .minimal : .full
  }
}
