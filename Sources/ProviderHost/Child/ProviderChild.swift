// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import LinuxKernel
import TimeTypes

/// The child's end of process placement: loads one module, runs one instance over its own loop, and tells the host what the
/// provider does. The whole program of `tompiond --provider-child`.
package final class ProviderChild {
  /// Descriptors that the host puts there.
  package static let socketDescriptor: Int32 = 3
  package static let memoryDescriptor: Int32 = 4
  /// An eventfd to ring when there are samples in the ring.
  package static let bellDescriptor: Int32 = 5
  /// The argument that makes a program a child.
  package static let argument = "--provider-child"

  private let link: ChildLink
  private let bell = Waker(owning: FileDescriptor(owning: ProviderChild.bellDescriptor))
  private let block: SharedBlock
  private let loop: EventLoop
  private let providers: ProviderLoop
  private var instance: ProviderInstance?
  private var settings: [ProviderSetting] = []
  private var told = [UInt64](repeating: 0, count: Misbehaviour.allCases.count)
  private var done = false
  private let store = ProviderStore()
  private var parts = StoredParts()
  /// What this kernel lacks of the sandbox; told with the descriptor.
  private var lacks: [String] = []

  private init(_ socket: UnixSocket, _ block: SharedBlock) throws(KernelError) {
    link = try ChildLink(socket) { block.beat() }
    self.block = block
    // A ring would be a way around the filter of system calls.
    loop = .poll(try PollLoop(capacity: 300, timerCapacity: 1024))
    providers = ProviderLoop(loop: loop, clocks: KernelClocks(page: block.line))
    try loop.add(link.descriptor, token: 0)
  }

  /// Runs until the host closes the socket or says close; the process' exit status. Call it from main, before any thread.
  package static func run(
    socket: Int32 = ProviderChild.socketDescriptor, memory: Int32 = ProviderChild.memoryDescriptor
  ) -> Int32 {
    do throws(KernelError) {
      // A terminal or a supervisor signals the whole group: the daemon gets it, too, and ends its children in order. Without the
      // daemon the kernel ends them (PR_SET_PDEATHSIG).
      try Termination.watch()
      // Of a daemon that stayed root, or was started with ambient capabilities, nothing is inherited.
      try Privileges.restrict(to: [])
      let shared = try SharedMemory(descriptor: FileDescriptor(owning: memory), count: SharedBlock.bytes)
      guard let block = SharedBlock(shared, role: .child) else { return 2 }
      let child = try ProviderChild(UnixSocket(FileDescriptor(owning: socket)), block)
      while !child.done { try child.turn() }
      child.instance?.close()
      child.tell()
      return 0
    } catch {
      return 2
    }
  }

  private func turn() throws(KernelError) {
    block.beat()
    var orders = false
    // The loop wakes at least once a second, which is the sign of life.
    // What the host has not taken yet is offered again soon.
    try providers.run(until: !link.isBehind ? nil : RawClock.now() + .milliseconds(10)) { event in
      if case .readable(0) = event { orders = true }
      if case .errorQueue(0) = event { orders = true }
    }
    // A question may have brought orders in: they are looked for each time.
    if orders || link.hasOrders { obey() }
    tell()
  }

  private func obey() {
    for _ in 0..<64 {
      guard let order = link.nextOrder() else { break }
      carryOut(order)
      if done { return }
    }
    if link.isLost { done = true }
  }

  private func carryOut(_ order: ChildFrame.Order) {
    switch order {
    case .open(let path, let provider, let number, let used): open(path, provider, number, used)
    case .setting(let setting): settings.append(setting)
    case .configure: configure()
    case .start:
      // After a refused configuration there is nothing to start, and the reason has been told.
      guard instance?.state != .opened else { return }
      report(call: 2) { (instance) throws(ProviderError) in try instance.start() }
    case .stop:
      instance?.stop()
      send(.result(call: 3, status: TOMPION_OK))
    case .command(let kind, let source, let value):
      instance?.command(Int32(bitPattern: kind), source: source, value: value)
    case .close: done = true
    case .resolved(let token, let status, let addresses, let text):
      let list = addresses.map { tompion_address_t($0) }
      // Sound: the array lives through the call.
      unsafe list.withUnsafeBufferPointer {
        unsafe instance?.resolved(token: token, status: status, addresses: $0, text: text)
      }
    case .answer: break
    case .stored(let part):
      if let value = parts.take(part) { _ = store.put(value.name, value.bytes, isSecret: value.isSecret) }
    }
  }

  private func open(_ path: String, _ provider: String, _ number: UInt16, _ used: UInt32) {
    guard instance == nil else { return }
    do {
      lacks = try Sandbox.enter(readable: Self.readable(path))
      let module = try ProviderModule.load(path: path)
      // Sound: the block lives as long as this process' one instance.
      let host = AskingHost(link)
      let backend = try unsafe KernelBackend(
        number: number, loop: loop, clocks: providers.clocks, clockPage: UnsafePointer(block.clockPage), opener: host,
        lookups: host, store: store)
      providers.add(backend)
      let outbox = ProviderOutbox(number: number)
      outbox.sources.skipIDs(used)
      // As in the daemon: a module with one provider is that provider, whatever the configuration calls it.
      let wanted = module.descriptors.count == 1 ? module.descriptors[0].id : provider
      let opened = try ProviderInstance(module: module, provider: wanted, backend: backend, outbox: outbox)
      instance = opened
      try Sandbox.seal()
      send(.descriptor(opened.descriptor))
      for lack in lacks { send(.log(level: 1, text: lack)) }
      var paths: Set<String> = []
      let entries = opened.schema.filter { paths.insert($0.path).inserted }
      for entry in entries { send(.schema(entry)) }
      send(.opened(version: ChildFrame.version, entries: UInt32(clamping: entries.count)))
    } catch {
      send(.failed(text: "\(error)"))
      done = true
    }
  }

  private func configure() {
    // What came from the host is no change of the provider's.
    _ = store.takeChanges()
    let values = settings
    settings = []
    report(call: 1) { (instance) throws(ProviderError) in
      if instance.state == .opened {
        try instance.initialize(settings: values)
      } else if instance.update(settings: values) != TOMPION_OK {
        throw ProviderError(module: instance.module.path, .settingsRefused())
      }
    }
  }

  private func report(call: UInt32, _ body: (ProviderInstance) throws(ProviderError) -> Void) {
    guard let instance else { return }
    do throws(ProviderError) {
      try body(instance)
      send(.result(call: call, status: TOMPION_OK))
    } catch {
      tell()
      for refusal in instance.refusals where call == 1 {
        send(.refusal(index: UInt32(clamping: refusal.index ?? -1), text: refusal.text))
      }
      send(.failed(text: error.description))
      send(.result(call: call, status: TOMPION_ERROR))
    }
  }

  /// Passes on what the provider did since the last time: changes of sources before samples.
  private func tell() {
    link.flush()
    if link.isLost { done = true }
    guard let outbox = instance?.outbox else { return }
    while !link.isBehind, let change = outbox.sources.nextChange() {
      switch change {
      case .added(let id, let info): send(.sourceAdded(id, info))
      case .changed(let id, let info): send(.sourceChanged(id, info))
      case .removed(let id): send(.sourceRemoved(id))
      }
    }
    for value in store.takeChanges() {
      for part in StoredPart.parts(name: value.name, bytes: value.bytes, isSecret: value.isSecret) { send(.keep(part)) }
    }
    var samples = false
    while !link.isBehind, let sample = outbox.samples.pop() {
      if block.push(sample) { samples = true }
    }
    if samples { bell.wake() }
    while !link.isBehind, let message = outbox.messages.next() {
      switch message.kind {
      case .log(let level): send(.log(level: level, text: message.text))
      case .event(let number, let source):
        send(.event(number: number, source: source?.rawValue ?? 0, text: message.text))
      }
    }
    for kind in Misbehaviour.allCases {
      let count = outbox.counters[kind]
      guard count != told[kind.rawValue] else { continue }
      send(.misbehaved(kind: UInt32(kind.rawValue), count: count &- told[kind.rawValue]))
      told[kind.rawValue] = count
    }
  }

  private func send(_ report: ChildFrame.Report) { link.send(report) }

  /// Where the libraries of a module lie: the system's, the daemon's own, and beside the module.
  private static func readable(_ module: String) -> [String] {
    let folder = module.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    let program = (ProcessTable().executable(ProcessTable().ownPID) ?? "").split(separator: "/").dropLast(2)
    let own = "/" + program.map { $0 + "/" }.joined() + "lib"
    return ["/usr", "/lib", "/lib64", "/etc/ld.so.cache", own, module] + (folder.isEmpty ? [] : [folder])
  }
}
