// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import Control
import Engine
import EngineFeed
import LinuxKernel
import ProviderHost
import Report
import Settings
import TimeTypes

/// Everything that may take its time: the control socket, the event log, providers' messages, files. [control]
final class ControlRole: ControlHandler {
  private let context: RuntimeContext
  private let loop: EventLoop
  private var server: ControlServer?
  private var drift: DriftKeeper
  private var leapSeconds: LeapSecondsKeeper
  private let record: RecordKeeper?
  /// Providers are queried once a second at most, however often they are looked at.
  private var nextQuery = RawInstant(nanoseconds: .min)
  private var nextSecond = RawInstant(nanoseconds: .min)
  private var tooBig = TooBigLimiter()
  private var ringWatch: RingWatch?
  private var cardWatch: CardWatch
  private var locks: SourceLocks
  private var temperature: TemperatureWatch
  private var stateWatch: StateWatch?
  private var trim: RTCTrim?
  private var sequence: UInt64 = 0
  private var newsTaken: UInt64 = 0
  /// Lines of the log that nobody took.
  private var unwritten = 0
  /// What an operator should know, said once at the start and in each status.
  private var warnings: [String] = []

  /// `watched`: the ring of the capture role, if it has one.
  init(context: RuntimeContext, loop: EventLoop, watched: UringReport?, record: RecordKeeper? = nil) {
    self.context = context
    self.loop = loop
    self.record = record
    ringWatch = watched.map(RingWatch.init)
    cardWatch = CardWatch(context.stamping)
    locks = SourceLocks(context.configuration.sourceLocks)
    temperature = TemperatureWatch(context.configuration.clock.temperature)
    drift = DriftKeeper(
      directory: context.configuration.stateDirectory, isMinimal: context.configuration.profile == .minimal)
    leapSeconds = LeapSecondsKeeper(path: context.configuration.clock.leapSecondsFile)
  }

  /// Opens the control socket; a failure is fatal for the start, because an operator would be blind.
  func listen(owner: (user: UInt32, group: UInt32)?) throws(KernelError) {
    guard let path = context.configuration.controlSocket else { return }
    server = try ControlServer(path: path, loop: loop, firstToken: 1, owner: owner, handler: self)
  }

  /// Starts the providers that run in children.
  func launch() {
    for provider in context.providers { provider.launch() }
  }

  /// Opens the battery-backed clock that is to be set at the end: nobody else has the right to, later.
  func prepareTrim() {
    guard let path = context.configuration.clock.trimmedClock else { return }
    guard context.rivals.isEmpty else {
      return warn(.rtcLeft, "\(path) will not be set at the end: another time daemon runs (clock.rtc)")
    }
    do throws(KernelError) { trim = RTCTrim(path, try RTCDevice.open(path)) } catch {
      let advice =
        switch error.errno {
        case KernelError.busy: "another program has it open"
        case KernelError.notFound: "there is no such device"
        case KernelError.accessDenied:
          "tompiond may not open it: start it as root, or give its user that device (Docs/configuration.md)"
        default: KernelError.text(of: error.errno)
        }
      warn(.rtcLeft, "\(path) will not be set at the end: \(advice) (clock.rtc)")
    }
  }

  /// Opens the record, with the rights that the daemon keeps.
  func startRecord() { record?.open { self.raise($0) } }

  /// Looks at the state directory now, with the rights that the daemon keeps, and from now on.
  func watch(_ state: StateWatch) {
    stateWatch = state
    stateWatch?.check(now: RawClock.now()) { self.raise($0) }
  }

  /// When the next turn is due if nothing else happens: children have to be looked after.
  var deadline: RawInstant {
    RawClock.now() + (context.providers.contains { $0.process != nil } ? .milliseconds(250) : .seconds(1))
  }

  /// An event of the loop that is not a provider's.
  func handle(_ event: PollEvent, now: RawInstant) { _ = server?.handle(event, now: now) }

  /// Does what is waiting; files and clean-up once a second.
  func turn(now: RawInstant) {
    if Termination.takeHangup() {
      context.router.postToAll(.readKeys)
      raise(
        EventRecord(.keysReread, text: "SIGHUP: key files are read again; the configuration is read at a start alone"))
    }
    while let event = context.port.log.pop() {
      raise(event, now: now)
    }
    for event in context.hardware?.take() ?? [] { raise(event) }
    for provider in context.providers {
      provider.pump(loop: loop, file: context.configuration.file, now: now)
      provider.watch(now: now)
      if provider.judge(now: now, raise: { self.raise($0) }) { context.router.wakeCapture() }
      collect(from: provider)
    }
    noticeNews()
    record?.turn(isTime: now >= nextSecond) { self.raise($0) }
    guard now >= nextSecond else { return }
    nextSecond = now + .seconds(1)
    server?.tick(now: now)
    if let news = ringWatch?.news(now: now) { raise(EventRecord(.loopRecovered, text: news)) }
    for event in cardWatch.news(now: now) { raise(event) }
    stateWatch?.check(now: now) { self.raise($0) }
    if let table = leapSeconds.check(now: now, utc: context.utc(), raise: { self.raise($0) }) {
      if !context.send(.leapTable(table, now: now)) { leapSeconds.tellAgain() }
    }
    tellLocks(now: now)
    if let news = temperature.turn(now: now, raise: { self.raise($0) }) {
      if !context.send(.compensated(news.frequency, now: now)) { temperature.tellAgain() }
    }
    if drift.isDue(now) { saveDrift(now: now) }
    keepStores(now: now)
  }

