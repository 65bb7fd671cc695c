// SPDX-License-Identifier: Apache-2.0

import ProviderHost

/// A short life of an instance, for tests that look at what is left of it.
enum Rehearsal {
  /// What is done in one life, in order.
  enum Step: String, CaseIterable {
    case open, `init`, start, work, stop, close
  }

  /// Runs one life; `after` is called after each step. What init or start refuses ends it early, with close.
  static func run(
    _ context: CheckContext, _ module: ProviderModule, _ descriptor: ProviderDescriptor, packets: Int,
    after: (Step) -> Void
  ) throws(ProviderError) {
    let (instance, backend) = try context.open(module, descriptor)
    after(.open)
    defer {
      instance.close()
      after(.close)
    }
    do throws(ProviderError) { try instance.initialize(settings: context.settings) } catch { return }
    after(.`init`)
    try instance.start()
    after(.start)
    for _ in 0..<3 { backend.passSecond() }
    let sockets = backend.sockets.sorted()
    for round in 0..<packets where !sockets.isEmpty {
      HostilePackets.deliver(to: instance, socket: sockets[round % sockets.count], context, backend)
    }
    for _ in 0..<3 { backend.passSecond() }
    after(.work)
    instance.stop()
    after(.stop)
  }
}
