// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import LinuxKernel
import ProviderHost
import Report
import Settings
import Synchronization
import TimeTypes

/// One provider of the configuration: its settings, what it gives, and how it is doing. [control], but for `outbox`, `start` and
/// `close`.
final class HostedProvider {
  let configuration: ProviderConfiguration
  let outbox: ProviderOutbox
  /// The file, or "built in".
  private(set) var modulePath = ""
  private(set) var instance: ProviderInstance?
  /// With placement "process": the child that runs it.
  private(set) var process: ProviderProcess?
  private var watched: Int32?
  /// The schema that its settings were checked against; nil = none yet.
  private var schema: [ProviderSchemaEntry]?
  /// Why it does not run, in one line; "" = nothing is wrong. A start that fails writes it on [capture], hence the mutex.
  private let failure = Mutex("")
  /// The last error that the provider itself reported.
  var lastComplaint = ""
  private var module: ProviderModule?
  private var toldState: ProviderReport.State?
  private var nextKeeping = RawInstant(nanoseconds: .min)
  private var cannotKeep = false
  /// One for each worker.
  private var calls = [CallWatch](repeating: CallWatch(), count: ProviderInstance.workerLimit)
  private var conduct = ConductWatch()
  private var losses = LossWatch()
  /// Of what it says.
  var lines = LineBudget()
  /// In this process: how often it was stopped for what it did, and until when it is.
  private var policy = RestartPolicy()
  private var suspended: RestartPolicy.Decision?
  private var sentence = ""
  /// How long a call into it has not returned; nil = none hangs.
  private(set) var hanging: TimeInterval?

  var name: String { configuration.name }

  init(_ configuration: ProviderConfiguration, number: UInt16) {
    self.configuration = configuration
    outbox = ProviderOutbox(number: number)
  }

  /// Loads the module and asks it for its provider and schema; a failure is noted, the others go on. [control, at start]
  func open(_ module: ProviderModule, backend: any ProviderBackend) {
    modulePath = module.path
    self.module = module
    do {
      let wanted = module.descriptors.count == 1 ? module.descriptors[0].id : name
      instance = try ProviderInstance(module: module, provider: wanted, backend: backend, outbox: outbox)
    } catch {
      fail(error.description)
    }
  }

  /// Starts a child process and has it open the provider, so that its schema is known. A child that crashes or hangs meanwhile is
  /// started again later; the others go on. [control, at start]
  func open(_ process: ProviderProcess) {
    modulePath = process.module
    self.process = process
    // The reason is kept in the process' lastError.
    try? process.open()
  }

  /// Starts the provider in the child, if it has one. [control]
  func launch() { process?.start() }

  /// Hears the child out and keeps the loop watching its socket. [control]
  func pump(loop: EventLoop, file: String, now: RawInstant) {
    guard let process else { return }
    process.pump(now: now)
    // A child that told its schema only after it was started again has the settings already: they are checked now.
    if schema == nil, process.schema != nil, !hasFailed, let wrong = validate(file: file).first {
      fail(wrong.description)
      process.close(now: now)
    }
    guard process.socketDescriptor != watched else { return }
    if let watched { loop.remove(watched) }
    watched = nil
    if let descriptor = process.socketDescriptor, (try? loop.add(descriptor, token: Self.childToken)) != nil {
      watched = descriptor
    }
  }

  /// Brings what the provider keeps to the disk, every few seconds if anything changed; `atOnce`: at the end. Why that failed, said once
  /// until it works again; nil = nothing to say. [control]
  func keepStore(now: RawInstant, atOnce: Bool = false) -> String? {
    guard let store = instance?.backend.store ?? process?.store, store.isDirty, atOnce || now >= nextKeeping else {
      return nil
    }
    do throws(KernelError) {
      nextKeeping = now + .seconds(5)
      try store.flush()
      cannotKeep = false
      return nil
    } catch {
      nextKeeping = now + .seconds(60)
      defer { cannotKeep = true }
      return cannotKeep
        ? nil : "what provider \(name) keeps for its next start is not on the disk: \(error.description)"
    }
  }

