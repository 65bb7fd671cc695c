// SPDX-License-Identifier: Apache-2.0

package import CTompionProvider
import Synchronization
package import TimeTypes

/// One provider of one module, from open to close: the host's tables for it, its place on the state ladder, and what it is told.
///
/// All calls into the provider come from here and never overlap: whoever owns the instance calls it from the thread that runs its
/// backend's loop (the Runtime's [capture] thread once started, before and after that the one thread there is). Only `post`,
/// `state` and the outbox's readers are for other threads, and what arrives comes on the workers' own (`started`).
@safe package final class ProviderInstance: @unchecked Sendable {
  // Sound to share: see above; what other threads touch is atomic or a queue.
  package let module: ProviderModule
  package let descriptor: ProviderDescriptor
  package let outbox: ProviderOutbox
  package let backend: any ProviderBackend
  /// What the provider's settings may be; empty = it has none or does not say.
  package private(set) var schema: [ProviderSchemaEntry] = []
  /// Settings that init, or the last update-config, refused.
  package internal(set) var refusals: [SettingRefusal] = []

  let clocks: UInt64
  var settings = SettingsBlock([])
  /// What the settings let it open.
  var grants = ProviderGrants(settings: [], schema: [])
  /// Questions for names of the settings that are not answered yet, by their tokens.
  var grantedQuestions: [UInt64] = []
  let publishing = Atomic<Bool>(false)
  /// Per worker; the first is the owner's own.
  private let callCells = InlineArray<64, Atomic<UInt64>> { _ in Atomic(0) }
  private let stateCell = Atomic<UInt8>(ProviderState.opened.rawValue)
  private let commands = CommandQueue()
  private var host: UnsafeMutablePointer<tompion_host_t>
  private var provider: UnsafePointer<tompion_provider_t>?
  var receiver: UnsafePointer<tompion_packet_receiver_t>?
  var timerReceiver: UnsafePointer<tompion_timer_receiver_t>?
  var resolveReceiver: UnsafePointer<tompion_resolve_receiver_t>?
  var deviceReceiver: UnsafePointer<tompion_device_receiver_t>?
  var streamReceiver: UnsafePointer<tompion_stream_receiver_t>?
  var secretsReceiver: UnsafePointer<tompion_secrets_receiver_t>?
  var authenticateReceiver: UnsafePointer<tompion_authenticate_receiver_t>?
  /// What it offers others; nil = it is no authenticator.
  var authenticatorTable: UnsafePointer<tompion_authenticator_t>?
  /// Calls for associations that are under way in it, on the owner's thread.
  var answers = 0
  /// Each worker's own state, nil where it has none; written by [control] while no worker runs.
  private var workers: [UnsafeMutableRawPointer?] = unsafe []
  /// At most so many threads receive for one provider.
  package static let workerLimit = 64

  /// Opens the provider. `provider` is its id or its name; `clocks` are those it may measure. [control]
  package init(
    module: ProviderModule, provider wanted: String, backend: any ProviderBackend, outbox: ProviderOutbox,
    hostName: StaticString = "tompiond", clocks: [ClockID] = [.system]
  ) throws(ProviderError) {
    self.module = module
    self.descriptor = try module.descriptor(wanted)
    self.backend = backend
    self.outbox = outbox
    self.clocks = clocks.reduce(0) { $1.rawValue < 64 ? $0 | 1 << UInt64($1.rawValue) : $0 }
    // Sound: the table is freed in deinit, after close; host_data is this object, which outlives the provider because close
    // comes first (deinit sees to it).
    unsafe host = .allocate(capacity: 1)
    unsafe host.initialize(to: HostTable.make(name: hostName))
    unsafe host.pointee.host_data = Unmanaged.passUnretained(self).toOpaque()
    backend.attach(self)
    guard let opened = unsafe module.pointer.pointee.open(descriptor.id, host) else {
      throw ProviderError(module: module.path, .openRefused)
    }
    let full = unsafe MemoryLayout<tompion_provider_t>.size
    let size = unsafe opened.pointee.size
    guard size >= full else {
      throw ProviderError(module: module.path, .shortStruct("provider", size: size, atLeast: full))
    }
    if let missing = unsafe Self.firstNull(opened.pointee) {
      throw ProviderError(module: module.path, .null("provider.\(missing)"))
    }
    unsafe provider = opened
    if let table = unsafe opened.pointee.get_extension(opened, TOMPION_SETTINGS_SCHEMA_ID) {
      var complaints: [String] = []
      schema = unsafe ProviderSchemaEntry.read(
        table.assumingMemoryBound(to: tompion_settings_schema_t.self), complaints: &complaints)
      for complaint in complaints { log(.error, complaint) }
    }
  }

  deinit {
    close()
    unsafe host.deallocate()
  }

  /// The first function that is NULL; poll may be.
  private static func firstNull(_ p: tompion_provider_t) -> String? {
    if unsafe p.`init` == nil { return "init" }
    if unsafe p.start == nil { return "start" }
    if unsafe p.stop == nil { return "stop" }
    if unsafe p.close == nil { return "close" }
    if unsafe p.command == nil { return "command" }
    if unsafe p.get_extension == nil { return "get_extension" }
    return nil
  }

  /// Where it is on the ladder. [any]
  package internal(set) var state: ProviderState {
    get { ProviderState(rawValue: stateCell.load(ordering: .acquiring)) ?? .closed }
    set { stateCell.store(newValue.rawValue, ordering: .releasing) }
  }

  /// Gives the provider its settings and calls init. On failure it stays opened and `refusals` say what was wrong.
  package func initialize(settings values: [ProviderSetting]) throws(ProviderError) {
    let provider = try unsafe expect(.opened, call: "init")
    take(values)
    // Inside init the provider may already do what "inited" allows.
    state = .inited
    let status = timed { unsafe provider.pointee.`init`(provider) }
    guard status == TOMPION_OK, refusals.isEmpty else {
      state = .opened
      backend.detach()
      outbox.sources.removeAll()
      throw ProviderError(
        module: module.path, refusals.isEmpty ? .failed(call: "init", status: status) : .settingsRefused())
    }
    unsafe findReceivers(provider)
  }

  /// Opens the flow of samples. [control]
  package func start() throws(ProviderError) {
    guard let provider = unsafe provider, state == .inited || state == .stopped else {
      throw ProviderError(module: module.path, .wrongState(call: "start", state: state))
    }
    let before = state
    state = .started
    let status = timed { unsafe provider.pointee.start(provider) }
    guard status == TOMPION_OK else {
      state = before
      throw ProviderError(module: module.path, .failed(call: "start", status: status))
    }
    backend.started()
  }

  /// Says SHUTDOWN, then ends the flow of samples; does nothing unless started. [control]
  package func stop() {
    guard let provider = unsafe provider, state == .started else { return }
    backend.stopping()
    command(TOMPION_COMMAND_SHUTDOWN)
    timed { unsafe provider.pointee.stop(provider) }
    state = .stopped
  }

  /// Stops if need be, closes the provider, its sockets and timers, and says that its sources are gone. Harmless twice. [control]
  package func close() {
    stop()
    guard let provider = unsafe provider, state != .closed else {
      state = .closed
      return
    }
    // Before its functions go: calls of others for its associations end here.
    backend.authentication?.remove(self)
    if let close = unsafe receiver?.pointee.worker_close {
      for index in unsafe 0..<workers.count {
        if let worker = unsafe workers[index] { inside { unsafe close(provider, worker) } }
      }
    }
    unsafe workers = []
    timed { unsafe provider.pointee.close(provider) }
    state = .closed
    unsafe self.provider = nil
    unsafe receiver = nil
    unsafe timerReceiver = nil
    unsafe resolveReceiver = nil
    unsafe deviceReceiver = nil
    unsafe streamReceiver = nil
    unsafe secretsReceiver = nil
    unsafe authenticateReceiver = nil
    unsafe authenticatorTable = nil
    backend.detach()
    outbox.sources.removeAll()
  }

  /// Tells the provider something; TOMPION_WRONG_STATE before init. [control]
  @discardableResult
  package func command(_ kind: Int32, source: UInt32 = 0, value: Int64 = 0) -> tompion_status {
    guard let provider = unsafe provider, state.isInited else { return TOMPION_WRONG_STATE }
    var command = tompion_command_t()
    command.size = UInt32(MemoryLayout<tompion_command_t>.size)
    command.kind = UInt32(bitPattern: kind)
    command.source = source
    command.value = value
    return timed { unsafe provider.pointee.command(provider, &command) }
  }

  /// New settings, then update-config; a refusal or an error leaves the provider as it decides.
  package func update(settings values: [ProviderSetting]) -> tompion_status {
    guard state.isInited else { return TOMPION_WRONG_STATE }
    take(values)
    return command(TOMPION_COMMAND_UPDATE_CONFIG)
  }

  /// Queues a command for `deliverCommands`, false = the queue is full, which is counted. [any]
  @discardableResult
  package func post(_ kind: Int32, source: UInt32 = 0, value: Int64 = 0) -> Bool {
    let isTaken = commands.post(kind, source: source, value: value)
    if !isTaken { outbox.counters.countDroppedCommand() }
    return isTaken
  }

  /// Hands posted commands to the provider; the owner's loop calls it after it was woken.
  package func deliverCommands() {
    while let next = commands.next() {
      guard !carryOut(Int32(bitPattern: next.kind)) else { continue }
      command(Int32(bitPattern: next.kind), source: next.source, value: next.value)
    }
  }

  private func take(_ values: [ProviderSetting]) {
    settings = SettingsBlock(values)
    grants = ProviderGrants(settings: values, schema: schema)
    refusals = []
  }

  private func expect(
    _ wanted: ProviderState, call: String
  ) throws(ProviderError) -> UnsafePointer<tompion_provider_t> {
    guard let provider = unsafe provider, state == wanted else {
      throw ProviderError(module: module.path, .wrongState(call: call, state: state))
    }
    return unsafe provider
  }

  private func findReceivers(_ provider: UnsafePointer<tompion_provider_t>) {
    // Sound: tables live as long as the process; a table that is too short is not used.
    func table<T>(_ id: String, _ type: T.Type) -> UnsafePointer<T>? {
      guard let found = unsafe provider.pointee.get_extension(provider, id) else { return nil }
      guard unsafe found.loadUnaligned(as: UInt32.self) >= MemoryLayout<T>.size else {
        outbox.counters.count(.badArgument)
        log(.error, "table \(id) is shorter than version 1 of it: ignored")
        return nil
      }
      return unsafe found.assumingMemoryBound(to: type)
    }
    unsafe receiver = unsafe table(TOMPION_PACKET_IO_ID, tompion_packet_receiver_t.self)
    unsafe timerReceiver = unsafe table(TOMPION_TIMER_ID, tompion_timer_receiver_t.self)
    unsafe resolveReceiver = unsafe table(TOMPION_RESOLVE_ID, tompion_resolve_receiver_t.self)
    unsafe deviceReceiver = unsafe table(TOMPION_DEVICE_IO_ID, tompion_device_receiver_t.self)
    unsafe streamReceiver = unsafe table(TOMPION_STREAM_ID, tompion_stream_receiver_t.self)
    unsafe secretsReceiver = unsafe table(TOMPION_SECRETS_ID, tompion_secrets_receiver_t.self)
    unsafe authenticateReceiver = unsafe table(TOMPION_AUTHENTICATE_ID, tompion_authenticate_receiver_t.self)
    unsafe authenticatorTable = unsafe table(TOMPION_AUTHENTICATOR_ID, tompion_authenticator_t.self)
    offerAuthentication()
    _ = openWorkers(1)
  }

  /// Has the provider make the state of so many workers, as far as there is none yet; how many there are. Before they run. [control]
  package func openWorkers(_ count: Int) -> Int {
    let isOne = descriptor.capabilities & UInt32(TOMPION_CAPABILITY_MANY_WORKERS) == 0
    let wanted = isOne ? 1 : min(max(count, 1), Self.workerLimit)
    guard let provider = unsafe provider else { return 0 }
    while unsafe workers.count < wanted {
      let index = unsafe UInt32(workers.count)
      // Sound: as in findReceivers; what comes back is the provider's own, handed to it and to nobody else.
      unsafe workers.append(receiver?.pointee.worker_open.map { unsafe $0(provider, index) } ?? nil)
    }
    return unsafe workers.count
  }

  /// A worker's own state.
  func workerState(_ index: Int) -> UnsafeMutableRawPointer? {
    unsafe workers.indices.contains(index) ? workers[index] : nil
  }

  /// The scheme of authentication that it offers others and that nobody else had before; nil = none.
  package var offeredScheme: String? {
    guard let scheme = unsafe authenticatorTable?.pointee.scheme else { return nil }
    return unsafe CText.string(scheme, limit: 64)
  }

  /// The provider itself, for provider-check's deliberate misuse; nil once closed.
  package var pointer: UnsafePointer<tompion_provider_t>? { unsafe provider }

  /// The provider while it may be called with packets, timers and answers; nil otherwise.
  var running: UnsafePointer<tompion_provider_t>? { state == .started ? unsafe provider : nil }

  /// Runs a call and counts it if it took longer than the 500 ms that it may.
  @discardableResult
  private func timed<Result>(_ call: () -> Result) -> Result {
    let begin = backend.rawNow()
    let result = inside(call)
    if backend.rawNow() - begin > .milliseconds(500) { outbox.counters.count(.lateCall) }
    return result
  }

  /// Runs a call into the provider, and shows that one is under way.
  @inline(__always)
  func inside<Result>(worker: Int = 0, _ call: () -> Result) -> Result {
    callCells[worker].wrappingAdd(1, ordering: .relaxed)
    defer { callCells[worker].wrappingAdd(1, ordering: .relaxed) }
    return call()
  }

  /// Counts the calls into the provider on a worker's thread (0 = its owner's), begun and ended alike: odd = one is under way, and the
  /// same odd number for long = it hangs. [any]
  package func callCount(worker: Int = 0) -> UInt64 { callCells[worker].load(ordering: .relaxed) }

  enum LogLevel: UInt32 {
    case error = 0
    case warning = 1
    case notice = 2
  }

  /// A line of the host's own about this provider, among the provider's.
  func log(_ level: LogLevel, _ text: String) { outbox.log(level: level.rawValue, text) }
}
