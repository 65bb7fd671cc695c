// SPDX-License-Identifier: Apache-2.0

import ClockPort
import Engine
import LinuxKernel
import ProviderHost
import Report
package import Settings
import Synchronization
import TimeTypes

/// The whole daemon: made from a configuration, started, and run until SIGTERM.
///
/// Everything that can be wrong with the configuration is found by `init`, before anything is opened for others to see.
package final class Daemon {
  private let configuration: Configuration
  private let context: RuntimeContext
  private let capture: CaptureRole
  private let discipline: DisciplineRole
  private let control: ControlRole
  private let captureLoop: PollLoop
  private let disciplineLoop: PollLoop?
  private let controlLoop: PollLoop?
  /// Kept for its lock, which is held as long as this object lives.
  private let claim: SteeringClaim
  /// Why a role's thread could not go on.
  private let roleFailure = Mutex<KernelError?>(nil)

  /// - Throws: `StartFailure` with every complaint, each naming file, line, key and what would be right.
  package init(_ configuration: Configuration, linked: [String: LinkedModule]) throws(StartFailure) {
    self.configuration = configuration
    let isSingle = configuration.loop == .single || configuration.profile == .minimal
    let profile: KernelProfile = configuration.profile == .minimal ? .minimal : .full
    claim = SteeringClaim(configuration)
    let isForbidden = !claim.rivals.isEmpty
    let clock = try Self.clock(configuration.clock, isForbidden: isForbidden)
    let clockPage = ClockPage(precision: clock.capabilities.precision)
    let clocks = KernelClocks(clock.stampSource)
    do {
      captureLoop = try PollLoop(capacity: 512, timerCapacity: 1024, profile: profile)
      disciplineLoop = isSingle ? nil : try PollLoop(capacity: 1)
      controlLoop = isSingle ? nil : try PollLoop(capacity: 64)
    } catch {
      throw StartFailure(error.description)
    }
    let providerLoop = ProviderLoop(loop: captureLoop, clocks: clocks)
    let assembly = ProviderAssembly(
      configuration: configuration, loop: providerLoop, clockPage: clockPage, stampSource: clock.stampSource,
      linked: linked)
    let providers = try assembly.providers()

    var parameters = EngineParameters(configuration.clock)
    if isForbidden { parameters.steer = false }
    parameters.initialFrequency = DriftKeeper(directory: configuration.stateDirectory, isMinimal: false).load()

    let captureWaker = captureLoop.waker
    let disciplineWaker = disciplineLoop?.waker
    let router = CommandRouter(mailboxes: providers.compactMap(\.mailbox)) { captureWaker?.wake() }
    let port = DisciplinePort(
      advise: { source, poll in router.post(.pollInterval, to: source, value: Int64(poll)) },
      stepped: { interval in router.postToAll(.timeJumped, value: interval.nanoseconds) },
      published: { router.publishPages() })
    let role = DisciplineRole(
      engine: Engine(clock: .system, parameters: parameters), clock: clock, outboxes: providers.map(\.outbox),
      page: clockPage,
      port: port, isForbidden: isForbidden)
    discipline = role
    context = RuntimeContext(
      configuration: configuration, providers: providers, router: router, clocks: clocks, port: port,
      rivals: claim.rivals,
      wakeDiscipline: { disciplineWaker?.wake() })
    if isSingle { context.answerInline = { role.turn() } }
    capture = CaptureRole(loop: providerLoop, providers: providers)
    control = ControlRole(context: context, loop: controlLoop ?? captureLoop)
  }

  private static func clock(_ settings: ClockConfiguration, isForbidden: Bool) throws(StartFailure) -> HostClock {
    switch settings.kind {
    case .virtual:
      return .virtual(
        VirtualClock(initialOffset: settings.initialOffset, initialFrequency: settings.initialFrequency))
    case .system:
      do {
        return .system(try SystemClock(mode: settings.steer && !isForbidden ? .steer : .observe))
      } catch {
        throw StartFailure("the system clock cannot be read: \(error.sentence)")
      }
    }
  }

  /// Runs until SIGTERM or SIGINT. Returns the exit status.
  package func run() -> Int32 {
    do {
      try Termination.watch()
      try open()
      control.launch()
      if let controlLoop, let disciplineLoop {
        try runThreads(controlLoop, disciplineLoop)
      } else {
        try runSingle()
      }
    } catch {
      Console.write("tompiond: \(error)\n", to: Console.error)
      return 1
    }
    control.close()
    return 0
  }

  /// State directory, privileges, control socket: in the order in which rights are given up.
  private func open() throws(KernelError) {
    let isMinimal = configuration.profile == .minimal
    if !isMinimal {
      do { try SmallFile.makeDirectory(configuration.stateDirectory) } catch {
        control.warn(.stateDirectory, "the state directory \(configuration.stateDirectory) cannot be used: \(error)")
      }
    }
    let user = !isMinimal && Privileges.isRoot ? configuration.user : nil
    let owner = user.flatMap { Privileges.user(named: $0) }
    if let owner { try? SmallFile.setOwner(configuration.stateDirectory, user: owner.user, group: owner.group) }
    try control.listen(owner: owner)
    control.raise(EventRecord(.daemonStarted, text: "tompiond \(TompionVersion.text) started, \(configuration.file)"))
    if !context.rivals.isEmpty { control.warn(.rivalDaemon, context.rivals) }
    if configuration.clock.kind == .system, !configuration.clock.steer {
      control.raise(
        EventRecord(.observing, text: "observe mode: the clock is watched, not changed (clock.steer = false)"))
    }
    if let user { try drop(to: user, isKnown: owner != nil) }
    if configuration.lockMemory, let refused = RoleThread.lockMemory() {
      control.warn(.realTimeRefused, refused.description)
    }
  }

  private func drop(to user: String, isKnown: Bool) throws(KernelError) {
    let wanted: [Capability] = [.sysTime, .netBindService, .sysNice, .ipcLock]
    guard isKnown else {
      control.warn(
        .privilegesDropped,
        "there is no user \(user): the daemon stays root; create it (useradd --system \(user)) or set user = \"none\"")
      return
    }
    _ = try Privileges.drop(to: user, keeping: wanted)
    control.raise(
      EventRecord(.privilegesDropped, text: "running as \(user) with no more rights than time-keeping needs"))
  }

  /// All roles in turn on this thread.
  private func runSingle() throws(KernelError) {
    captureLoop.waker?.wakesOnTermination()
    discipline.takeOver()
    capture.start()
    while !Termination.requested {
      _ = try capture.turn(until: min(discipline.deadline, control.deadline)) {
        control.handle($0, now: captureLoop.lastWakeUp)
      }
      discipline.turn()
      control.turn(now: RawClock.now())
    }
    capture.stop()
  }

  /// One thread per role; control is this one.
  private func runThreads(_ controlLoop: PollLoop, _ disciplineLoop: PollLoop) throws(KernelError) {
    controlLoop.waker?.wakesOnTermination()
    let capturing = RoleBody { [self, waker = disciplineLoop.waker] in
      capture.start()
      whileWanted { () throws(KernelError) in
        if try capture.turn(until: nil, others: { _ in }) { waker?.wake() }
      }
      capture.stop()
    }
    let disciplining = RoleBody { [self] in
      discipline.takeOver()
      whileWanted { () throws(KernelError) in
        try disciplineLoop.wait(until: discipline.deadline)
        while disciplineLoop.next() != nil {}
        discipline.turn()
      }
    }
    let priority = configuration.realTimePriority == 0 ? nil : Int(configuration.realTimePriority)
    let threads = [
      try RoleThread(RoleThreadOptions(name: "capture", fifoPriority: priority)) { capturing.run() },
      try RoleThread(RoleThreadOptions(name: "discipline", fifoPriority: priority)) { disciplining.run() },
    ]
    for warning in threads.flatMap(\.warnings) { control.warn(.realTimeRefused, warning.description) }
    while !Termination.requested {
      try controlLoop.wait(until: control.deadline)
      while let event = controlLoop.next() { control.handle(event, now: controlLoop.lastWakeUp) }
      control.turn(now: RawClock.now())
    }
    captureLoop.waker?.wake()
    disciplineLoop.waker?.wake()
    for thread in threads { thread.join() }
    let role = discipline
    context.answerInline = { role.turn() }
    if let failure = roleFailure.withLock({ $0 }) { throw failure }
  }

  /// Turns of a role until SIGTERM. A loop that cannot wait would spin at real-time priority: it ends the daemon instead.
  private func whileWanted(_ turn: () throws(KernelError) -> Void) {
    do throws(KernelError) {
      while !Termination.requested { try turn() }
    } catch {
      roleFailure.withLock { $0 = error }
      Termination.request()
    }
  }
}
