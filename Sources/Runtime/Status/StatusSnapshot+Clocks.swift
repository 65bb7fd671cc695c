// SPDX-License-Identifier: Apache-2.0

import LinuxKernel
import Report

extension StatusSnapshot {
  /// The clocks of this host: the one of `[clock]` as the rest of the snapshot says it, then the hardware clocks. [control]
  mutating func takeClocks(_ report: DisciplineReport?, context: RuntimeContext) {
    let configuration = context.configuration.clock
    var own = ClockReport()
    let isVirtual = configuration.kind == .virtual
    own.name = "system"
    own.device = isVirtual ? "virtual" : "CLOCK_REALTIME"
    own.kind = isVirtual ? .virtual : .system
    own.owner =
      switch steering {
      case .steering, .starting, .moved: "tompiond (pid \(processID))"
      case .observing: "nobody known"
      case .refused: context.rivals.isEmpty ? "nobody known" : "another daemon"
      }
    own.follows = context.configuration.followed?.name ?? "sources"
    own.servo = steering == .observing ? "" : configuration.servo.rawValue
    own.reason = steeringReason
    own.offset = offset
    own.frequency = appliedFrequency
    own.taiOffset = taiOffset
    own.samples = samples
    own.steps = steps
    own.moves = clockMoves
    own.method = "clock_gettime"
    own.state =
      switch steering {
      case .observing: .watched
      case .refused: .refused
      case .moved: .moved
      case .starting: .starting
      case .steering:
        switch report?.servo {
        case .unlocked: .unlocked
        case .jump: .jump
        case .locked: .locked
        case nil: synchronization == .synchronized ? .locked : synchronization == .holdover ? .waiting : .unlocked
        }
      }
    clocks = [own] + (context.hardware?.clocks() ?? [])
    hardwareEventsDropped = context.hardware?.dropped ?? 0
  }
}
