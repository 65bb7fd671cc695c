// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import LinuxKernel
import ProviderHost
import TimeTypes

/// Packets, timers, answers, commands, settings, starts and stops in random order. The same seed does the same again.
enum FuzzTest {
  private static let operations = 20_000

  static func run(_ context: CheckContext) -> Finding {
    context.eachRunning { (module, descriptor) throws(ProviderError) in
      let (instance, backend) = try context.open(module, descriptor)
      defer { instance.close() }
      let hostile = HostileSettings.lists(instance.schema).filter { $0.values.count < 100 }
      try instance.initialize(settings: context.settings)
      try instance.start()
      let end = RawClock.now() + .milliseconds(Int64(context.limit) * 400)
      var done = 0
      while done < operations, RawClock.now() < end {
        done += 1
        Watch.step(done)
        operate(instance, backend, hostile, context)
        guard instance.outbox.counters.misbehaviour == 0 else {
          return .clean(instance, "operation \(done) of --seed \(context.seed)")
        }
      }
      return .pass("\(done) operations in random order, --seed \(context.seed)")
    }
  }

  private static func operate(
    _ instance: ProviderInstance, _ backend: CheckBackend, _ hostile: [HostileSettings.List], _ context: CheckContext
  ) {
    switch context.next() % 32 {
    case 0..<14:
      let sockets = backend.sockets.sorted() + [0]
      let socket = sockets[Int(context.next() % UInt64(sockets.count))]
      HostilePackets.deliver(to: instance, socket: socket, context, backend)
    case 14..<20: backend.passSecond()
    case 20..<22: instance.expired(timer: UInt32(context.next() % 70000), now: backend.now)
    case 22: answer(instance, context)
    case 23..<26:
      let kind = Int32(truncatingIfNeeded: context.next() % 10)
      // Not SHUTDOWN without stop: that order is the host's to keep.
      guard kind != TOMPION_COMMAND_SHUTDOWN else { return instance.stop() }
      instance.command(
        kind, source: context.next() % 2 == 0 ? 0 : UInt32(truncatingIfNeeded: context.next()),
        value: Int64(bitPattern: context.next()) >> (context.next() % 64))
    case 26: _ = instance.update(settings: context.settings)
    case 27:
      guard !hostile.isEmpty else { return }
      _ = instance.update(settings: hostile[Int(context.next() % UInt64(hostile.count))].values)
    case 28: instance.stop()
    case 29: backend.now = backend.now + .seconds(Int64(context.next() % 100_000))
    default: instance.outbox.drain(news: { _ in }, sample: { _ in })
    }
    // Stopped is a state to be in, but not for long.
    if instance.state == .stopped, context.next() % 4 == 0 { try? instance.start() }
  }

  private static func answer(_ instance: ProviderInstance, _ context: CheckContext) {
    let status: tompion_status = [TOMPION_OK, TOMPION_NOT_FOUND, TOMPION_AGAIN, -99][Int(context.next() % 4)]
    let count = status == TOMPION_OK ? Int(context.next() % 20) : 0
    let addresses = (0..<count).map { _ in HostilePackets.address(context) }
    // Sound: the array lives through the call.
    unsafe addresses.withUnsafeBufferPointer {
      unsafe instance.resolved(token: context.next() % 64, status: status, addresses: $0, text: "fuzz")
    }
  }
}