  /// Asks the child, if there is one, to stop and close the provider; `pump` on until `hasEnded`. [control, at the end]
  func end(now: RawInstant) { process?.close(now: now) }

  /// No child of it is left. [control]
  var hasEnded: Bool { process.map { $0.phase == .closed } ?? true }

  /// The loop's token of children's sockets: all are heard out after each wait, so one is enough.
  static let childToken: UInt64 = 0

  /// What is wrong with its settings, by its own schema. Empty for a provider that could not be opened.
  func validate(file: String) -> [Diagnostic] {
    schema = instance?.schema ?? process?.schema
    guard let schema else { return [] }
    return configuration.validate(schema: schema.map(SettingSchema.init), file: file)
  }

  /// Gives it its settings; what it refuses comes back, any other failure is noted. [control, at start]
  func initialize(file: String) -> [Diagnostic] {
    let settings = configuration.values.map(ProviderSetting.init)
    do {
      try instance?.initialize(settings: settings)
      try process?.initialize(settings: settings)
      return []
    } catch {
      // A child is started again; what failed in this process stays as it is.
      if instance != nil { fail(error.description) }
      return (instance?.refusals ?? process?.refusals ?? []).map { refusal in
        guard let index = refusal.index, configuration.values.indices.contains(index) else {
          return Diagnostic(
            file: file, line: configuration.line, column: configuration.column, key: configuration.key,
            problem: "is refused", advice: refusal.text)
        }
        let value = configuration.values[index]
        return Diagnostic(
          file: file, line: value.line, column: value.column, key: value.key, value: value.value.text,
          problem: "is refused",
          advice: refusal.text)
      }
    }
  }

  /// [capture]
  func start() {
    guard let instance, !hasFailed else { return }
    do { try instance.start() } catch { fail(error.description) }
  }

  /// [capture]
  func close() { instance?.close() }

  /// Others of this process prove their packets by it. [capture]
  var isAuthenticator: Bool { instance?.isAuthenticator ?? false }

  /// The scheme by which others of this process prove their packets; nil = it offers none.
  var offeredScheme: String? { instance?.offeredScheme }

  func fail(_ reason: String) { failure.withLock { $0 = reason } }

  private var hasFailed: Bool { failure.withLock { !$0.isEmpty } }

  /// What is known before anything starts to keep it from running; "" = nothing.
  var reasonNotToRun: String {
    let own = failure.withLock { $0 }
    guard own.isEmpty, let process else { return own }
    if let why = ProviderModule.complaint(of: process.module) { return "\(process.module): \(why)" }
    switch process.phase {
    case .waiting, .quarantined: return "\(process.module): \(process.lastError)"
    default: return ""
    }
  }

  /// Where commands for it go.
  var mailbox: CommandRouter.Mailbox? {
    if let instance { return .instance(instance) }
    return process.map { .process($0) }
  }

  /// Looks whether the provider, in this process, returns from its calls. With one thread for all nobody can look. [control]
  func watch(now: RawInstant) {
    guard let instance else { return }
    hanging = nil
    for worker in calls.indices {
      if let lasted = calls[worker].look(instance.callCount(worker: worker), now: now) { hanging = lasted }
    }
  }

  /// Looks what it did; true = a command waits for [capture]. [control]
  func judge(now: RawInstant, raise: (EventRecord) -> Void) -> Bool {
    if let lost = losses.look(outbox.counters, now: now) {
      raise(
        EventRecord(
          .samplesDropped, source: name, text: "\(lost) samples of provider \(name) were lost: its ring was full"))
    }
    switch conduct.look(outbox.counters, now: now) {
    case .offences(let text): raise(EventRecord(.providerMisbehaved, source: name, text: "provider \(name): \(text)"))
    case .intolerable(let text):
      sentence = "stopped for its conduct: \(text)"
      raise(EventRecord(.providerQuarantined, source: name, text: "provider \(name) is \(sentence)"))
      if let process { process.quarantine(sentence) } else { return suspend(now: now) }
    case nil: break
    }
    guard case .restart(let at)? = suspended, now >= at, let instance, instance.resume() else { return false }
    suspended = nil
    return true
  }

