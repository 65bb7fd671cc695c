// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import Foundation
import LinuxKernel
import TimeTypes

@testable import ProviderHost

/// A test provider of Tests/Providers over the real kernel: its backend and loop, and what it said so far.
final class CapabilityBench {
  let loop: ProviderLoop
  let backend: KernelBackend
  let outbox: ProviderOutbox
  let instance: ProviderInstance
  private(set) var said: [String] = []

  static func library(_ name: String) throws -> String {
    try libraries.get(name)
  }

  private static let libraries = Libraries()

  /// Each is compiled once.
  private final class Libraries: @unchecked Sendable {
    // Sound: every access is under the lock.
    private let lock = NSLock()
    private var built: [String: String] = [:]

    func get(_ name: String) throws -> String {
      try lock.withLock {
        if let path = built[name] { return path }
        let folder = CompiledPlugin.root + "/Tests/Providers"
        let source = try String(contentsOfFile: "\(folder)/\(name).c", encoding: .utf8)
        let path = try CompiledPlugin.build("test-\(name)", source: source, flags: ["-I\(folder)"])
        built[name] = path
        return path
      }
    }
  }

  /// `another`: the same module, loaded once more, has variables of its own only if its file is another; so it is copied.
  init(
    _ name: String, settings: [String: ProviderSetting.Value] = [:], number: UInt16 = 9,
    loop given: ProviderLoop? = nil,
    opener: any DescriptorOpener = SystemOpener(), markCalls: MarkCalls = .kernel,
    store: ProviderStore = ProviderStore()
  ) throws {
    let path = try Self.library(name)
    let own = path.replacingOccurrences(of: ".so", with: "-\(UUID().uuidString).so")
    try FileManager.default.copyItem(atPath: path, toPath: own)
    defer { try? FileManager.default.removeItem(atPath: own) }
    loop = try given ?? Self.loop()
    backend = try KernelBackend(
      number: number, loop: loop.loop, clocks: loop.clocks, clockPage: nil, opener: opener, markCalls: markCalls,
      store: store)
    loop.add(backend)
    outbox = ProviderOutbox(number: number)
    instance = try ProviderInstance(
      module: try ProviderModule.load(path: own), provider: name, backend: backend, outbox: outbox)
    let values = settings.sorted { $0.key < $1.key }.map { ProviderSetting(path: $0.key, value: $0.value) }
    try instance.initialize(settings: values)
  }

  deinit { instance.close() }

  static func loop() throws -> ProviderLoop {
    ProviderLoop(
      loop: .poll(try PollLoop(capacity: 100)),
      clocks: KernelClocks(VirtualClock(initialOffset: .zero, initialFrequency: .zero).stampSource))
  }

  func start() throws { try instance.start() }

  /// Runs the loop until it has said that, at most two seconds; what it says meanwhile is kept. true = it did.
  @discardableResult
  func hears(_ words: (String) -> Bool, within limit: TimeTypes.TimeInterval = .seconds(2)) throws -> Bool {
    let end = RawClock.now() + limit
    repeat {
      listen()
      if said.contains(where: words) { return true }
      try loop.run(until: min(end, RawClock.now() + .milliseconds(20)))
    } while RawClock.now() < end
    listen()
    return said.contains(where: words)
  }

  @discardableResult
  func hears(_ words: String) throws -> Bool { try hears({ $0 == words }) }

  func turn(_ times: Int = 1, milliseconds: Int64 = 1) throws {
    for _ in 0..<times { try loop.run(until: RawClock.now() + .milliseconds(milliseconds)) }
    listen()
  }

  func listen() {
    while let message = outbox.messages.next() { said.append(message.text) }
  }

  /// What it has said, and forgets it.
  func take() -> [String] {
    listen()
    defer { said = [] }
    return said
  }

  @discardableResult
  func order(_ kind: Int32, _ value: Int64 = 0) -> tompion_status { instance.command(kind, value: value) }
}
