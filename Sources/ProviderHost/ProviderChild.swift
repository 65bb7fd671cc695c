// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
package import LinuxKernel
import TimeTypes

/// The child's end of process placement: loads one module, runs one instance over its own loop, and tells the host what the
/// provider does. The whole program of `tompiond --provider-child`.
package final class ProviderChild {
  /// Descriptors that the host puts there.
  package static let socketDescriptor: Int32 = 3
  package static let memoryDescriptor: Int32 = 4
  /// The argument that makes a program a child.
  package static let argument = "--provider-child"

  private let socket: UnixSocket
  private let block: SharedBlock
  private let loop: EventLoop
  private let providers: ProviderLoop
  private var instance: ProviderInstance?
  private var settings: [ProviderSetting] = []
  private var unsent: [[UInt8]] = []
  private var told = [UInt64](repeating: 0, count: Misbehaviour.allCases.count)
  private var done = false
  /// Why the loop is not the one that was asked for; told with the descriptor.
  private var complaint = ""

  private init(_ socket: UnixSocket, _ block: SharedBlock, _ method: LoopMethod) throws(KernelError) {
    self.socket = socket
    self.block = block
    var wishes = LoopWishes()
    wishes.method = method
    wishes.capacity = 300
    wishes.timerCapacity = 1024
    let choice = try EventLoop.choose(wishes)
    loop = choice.loop
    if choice.isRefused { complaint = choice.reason }
    providers = ProviderLoop(loop: loop, clocks: KernelClocks(page: block.line))
    try loop.add(socket.descriptor.rawValue, token: 0)
  }

  /// Runs until the host closes the socket or says close; the process' exit status. Call it from main, before any thread.
  /// `method`: what the host waits with; it has been tried there.
  package static func run(
    socket: Int32 = ProviderChild.socketDescriptor, memory: Int32 = ProviderChild.memoryDescriptor,
    method: LoopMethod = .poll
  ) -> Int32 {
    do throws(KernelError) {
      // A terminal or a supervisor signals the whole group: the daemon gets it, too, and ends its children in order. Without the
      // daemon the kernel ends them (PR_SET_PDEATHSIG).
      try Termination.watch()
      // Of a daemon that stayed root, or was started with ambient capabilities, nothing is inherited but what a server's port takes.
      try Privileges.restrict(to: Capability.netBindService.isPermitted ? [.netBindService] : [])
      let shared = try SharedMemory(descriptor: FileDescriptor(owning: memory), count: SharedBlock.bytes)
      guard let block = SharedBlock(shared, role: .child) else { return 2 }
      let child = try ProviderChild(UnixSocket(FileDescriptor(owning: socket)), block, method)
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
    try providers.run(until: unsent.isEmpty ? nil : RawClock.now() + .milliseconds(10)) { event in
      if case .readable(0) = event { orders = true }
      if case .errorQueue(0) = event { orders = true }
    }
    if orders { try obey() }
    tell()
  }

  private func obey() throws(KernelError) {
    for _ in 0..<64 {
      guard let bytes = try socket.receive(limit: ChildFrame.longest) else { return }
      guard !bytes.isEmpty, let order = ChildFrame.order(bytes) else {
        done = true
        return
      }
      carryOut(order)
      if done { return }
    }
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
    }
  }

  private func open(_ path: String, _ provider: String, _ number: UInt16, _ used: UInt32) {
    guard instance == nil else { return }
    do {
      let module = try ProviderModule.load(path: path)
      // Sound: the block lives as long as this process' one instance.
      let backend = try unsafe KernelBackend(
        number: number, loop: loop, clocks: providers.clocks, clockPage: UnsafePointer(block.clockPage))
      providers.add(backend)
      let outbox = ProviderOutbox(number: number)
      outbox.sources.skipIDs(used)
      // As in the daemon: a module with one provider is that provider, whatever the configuration calls it.
      let wanted = module.descriptors.count == 1 ? module.descriptors[0].id : provider
      let opened = try ProviderInstance(module: module, provider: wanted, backend: backend, outbox: outbox)
      instance = opened
      send(.descriptor(opened.descriptor))
      if !complaint.isEmpty { send(.log(level: 1, text: complaint)) }
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
    let values = settings
    settings = []
    report(call: 1) { (instance) throws(ProviderError) in
      if instance.state == .opened {
        try instance.initialize(settings: values)
      } else if instance.update(settings: values) != TOMPION_OK {
        throw ProviderError(module: instance.module.path, .settingsRefused)
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
    flush()
    guard let outbox = instance?.outbox else { return }
    while unsent.isEmpty, let change = outbox.sources.nextChange() {
      switch change {
      case .added(let id, let info): send(.sourceAdded(id, info))
      case .changed(let id, let info): send(.sourceChanged(id, info))
      case .removed(let id): send(.sourceRemoved(id))
      }
    }
    var samples = false
    while unsent.isEmpty, let sample = outbox.samples.pop() {
      if block.push(sample) { samples = true }
    }
    if samples { send(.samples) }
    while unsent.isEmpty, let message = outbox.messages.next() {
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

  private func send(_ report: ChildFrame.Report) {
    unsent.append(ChildFrame.encode(report))
    flush()
  }

  /// Sends what fits; the rest waits for the next turn. A host that is gone ends the child.
  private func flush() {
    while let next = unsent.first {
      do throws(KernelError) {
        guard try socket.send(next[...]) > 0 else { return }
        unsent.removeFirst()
      } catch {
        done = true
        return
      }
    }
  }
}
