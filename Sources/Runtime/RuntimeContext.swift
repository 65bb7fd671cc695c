// SPDX-License-Identifier: Apache-2.0

import Engine
import LinuxKernel
import ProviderHost
import Report
import Settings
import TimeTypes

/// What the control role knows of the rest of the daemon, and how it reaches it. [control]
final class RuntimeContext {
  let configuration: Configuration
  let providers: [HostedProvider]
  let router: CommandRouter
  let port: DisciplinePort
  /// Why steering is forbidden from outside, naming who steers; "" = it is not.
  let rivals: String
  let started: RawInstant
  /// What the hardware clocks' role says; nil = there are none.
  var hardware: HardwareClockNews?
  /// The interfaces whose cards stamp packets.
  let stamping: HardwareStamping
  private let clocks: KernelClocks
  private let wake: () -> Void
  /// Runs a turn of the discipline on this thread: set while no other thread does.
  var answerInline: (() -> Void)?

  init(
    configuration: Configuration, providers: [HostedProvider], router: CommandRouter, clocks: KernelClocks,
    stamping: HardwareStamping = HardwareStamping(), port: DisciplinePort,
    rivals: String, wakeDiscipline: @escaping () -> Void
  ) {
    self.configuration = configuration
    self.providers = providers
    self.router = router
    self.clocks = clocks
    self.stamping = stamping
    self.port = port
    self.rivals = rivals
    wake = wakeDiscipline
    started = RawClock.now()
  }

  /// Gives the engine an event; false = it has not taken earlier ones yet and there is no room. [control]
  func send(_ event: Event) -> Bool {
    let isTaken = port.events.push(event)
    wake()
    return isTaken
  }

  func wakeDiscipline() { wake() }

  /// UTC by the clock that is disciplined.
  func utc() -> Instant<UTC> {
    Instant(sinceEpoch: clocks.read(.system)?.time ?? RealtimeClock.now().sinceEpoch)
  }

  /// Asks [discipline] how things are and waits for the answer, at most a quarter of a second; nil = it did not answer.
  func requestReport() -> DisciplineReport? {
    port.status.ask()
    if let answerInline {
      answerInline()
      return port.status.take()
    }
    wake()
    for _ in 0..<250 {
      if port.status.isAnswered { return port.status.take() }
      Pause.milliseconds(1)
    }
    return nil
  }

  /// What has to be at least this important to be written to standard error.
  var threshold: EventSeverity {
    switch configuration.logLevel {
    case .error: .error
    case .warning: .warning
    case .notice: .notice
    case .debug: .debug
    }
  }
}
