// SPDX-License-Identifier: Apache-2.0

import LinuxKernel
import ProviderHost
import Synchronization
import TimeTypes

/// A provider of one file in either placement, and the time from a packet's kernel stamp until its sample is where the engine takes it.
public final class PlacementSubject: @unchecked Sendable {
  // Sound to share: each thread has its own part; what crosses is the outbox, the atomics, and results read after joining.
  public enum Placement: Sendable { case inProcess, process }

  private let placement: Placement
  private let outbox = ProviderOutbox(number: 2, samplesPerSecond: .max)
  private let captureLoop: ProviderLoop
  private let disciplineLoop: PollLoop
  private var instance: ProviderInstance?
  private var process: ProviderProcess?
  private let sender: UDPSocket
  private let buffer: PacketBuffer
  private let isOver = Atomic<Bool>(false)
  private var latencies: [Int64] = []
  private var failure: String?
  public private(set) var warnings: [String] = []

  /// `module`: the file; `executable`: what is a child with --provider-child.
  public init(module path: String, placement: Placement, executable: String) throws {
    self.placement = placement
    var options = UDPSocketOptions()
    options.local = .loopback(.ipv4)
    options.receiveStamps = false
    options.transmitStamps = false
    // A port of the system's choice, free again when it is let go.
    let port = try UDPSocket(options).local.port
    disciplineLoop = try PollLoop(capacity: 2)
    let clock = VirtualClock(initialOffset: .zero, initialFrequency: .zero)
    captureLoop = ProviderLoop(loop: .poll(try PollLoop(capacity: 8)), clocks: KernelClocks(clock.stampSource))
    let settings = [ProviderSetting(path: "port", value: .integer(Int64(port)))]
    switch placement {
    case .inProcess:
      let backend = try KernelBackend(number: 2, loop: captureLoop.loop, clocks: captureLoop.clocks, clockPage: nil)
      captureLoop.add(backend)
      let instance = try ProviderInstance(
        module: try ProviderModule.load(path: path), provider: "echo", backend: backend, outbox: outbox)
      try instance.initialize(settings: settings)
      try instance.start()
      self.instance = instance
    case .process:
      let process = ProviderProcess(
        module: path, provider: "echo", outbox: outbox, stampSource: clock.stampSource, clockPage: nil,
        executable: executable)
      try process.open()
      try process.initialize(settings: settings)
      process.start()
      if let bell = process.bell { try disciplineLoop.add(bell.descriptor.rawValue, token: 1) }
      self.process = process
    }
    options.peer = .loopback(.ipv4, port: port)
    sender = try UDPSocket(options)
    buffer = try PacketBuffer(slots: 1, capacity: 64)
  }

  /// Sends that many packets, `gap` µs apart; from each one's stamp until its sample is handed out, ns.
  public func run(packets: Int, gap: Int64) throws -> [Int64] {
    latencies = []
    latencies.reserveCapacity(packets + 16)
    isOver.store(false, ordering: .relaxed)
    var options = RoleThreadOptions(name: "discipline", fifoPriority: 50)
    options.prefaultBytes = RoleThreadOptions.usedStack
    var threads = [try RoleThread(options) { [self] in disciplining() }]
    if placement == .inProcess {
      options.name = "capture"
      threads.append(try RoleThread(options) { [self] in capturing() })
    }
    warnings = RoleWarning.merged(threads.flatMap(\.warnings)).map(\.description)
    for number in 0..<packets {
      // The child's news, and its sign of life.
      if number % 100 == 0 { process?.pump(now: RawClock.now()) }
      buffer.prepare(0, length: 48, to: nil, from: nil, interface: 0, wantStamp: false, token: 0)
      _ = sender.send(buffer, count: 1)
      Pause.microseconds(gap)
    }
    Pause.milliseconds(20)
    isOver.store(true, ordering: .relaxed)
    captureLoop.loop.waker?.wake()
    disciplineLoop.waker?.wake()
    for thread in threads { thread.join() }
    if let failure { throw SubjectError.refused(failure) }
    if let process, process.phase != .running { throw SubjectError.refused(process.lastError) }
    return latencies
  }

  /// The child has said that it runs, or never will.
  public func waitUntilRunning() {
    let end = RawClock.now() + .seconds(5)
    while let process, process.phase != .running, RawClock.now() < end {
      process.pump(now: RawClock.now())
      Pause.milliseconds(2)
    }
  }

  private func capturing() {
    var published: UInt64 = 0
    do throws(KernelError) {
      while !isOver.load(ordering: .relaxed) {
        try captureLoop.run()
        let sum = outbox.counters.published
        if sum != published { disciplineLoop.waker?.wake() }
        published = sum
      }
    } catch {
      failure = error.description
    }
  }

  private func disciplining() {
    do throws(KernelError) {
      while !isOver.load(ordering: .relaxed) {
        try disciplineLoop.wait(until: RawClock.now() + .seconds(1))
        while let event = disciplineLoop.next() {
          if case .readable(1) = event { process?.bell?.clear() }
        }
        outbox.drain(
          news: { _ in },
          sample: { sample in
            guard latencies.count < latencies.capacity else { return }
            latencies.append((RawClock.now() - sample.raw).nanoseconds)
          })
      }
    } catch {
      failure = error.description
    }
  }
}