  /// Which source alone numbers whose pulses.
  private func tellLocks(now: RawInstant) {
    guard !locks.isEmpty else { return }
    locks.turn(context.providers.flatMap { $0.outbox.sources.snapshot() }) { pulses, keeper in
      context.send(.sourceLocked(pulses, to: keeper, now: now))
    }
  }

  /// What providers keep, to the disk.
  private func keepStores(now: RawInstant, atOnce: Bool = false) {
    for provider in context.providers {
      if let complaint = provider.keepStore(now: now, atOnce: atOnce) { warn(.stateDirectory, complaint) }
    }
  }

  /// Keeps the frequency for the next start and ends the children. Providers inside the daemon are closed before, by [capture].
  func close() {
    let report = context.requestReport()
    save(report?.frequency, now: RawClock.now())
    endChildren()
    keepStores(now: RawClock.now(), atOnce: true)
    for provider in context.providers { collect(from: provider) }
    if let trim {
      raise(
        trim.run(
          report, now: RawClock.now(), utc: { context.utc().sinceEpoch },
          pause: { Pause.microseconds($0.nanoseconds / 1000 + 1) }))
    }
    record?.close { self.raise($0) }
    raise(EventRecord(.daemonStopped, text: "tompiond ends"))
    server?.close()
  }

  /// So long children may take for SHUTDOWN, stop and close, all at once; then the kernel ends them with the daemon.
  private static let farewell = TimeInterval.seconds(1)

  private func endChildren() {
    let begin = RawClock.now()
    for provider in context.providers { provider.end(now: begin) }
    while RawClock.now() - begin < Self.farewell, context.providers.contains(where: { !$0.hasEnded }) {
      for provider in context.providers where !provider.hasEnded {
        provider.pump(loop: loop, file: context.configuration.file, now: RawClock.now())
        collect(from: provider)
      }
      Pause.milliseconds(2)
    }
    for provider in context.providers where !provider.hasEnded {
      raise(
        EventRecord(
          .providerShutdownFailed, source: provider.name,
          text:
            "provider \(provider.name) did not stop within \(Self.farewell.nanoseconds / 1_000_000_000) s: its process is killed"
        ))
    }
  }

  /// Something an operator should know, as an event now and in each status from now on.
  func warn(_ kind: EventKind, _ text: String) {
    warnings.append(text)
    raise(EventRecord(kind, text: text))
  }

  /// An event of the engine's, unless it is one more of too many.
  private func raise(_ event: EngineEvent, now: RawInstant) {
    var record = event.record(now: now) { self.name(of: $0) ?? "source \($0.rawValue)" }
    if case .tooBig(let sample, _, _) = event {
      guard let more = tooBig.admit(sample.source, now: now) else { return }
      if more > 0 { record.text += "; \(more) more since the last such event" }
    }
    raise(record)
  }

  // MARK: ControlHandler

  func raise(_ event: EventRecord) {
    var event = event
    event.time = context.utc().nanoseconds
    if let server {
      event = server.record(event)
    } else {
      sequence &+= 1
      event.sequence = sequence
    }
    if event.severity >= context.threshold { write("tompiond: \(event.line(.plain))\n") }
  }

  /// Writes a line of the log, or counts it where nobody reads: a log must not stop the clock.
  private func write(_ line: String) {
    if unwritten > 0,
      Console.writePromptly("tompiond: \(unwritten) lines could not be written here\n", to: Console.error)
    {
      unwritten = 0
    }
    if unwritten > 0 || !Console.writePromptly(line, to: Console.error) { unwritten += 1 }
  }

  func queryProviders() {
    let now = RawClock.now()
    guard now >= nextQuery else { return }
    nextQuery = now + .seconds(1)
    context.router.postToAll(.query)
  }

