// SPDX-License-Identifier: Apache-2.0

import ClockPort
import Engine
import EngineFeed
import LinuxKernel
import ProviderHost
import Recording
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
  private let captureLoop: EventLoop
  /// What the capture role waits with, and why.
  private let loopChoice: LoopChoice
  private let disciplineLoop: PollLoop?
  private let controlLoop: PollLoop?
  /// The hardware clocks' role; nil = the configuration has none.
  private let hardware: HardwareClockRole?
  private let hardwareLoop: PollLoop?
  /// Kept for its lock, which is held as long as this object lives.
  private let claim: SteeringClaim
  /// What is to be said of the drift file.
  private let driftNews: EventRecord?
  /// Why a role's thread could not go on.
  private let roleFailure = Mutex<KernelError?>(nil)

  /// `isOnlyCheck`: it will not run, so nothing is claimed that a daemon at work may need.
  /// - Throws: `StartFailure` with every complaint, each naming file, line, key and what would be right.
  package init(
    _ configuration: Configuration, linked: [String: LinkedModule], isOnlyCheck: Bool = false
  ) throws(StartFailure) {
    self.configuration = configuration
    let absent = configuration.missingProcessors(of: Processors.configured)
    if !absent.isEmpty { throw StartFailure(absent) }
    let isSingle = configuration.loop == .single || configuration.profile == .minimal
    // Before the first thread: each would get a heap of its own, of 64 MB of addresses.
    RoleThread.keepHeap()
    claim = isOnlyCheck ? .nothing() : SteeringClaim(configuration)
    let isForbidden = isOnlyCheck || !claim.rivals.isEmpty
    let clock = try Self.clock(configuration.clock, isForbidden: isForbidden)
    let clockPage = ClockPage(precision: clock.capabilities.precision)
    let stamping = try HardwareStamping(configuration, isOnlyCheck: isOnlyCheck)
    let clocks = KernelClocks(clock.stampSource, hardware: stamping)
    do {
      loopChoice = try EventLoop.choose(LoopWishes(configuration, isOnlyCheck: isOnlyCheck))
      captureLoop = loopChoice.loop
      disciplineLoop = isSingle ? nil : try PollLoop(capacity: 1 + configuration.providers.count)
      controlLoop = isSingle ? nil : try PollLoop(capacity: 64)
      hardwareLoop = isSingle || configuration.hardwareClocks.isEmpty ? nil : try PollLoop(capacity: 1)
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
    let drift = DriftKeeper(directory: configuration.stateDirectory, isMinimal: false).load()
    parameters.initialFrequency = drift.frequency
    driftNews = drift.news

    let captureWaker = captureLoop.waker
    let disciplineWaker = disciplineLoop?.waker
    let controlWaker = controlLoop?.waker
    let router = CommandRouter(mailboxes: providers.compactMap(\.mailbox)) { captureWaker?.wake() }
    let port = DisciplinePort(
      advise: { source, poll in router.post(.pollInterval, to: source, value: Int64(poll)) },
      stepped: { interval in router.postToAll(.timeJumped, value: interval.nanoseconds) },
      published: { router.publishPages() },
      logged: { controlWaker?.wake() })
    let recorder = isOnlyCheck ? nil : configuration.recordFile.map { _ in EventRecorder() }
    let role = DisciplineRole(
      engine: Engine(clock: .system, parameters: parameters), clock: clock, outboxes: providers.map(\.outbox),
      page: clockPage,
      port: port, isForbidden: isForbidden, recorder: recorder)
    discipline = role
    context = RuntimeContext(
      configuration: configuration, providers: providers, router: router, clocks: clocks,
      stamping: stamping, port: port,
      rivals: claim.rivals,
      wakeDiscipline: { disciplineWaker?.wake() })
    if configuration.hardwareClocks.isEmpty || isOnlyCheck {
      hardware = nil
    } else {
      let news = HardwareClockNews { controlWaker?.wake() }
      context.hardware = news
      hardware = HardwareClockRole(
        configuration, port: port, stampSource: clock.stampSource, news: news,
        wakeDiscipline: { disciplineWaker?.wake() })
    }
    if isSingle { context.answerInline = { role.turn() } }
    capture = CaptureRole(loop: providerLoop, providers: providers)
    control = ControlRole(
      context: context, loop: controlLoop.map { .poll($0) } ?? captureLoop, watched: captureLoop.uringReport,
      record: Self.keeper(configuration, recorder, parameters: parameters))
  }

  private static func keeper(
    _ configuration: Configuration, _ recorder: EventRecorder?, parameters: EngineParameters
  ) -> RecordKeeper? {
    guard let recorder, let path = configuration.recordFile else { return nil }
    let head = RecordHead(
      program: "tompiond \(TompionVersion.text)", clock: .system, capacity: Engine.maximumCapacity,
      parameters: parameters)
    return RecordKeeper(
      path: path, limit: configuration.recordLimit, isMinimal: configuration.profile == .minimal, recorder: recorder,
      head: head)
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

  /// What an operator should know of the configuration, one a line.
  package var warnings: [Diagnostic] {
    Diagnostic.bounded(configuration.warnings + unknownUser, word: "warning")
  }

  /// What would not work although the settings are right: modules that are not there or do not load, and schemes of authentication that none
  /// of them offers.
  package var failures: [Diagnostic] {
    let unusable = context.providers.compactMap { provider -> Diagnostic? in
      let reason = provider.reasonNotToRun
      guard !reason.isEmpty else { return nil }
      return Diagnostic(
        file: configuration.file, line: provider.configuration.line, column: provider.configuration.column,
        key: provider.configuration.key, problem: reason, advice: provider.configuration.knownProviders)
    }
    return Diagnostic.bounded(
      unusable + configuration.temperatureFailures
        + configuration.unofferedSchemes(offered: context.providers.compactMap(\.offeredScheme)))
  }

  /// A user who is not there, on this host at least: after a start as root there is nobody to become.
  private var unknownUser: [Diagnostic] {
    guard configuration.profile != .minimal, let user = configuration.user, Privileges.user(named: user) == nil else {
      return []
    }
    guard case .written(let line, let column) = configuration.origin(of: "user") else { return [] }
    return [
      Diagnostic(
        file: configuration.file, line: line, column: column, key: "user", value: "\"\(user)\"",
        problem: "there is no such user here, and root's start is refused",
        advice: "create it (useradd --system \(user)) or write \"none\"")
    ]
  }

  /// Runs until SIGTERM or SIGINT. Returns the exit status.
  package func run() -> Int32 {
    do {
      // In a terminal that goes away nobody could end it any more. The minimal profile asks nothing about terminals.
      let isMinimal = configuration.profile == .minimal
      try Termination.watch(
        graceSeconds: isMinimal ? 0 : Self.grace, hangupEnds: !isMinimal && Console.isTerminal(Console.error))
      try open()
      control.launch()
      if let controlLoop, let disciplineLoop {
        guard try runThreads(controlLoop, disciplineLoop) else {
          // Nothing is taken apart under the thread that still runs.
          control.close()
          Console.exit(1)
        }
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
  private func open() throws(StartFailure) {
    let isMinimal = configuration.profile == .minimal
    let user = !isMinimal && Privileges.isRoot ? configuration.user : nil
    let owner = user.flatMap { Privileges.user(named: $0) }
    let state = StateDirectory(path: configuration.stateDirectory)
    if !isMinimal { state.prepare(owner: owner) }
    do { try control.listen(owner: owner) } catch {
      throw StartFailure(Self.complaint(of: error, at: configuration.controlSocket ?? ""))
    }
    control.raise(EventRecord(.daemonStarted, text: "tompiond \(TompionVersion.text) started, \(configuration.file)"))
    if loopChoice.isRefused {
      control.warn(.loopChosen, loopChoice.reason)
    } else {
      control.raise(EventRecord(.loopChosen, text: "packets are received by \(loopChoice.reason)"))
    }
    for note in context.stamping.notes {
      if note.isRefusal {
        control.warn(.hardwareStampsRefused, note.text)
      } else {
        control.raise(EventRecord(.hardwareStamps, text: note.text))
      }
    }
    if let driftNews { control.raise(driftNews) }
    if !context.rivals.isEmpty { control.warn(.rivalDaemon, context.rivals) }
    if configuration.clock.kind == .system, !configuration.clock.steer {
      control.raise(
        EventRecord(.observing, text: "observe mode: the clock is watched, not changed (clock.steer = false)"))
    }
    hardware?.prepare()
    control.prepareTrim()
    if let user {
      // Who wrote a name meant it; where nobody did, a host that was not prepared still gets its time.
      guard owner != nil || configuration.origin(of: "user") == .builtIn else {
        throw StartFailure("\(configuration.file): user: \(Self.unknown(user))")
      }
      do { try drop(to: user, isKnown: owner != nil) } catch { throw StartFailure(error.description) }
    }
    // With the rights that are left.
    if !isMinimal { control.watch(StateWatch(state, user: owner == nil ? nil : user)) }
    control.startRecord()
    if configuration.lockMemory, let refused = RoleThread.lockMemory() {
      control.warn(.realTimeRefused, refused.description)
    }
  }

  /// How long after SIGTERM it may take, s.
  private static let grace: UInt32 = 10

  /// Why there is no control socket, and what to do.
  private static func complaint(of error: KernelError, at path: String) -> String {
    let reason =
      switch error.errno {
      case KernelError.addressInUse: "another tompiond answers there; stop it"
      case KernelError.exists: "something that is not a socket is there; remove it"
      case KernelError.accessDenied: "this user may not write in its directory; change the directory's owner"
      default: KernelError.text(of: error.errno)
      }
    return
      "cannot listen on the control socket \(path): \(reason), or write another path, or \"none\", as control.socket"
  }

  private static func unknown(_ user: String) -> String {
    "there is no user \(user); create it (useradd --system \(user)) or write user = \"none\""
  }

  private func drop(to user: String, isKnown: Bool) throws(KernelError) {
    let wanted: [Capability] = [.sysTime, .netBindService, .sysNice, .ipcLock]
    guard isKnown else {
      return control.warn(.privilegesKept, "\(Self.unknown(user)): the daemon stays root with all its rights")
    }
    _ = try Privileges.drop(to: user, keeping: wanted)
    control.raise(
      EventRecord(.privilegesDropped, text: "running as \(user) with no more rights than time-keeping needs"))
  }

  /// All roles in turn on this thread.
  private func runSingle() throws(KernelError) {
    if configuration.profile != .minimal {
      tell(RoleThread.adopt(RoleThreadOptions(name: "tompiond", configuration.realTime.capture)))
    }
    captureLoop.waker?.wakesOnTermination()
    discipline.takeOver()
    capture.start()
    var bells = try ChildBells(context.providers.compactMap(\.process), on: captureLoop)
    while !Termination.requested {
      let due = min(discipline.deadline, control.deadline, hardware?.deadline ?? RawInstant(nanoseconds: .max))
      _ = try capture.turn(until: due) {
        if !bells.heard($0) { control.handle($0, now: captureLoop.lastWakeUp) }
      }
      bells.tick(now: captureLoop.lastWakeUp)
      hardware?.turn()
      discipline.turn()
      control.turn(now: RawClock.now())
    }
    hardware?.release()
    discipline.release()
    capture.stop()
  }

  /// One thread per role; control is this one. false = a thread did not end.
  private func runThreads(_ controlLoop: PollLoop, _ disciplineLoop: PollLoop) throws(KernelError) -> Bool {
    controlLoop.waker?.wakesOnTermination()
    let capturing = RoleBody { [self, waker = disciplineLoop.waker] in
      capture.start()
      whileWanted { () throws(KernelError) in
        if try capture.turn(until: nil, others: { _ in }) { waker?.wake() }
      }
      capture.stop()
    }
    let watched = try ChildBells(context.providers.compactMap(\.process), on: .poll(disciplineLoop))
    let disciplining = RoleBody { [self] in
      var bells = watched
      discipline.takeOver()
      whileWanted { () throws(KernelError) in
        try disciplineLoop.wait(until: discipline.deadline)
        while let event = disciplineLoop.next() { _ = bells.heard(event) }
        bells.tick(now: disciplineLoop.lastWakeUp)
        discipline.turn()
      }
      discipline.release()
    }
    let roles = configuration.realTime
    let watching = RoleBody { [self] in
      guard let hardware, let hardwareLoop else { return }
      whileWanted { () throws(KernelError) in
        try hardwareLoop.wait(until: hardware.deadline)
        while hardwareLoop.next() != nil {}
        hardware.turn()
      }
      hardware.release()
    }
    var threads = [
      try RoleThread(RoleThreadOptions(name: "capture", roles.capture)) { capturing.run() },
      try RoleThread(RoleThreadOptions(name: "discipline", roles.discipline)) { disciplining.run() },
    ]
    if hardware != nil {
      // The normal scheduler: it blocks in drivers, and shares a lock with [control].
      threads.append(try RoleThread(RoleThreadOptions(name: "clocks")) { watching.run() })
    }
    tell(threads.flatMap(\.warnings) + RoleThread.adopt(RoleThreadOptions(name: "control", roles.control)))
    while !Termination.requested {
      try controlLoop.wait(until: control.deadline)
      while let event = controlLoop.next() { control.handle(event, now: controlLoop.lastWakeUp) }
      control.turn(now: RawClock.now())
    }
    captureLoop.waker?.wake()
    disciplineLoop.waker?.wake()
    // The discipline runs no code of a provider; capture does, and one may never return.
    hardwareLoop?.waker?.wake()
    for thread in threads.dropFirst() { thread.join() }
    let isComplete = threads[0].join(withinSeconds: Self.grace / 3)
    let role = discipline
    context.answerInline = { role.turn() }
    if let failure = roleFailure.withLock({ $0 }) { throw failure }
    if !isComplete {
      let names = context.providers.filter { $0.instance != nil }.map(\.name).joined(separator: ", ")
      control.warn(.providerFailed, "a provider does not return from a call: ended without stopping \(names)")
    }
    return isComplete
  }

  /// One warning for each privilege that was refused.
  private func tell(_ refused: [RoleWarning]) {
    for warning in RoleWarning.merged(refused) { control.warn(.realTimeRefused, warning.description) }
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
