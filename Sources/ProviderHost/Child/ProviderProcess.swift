// SPDX-License-Identifier: Apache-2.0

package import CTompionProvider
package import LinuxKernel
import Synchronization
package import TimeTypes

/// The host's end of process placement: one provider in a child process of its own, watched, restarted and never believed.
///
/// One thread owns it ([control], or the only one): it calls `pump` when `socketDescriptor` is readable and at least every 500 ms. The
/// samples and sources that come out of it are in `outbox`, as with a provider inside the process. `publishPages` may come from the
/// thread that steers the clock.
package final class ProviderProcess: @unchecked Sendable {
  // Sound to share: only `publishPages`, `post` and the outbox's readers are for other threads; they use atomics and queues.
  package enum Phase: Sendable, Equatable {
    case idle
    /// Started by `open`; the provider is not opened yet.
    case opening
    /// It told its schema and waits for its settings.
    case opened
    /// It took its settings and waits for `start`.
    case inited
    /// Started; init and start are not answered yet.
    case starting
    case running
    /// It ended or hung; it starts again at that moment.
    case waiting(until: RawInstant)
    /// Too many failures in an hour.
    case quarantined
    /// `close` was called.
    case closed
  }

  package let outbox: ProviderOutbox
  package let module: String
  package let provider: String
  package internal(set) var phase = Phase.idle
  /// Why it is not running, or why it ended last; "" = it never failed.
  package internal(set) var lastError = ""
  /// Settings that the provider refused.
  package internal(set) var refusals: [SettingRefusal] = []
  /// What the provider says it is; nil = no child said so yet.
  package internal(set) var descriptor: ProviderDescriptor?
  /// What its settings may be; nil = no child told all of it yet. Empty = it has none or does not say.
  package internal(set) var schema: [ProviderSchemaEntry]?
  /// How often it was started.
  package private(set) var launches: UInt64 = 0
  package var processID: Int32? { child?.pid }
  /// To be watched for reading; changes with each launch. nil = there is no child.
  package var socketDescriptor: Int32? { socket?.descriptor.rawValue }

  /// A child that gives no sign of life for so long hangs.
  package static let patience = TimeInterval.seconds(5)

  private let executable: String
  private let arguments: [String]
  private let clocks: UInt64
  private let stampSource: ClockStampSource?
  private let page: UInt
  private let users: [String]
  var told = ReportedSchema()
  var settings: [ProviderSetting] = []
  var child: ChildProcess?
  private var socket: UnixSocket?
  private var block: SharedBlock?
  /// Each with the descriptor that goes along, which is closed when it went.
  private var unsent: [(bytes: [UInt8], passing: FileDescriptor?)] = []
  var grants = ProviderGrants(settings: [], schema: [])
  var resolver = NameResolver(waker: nil)
  var questionsSince = RawInstant(nanoseconds: .min)
  var questionsAsked = 0
  var hasToldRefusal = false
  /// Its sources that may be chosen.
  var voters: Set<UInt32> = []
  private var nextThreadCount = RawInstant(nanoseconds: .min)
  /// When it has to have answered init and start.
  private var startingSince = RawInstant(nanoseconds: 0)
  /// Unix sockets that were bound for the child; their files go with it.
  var socketFiles: [SocketFile] = []
  /// What the provider keeps; [control] writes it.
  package let store: ProviderStore?
  var parts = StoredParts()
  /// It comes with the daemon.
  let isOwn: Bool
  private var policy = RestartPolicy()
  private var lastBeat: UInt64 = 0
  private var lastSign = RawInstant(nanoseconds: 0)
  /// Why it is being killed; "" = it is not.
  private var condemned = ""
  /// Rings when the child has put samples into its ring; for the loop of [discipline], for as long as this object lives.
  package let bell: Waker?
  /// News of sources that came, so that somebody can wake [discipline] for them.
  package internal(set) var newsTaken: UInt64 = 0
  private var framesSince = RawInstant(nanoseconds: 0)
  private var framesTaken = 0
  /// When its socket first gave nothing but the end.
  private var emptySince: RawInstant?
  private var closing: RawInstant?
  /// Why it cannot run, as this child itself said; "" = it said nothing.
  var words = ""
  private let commands = CommandQueue()
  private let publishing = Mutex<Void>(())

  /// `executable` with `arguments` has to call `ProviderChild.run`. `clockPage` (may be null) outlives this object. While this
  /// process is root, the child becomes the first of `users` that there is.
  package init(
    module: String, provider: String, outbox: ProviderOutbox, stampSource: ClockStampSource?,
    clockPage: UnsafePointer<tompion_clock_page_t>?, executable: String = "/proc/self/exe",
    arguments: [String] = [ProviderChild.argument], clocks: [ClockID] = [.system], users: [String] = [],
    store: ProviderStore? = nil, isOwn: Bool = false
  ) {
    self.module = module
    self.provider = provider
    self.outbox = outbox
    self.stampSource = stampSource
    self.page = UInt(bitPattern: clockPage)
    self.executable = executable
    self.arguments = arguments
    self.users = users
    self.store = store
    self.isOwn = isOwn
    bell = try? Waker()
    self.clocks = clocks.reduce(0) { $1.rawValue < 64 ? $0 | 1 << UInt64($1.rawValue) : $0 }
  }

  deinit { child?.kill() }

  /// Starts the child with these settings; what comes of it shows at `pump`. Also ends a quarantine.
  package func launch(settings: [ProviderSetting], now: RawInstant) {
    self.settings = settings
    policy = RestartPolicy()
    begin(now: now)
    proceed()
  }

  /// New settings for a running child.
  package func update(settings: [ProviderSetting]) {
    self.settings = settings
    refusals = []
    guard phase == .running || phase == .starting else { return }
    sendSettings()
  }

  /// Queues a command; false = the queue is full, which is counted. [any]
  @discardableResult
  package func post(_ kind: Int32, source: UInt32 = 0, value: Int64 = 0) -> Bool {
    let isTaken = commands.post(kind, source: source, value: value)
    if !isTaken { outbox.counters.countDroppedCommand() }
    return isTaken
  }

  /// Copies the clock's line and the clock page to the child: after each change of the clock. Short; skipped if another thread is
  /// in it. [discipline], and `pump`
  package func publishPages() {
    isStale.store(true, ordering: .releasing)
    // Whoever is in it when the clock changes goes round once more.
    while isStale.load(ordering: .acquiring), publishPagesOnce() {}
  }

  /// False = somebody else is in it, and will see what is new.
  private func publishPagesOnce() -> Bool {
    publishing.withLockIfAvailable { _ in
      isStale.store(false, ordering: .releasing)
      guard let block else { return }
      if let stampSource { block.line.publish(stampSource) }
      // Sound: the address came in by init as such a pointer and outlives this object.
      if let source = unsafe UnsafePointer<tompion_clock_page_t>(bitPattern: page) {
        _ = unsafe block.copyClockPage(from: source)
      }
    } != nil
  }

  private let isStale = Atomic<Bool>(false)

  /// Reads what the child says, sends what waits, looks whether it lives, restarts it when due.
  package func pump(now: RawInstant) {
    if case .waiting(let until) = phase, now >= until {
      begin(now: now)
      proceed()
    }
    guard let socket, let child, let block else { return }
    publishPages()
    tellAnswers()
    while phase == .running, let next = commands.next() {
      send(.command(kind: next.kind, source: next.source, value: next.value))
    }
    flush()
    read(socket, now: now)
    if let status = child.poll() {
      // What it said before it died is still worth reading.
      read(socket, now: now)
      let how = status == 0 ? "ended" : status > 128 ? "killed by signal \(status - 128)" : "exit status \(status)"
      ended(condemned.isEmpty ? how : condemned, now: now)
      return
    }
    let beats = block.beats
    if beats != lastBeat {
      lastBeat = beats
      lastSign = now
    } else if now - lastSign > Self.patience {
      // It has ended once `poll` has reaped it; until then it would be left as a zombie.
      quarantine("no sign of life for 5 s, killed")
    }
    if phase == .starting, now - startingSince > Self.patience + Self.patience {
      quarantine("did not end its init and start within 10 s, killed")
    }
    if now >= nextThreadCount {
      nextThreadCount = now + .seconds(1)
      let threads = ProcessTable().threads(of: child.pid)
      if threads > Self.threadLimit { quarantine("has \(threads) threads, more than \(Self.threadLimit), killed") }
    }
    if outbox.intake.isBroken {
      outbox.counters.count(.badFrame)
      quarantine("wrote an impossible index into its ring, killed")
    }
    if let closing, now - closing > .seconds(1) { child.kill() }
  }

  /// Asks the child to end; `pump` on until `phase` is `.closed`, or let go: it dies with this object.
  package func close(now: RawInstant) {
    guard child != nil else {
      phase = .closed
      return
    }
    closing = now
    send(.stop)
    send(.close)
  }

  /// More messages of a child in a second are a flood.
  static let framesPerSecond = 8192

  /// Descriptors that the child has not taken yet.
  var passing: Int { unsent.reduce(0) { $0 + ($1.passing == nil ? 0 : 1) } }

  /// More threads than that no provider needs; they would take the processor from the daemon.
  static let threadLimit = 32

  /// Messages that may wait until a child reads: a configuration of thousands of values fits.
  static let unsentLimit = 8192

  /// Ends the child for what it did; it is started again by the policy, or not any more.
  package func quarantine(_ why: String) {
    guard let child, condemned.isEmpty else { return }
    condemned = why
    // It has ended once `poll` has reaped it; until then it would be left as a zombie.
    child.kill()
  }

  func noteStart() { startingSince = RawClock.now() }

  /// Starts a child and has it open the provider.
  func begin(now: RawInstant) {
    refusals = []
    words = ""
    told = ReportedSchema()
    if let why = ProviderModule.complaint(of: module) { return fail("\(module): \(why)", now: now) }
    do throws(KernelError) {
      guard let bell else { throw KernelError("make an eventfd", errno: KernelError.tooManyFiles) }
      let (ours, theirs) = try UnixSocket.pair()
      let memory = try SharedMemory(name: "tompion-\(provider)", count: SharedBlock.bytes)
      guard let fresh = SharedBlock(memory, role: .host) else { throw KernelError("map the shared block", errno: 22) }
      publishing.withLock { _ in block = fresh }
      outbox.intake.replace(fresh, clocks: clocks)
      publishPages()
      child = try ChildProcess(
        path: executable, arguments: arguments, descriptors: [theirs.descriptor, memory.descriptor, bell.descriptor],
        user: Privileges.isRoot ? users.lazy.compactMap(Privileges.user(named:)).first : nil)
      socket = ours
      launches += 1
      phase = .opening
      lastBeat = 0
      condemned = ""
      emptySince = nil
      lastSign = now
      unsent = []
      hasToldRefusal = false
      resolver = NameResolver(waker: try Waker())
      send(.open(path: module, provider: provider, number: outbox.number, idsUsed: outbox.sources.idsUsed))
    } catch {
      fail("cannot be started: \(error)", now: now)
    }
  }

  /// Without waiting for its schema: it has its settings already, or it is started again with the same ones.
  private func proceed() {
    guard phase == .opening else { return }
    phase = .starting
    startingSince = RawClock.now()
    sendSettings()
    send(.start)
  }

  func sendSettings() {
    grants = ProviderGrants(settings: settings, schema: schema ?? [], isOwn: isOwn)
    if phase != .running { sendStore() }
    for setting in settings { send(.setting(setting)) }
    send(.configure)
  }

  func ended(_ how: String, now: RawInstant) {
    child = nil
    socket = nil
    publishing.withLock { _ in block = nil }
    outbox.intake.replace(nil, clocks: clocks)
    socketFiles = []
    voters = []
    parts = StoredParts()
    outbox.sources.removeAll()
    if closing != nil {
      phase = .closed
      return
    }
    // A provider that said why it cannot run keeps its own words.
    fail(words.isEmpty || phase == .running ? how : "\(how): \(words)", now: now)
  }

  private func fail(_ why: String, now: RawInstant) {
    lastError = why
    log(UInt32(TOMPION_LOG_ERROR), "child process: \(why)")
    // A refused setting does not heal by itself: only new settings help.
    guard refusals.isEmpty else {
      phase = .quarantined
      return
    }
    switch policy.failed(now: now) {
    case .restart(let at): phase = .waiting(until: at)
    case .quarantine: phase = .quarantined
    }
  }

  private func read(_ socket: UnixSocket, now: RawInstant) {
    // Bounded, so that one child cannot keep the thread.
    if now - framesSince >= .seconds(1) {
      framesSince = now
      framesTaken = 0
    }
    for _ in 0..<512 {
      guard framesTaken < Self.framesPerSecond else {
        if condemned.isEmpty { outbox.counters.count(.flood) }
        return quarantine("sent more than \(Self.framesPerSecond) messages in a second, killed")
      }
      // What takes long for one child keeps the others waiting: the rest comes with the next turn.
      if framesTaken % 16 == 15, RawClock.now() - now > .milliseconds(5) { return }
      do throws(KernelError) {
        guard let bytes = try socket.receive(limit: ChildFrame.longest + 1) else { return }
        guard !bytes.isEmpty else {
          // The end, or a message of nothing, which no honest child sends: neither may keep this thread for long.
          if let since = emptySince, now - since > .seconds(1) {
            quarantine("closed its end or sent nothing, killed")
          } else if emptySince == nil {
            emptySince = now
          }
          return
        }
        framesTaken += 1
        receive(bytes, now: now)
      } catch {
        return
      }
    }
  }

  /// The text may name what the child sent: bounded and printable.
  func log(_ level: UInt32, _ text: String) { outbox.log(level: level, printable(text)) }

  func printable(_ text: String) -> String { CText.printable(text.utf8.prefix(CText.lineLimit)) }

  func send(_ order: ChildFrame.Order, passing descriptor: FileDescriptor? = nil) {
    guard unsent.count < Self.unsentLimit else { return quarantine("does not read what it is told, killed") }
    unsent.append((ChildFrame.encode(order), descriptor))
    flush()
  }

  private func flush() {
    guard let socket else { return }
    while let next = unsent.first {
      do throws(KernelError) {
        guard try socket.send(next.bytes, passing: next.passing?.rawValue ?? -1) else { return }
        unsent.removeFirst()
      } catch {
        // The child is gone; `pump` will find out.
        unsent = []
        return
      }
    }
  }
}