  func resync(force: Bool, source: String?) throws(ControlError) -> String {
    var wanted: [SourceID] = []
    for provider in context.providers {
      for known in provider.outbox.sources.snapshot()
      where source == nil || known.name == source || known.address == source {
        wanted.append(known.id)
      }
    }
    if let source, wanted.isEmpty { throw .unknown("there is no source \(source); see `tompion sources`") }
    guard context.send(.resync(force: force, now: RawClock.now())) else {
      throw .refused("the discipline thread is not answering; try again in a second")
    }
    var untold = 0
    for id in wanted where !context.router.post(.pollNow, to: id) { untold += 1 }
    raise(EventRecord(.resyncRequested, text: "resync\(force ? " with force" : "") of \(source ?? "every source")"))
    let count = wanted.count == 1 ? "1 source" : "\(wanted.count) sources"
    return "resync of \(count) requested"
      + (untold > 0 ? " (\(untold) not asked at once: too many commands wait)" : "")
      + (force ? "; the next time they agree on passes the sanity gate" : "")
  }

  func setTime(
    _ nanoseconds: Int64, within: TimeInterval?
  ) throws(ControlError) -> (text: String, offset: TimeInterval) {
    let raw = RawClock.now()
    let clock = context.utc().nanoseconds
    let operators = context.providers.lazy.flatMap { $0.outbox.sources.snapshot() }.first {
      $0.summary.has(TOMPION_SOURCE_MANUAL)
    }
    guard let operators else {
      throw .refused(
        "no provider takes an operator's time: write [provider.manual] in the configuration and restart tompiond")
    }
    let (apart, tooFar) = nanoseconds.subtractingReportingOverflow(clock)
    let (value, tooMuch) = nanoseconds.subtractingReportingOverflow(raw.nanoseconds)
    guard !tooFar, !tooMuch else { throw .refused("there is no such time") }
    let offset = TimeInterval(nanoseconds: apart)
    let entry = EnteredTime(offset: offset, snapshot(), context.configuration.clock)
    if let refusal = entry.refusal { throw .refused(refusal) }
    let micro = within.map { UInt32(clamping: max(1, $0.nanoseconds / 1000)) } ?? 0
    guard context.router.postTime(value, within: micro, to: operators.id) else {
      throw .refused("the provider manual takes no more at once; try again in a second")
    }
    return (entry.text, offset)
  }

  func snapshot() -> StatusSnapshot {
    let report = context.requestReport()
    let hanging = context.providers.filter { $0.hanging != nil }.map { "provider \($0.name): \($0.report.lastError)" }
    return StatusSnapshot(
      report: report, context: context,
      warnings: warnings + (stateWatch?.warnings ?? []) + leapSeconds.warnings + (record?.warnings ?? []) + hanging)
  }

  // MARK: details

  /// News of children's sources come by this role: the discipline is told of them. Their samples go there by themselves.
  private func noticeNews() {
    let sum = context.providers.reduce(into: UInt64(0)) { $0 &+= $1.process?.newsTaken ?? 0 }
    if sum != newsTaken { context.wakeDiscipline() }
    newsTaken = sum
  }

  private func saveDrift(now: RawInstant) { save(context.requestReport()?.frequency, now: now) }

  private func save(_ frequency: Frequency?, now: RawInstant) {
    guard let frequency else { return }
    drift.save(frequency, now: now) { self.raise($0) }
  }

  /// Nil = it is gone.
  private func name(of id: SourceID) -> String? {
    for provider in context.providers {
      if let source = provider.outbox.sources.snapshot().first(where: { $0.id == id }) {
        return source.address.isEmpty || source.address.hasPrefix(source.name)
          ? source.name : "\(source.name) (\(source.address))"
      }
    }
    if id == SystemFeed.source, let followed = context.configuration.followed { return followed.name }
    return nil
  }

  private func collect(from provider: HostedProvider) {
    let now = RawClock.now()
    let lost = provider.lines.takeHeldBack()
    if lost > 0 {
      raise(
        EventRecord(
          .providerWarning, source: provider.name,
          text: "\(provider.name): \(lost) of its lines were left out: too many at once"))
    }
    while let message = provider.outbox.messages.next() {
      guard provider.lines.admit(now: now) else { continue }
      switch message.kind {
      case .event(let number, let source):
        let event = EventRecord.ofProvider(
          provider.name, number: number, source: source.map { self.name(of: $0) ?? provider.name }, text: message.text)
        if event.severity == .error { provider.lastComplaint = event.text }
        raise(event)
      case .log(let level):
        let kind: EventKind =
          switch level {
          case 0: .providerError
          case 1: .providerWarning
          default: .providerNotice
          }
        if level == 0 { provider.lastComplaint = message.text }
        if level <= 2 || context.threshold == .debug {
          // Many say their own name.
          let text = message.text.hasPrefix(provider.name) ? message.text : "\(provider.name): \(message.text)"
          raise(EventRecord(kind, source: provider.name, text: text))
        }
      }
    }
    provider.noticeChanges { self.raise($0) }
  }
}