  private func suspend(now: RawInstant) -> Bool {
    guard suspended == nil, let instance else { return false }
    // A full queue of commands: the next second's offences bring us here again.
    guard instance.suspend() else { return false }
    suspended = policy.failed(now: now)
    return true
  }

  /// Raises an event where its state is another than at the last look. [control]
  func noticeChanges(raise: (EventRecord) -> Void) {
    let state = state
    guard state != toldState else { return }
    toldState = state
    switch state {
    case .running: raise(EventRecord(.providerStarted, source: name, text: "provider \(name) runs (\(modulePath))"))
    case .failed: raise(EventRecord(.providerFailed, source: name, text: "provider \(name): \(lastError)"))
    case .stopped: raise(EventRecord(.providerStopped, source: name, text: "provider \(name) stopped"))
    case .restarting:
      raise(EventRecord(.providerRestarted, source: name, text: "provider \(name) is started again: \(lastError)"))
    case .hanging: raise(EventRecord(.providerHangs, source: name, text: "provider \(name): \(lastError)"))
    case .disabled, .loading: break
    }
  }

  var report: ProviderReport {
    var report = ProviderReport(name: name)
    if let descriptor = instance?.descriptor ?? process?.descriptor ?? module?.descriptors.first {
      report.version = descriptor.version
      report.vendor = descriptor.vendor
      report.description = descriptor.summary
    }
    report.module = modulePath
    report.placement = configuration.placement == .process ? .process : .inProcess
    report.state = state
    if let process {
      report.processID = process.processID ?? 0
      report.restarts = process.launches > 0 ? process.launches - 1 : 0
    }
    report.sources = UInt64(outbox.sources.snapshot().count)
    report.samples = outbox.counters.published
    report.ringFull = outbox.counters.ringFull
    report.misbehaved = outbox.counters.misbehaviour
    report.droppedMessages = outbox.counters.droppedMessages
    report.droppedCommands = outbox.counters.droppedCommands
    report.lastError = lastError
    return report
  }

  private var state: ProviderReport.State {
    guard configuration.enabled else { return .disabled }
    guard !hasFailed else { return .failed }
    if hanging != nil { return .hanging }
    switch suspended {
    case .restart: return .restarting
    case .quarantine: return .failed
    case nil: break
    }
    if let process {
      switch process.phase {
      case .idle, .opening, .opened, .inited, .starting: return .loading
      case .running: return .running
      case .waiting: return .restarting
      case .quarantined: return .failed
      case .closed: return .stopped
      }
    }
    switch instance?.state {
    case .started: return .running
    case .stopped, .closed: return .stopped
    case .opened, .inited, nil: return .loading
    }
  }

  private var lastError: String {
    if let hanging {
      return
        "it has not returned from a call for \(Quantity.age(hanging)), and every in-process provider waits for it; "
        + "restart tompiond, and give it placement = \"process\""
    }
    if suspended != nil { return sentence }
    let own = failure.withLock { $0 }
    let absent = outbox.absentFiles.withLock { $0 }
    if own.isEmpty, !absent.isEmpty {
      return "\(absent.joined(separator: ", ")) \(absent.count == 1 ? "is" : "are") gone: what was read stays in use"
    }
    let reasons = [own.isEmpty ? process?.lastError ?? "" : own, lastComplaint]
    // Processes quote what the provider said, and log what they say: nothing is told twice.
    if reasons[0].hasSuffix(reasons[1]) { return reasons[0] }
    if reasons[1].hasSuffix(reasons[0]) { return reasons[1] }
    return reasons.joined(separator: ": ")
  }
}
