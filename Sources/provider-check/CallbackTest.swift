// SPDX-License-Identifier: Apache-2.0

import CProviderWatch
import ProviderHost
import TimeTypes
import VirtualHost

/// Real-time callbacks allocate nothing and make no call that can block: counted by an allocator of our own and a seccomp filter.
enum CallbackTest {
  private static let warmUp = TimeInterval.seconds(120)
  private static let measured = TimeInterval.seconds(600)

  static func run(_ context: CheckContext) -> Finding {
    guard watch_counts_allocations() != 0 else {
      return .skip("a sanitizer has an allocator of its own, and what it gives is not counted")
    }
    let filter = watch_trap_blocking_calls()
    return context.eachRunning { (module, descriptor) throws(ProviderError) in
      Watch.reset()
      let stage = VirtualStage(seed: context.seed, settings: context.settings)
      let provider = try stage.start(module, descriptor)
      drive(stage, provider, for: warmUp)
      // A callback that sleeps for long is named by the test of deadlines; here it would take minutes.
      let short = DeadlineTest.judge() == nil ? measured : .seconds(20)
      Watch.arm(true)
      drive(stage, provider, for: short)
      Watch.arm(false)
      let seen = Watch.calls(Watch.realTime)
      provider.instance.close()
      guard !seen.isEmpty else { return .skip("it had no packet, no timer and no poll within \(text(measured))") }
      if let finding = judge(seen, context) { return finding }
      let calls = seen.map { "\($0.calls) of \($0.name)" }.joined(separator: ", ")
      guard filter == 0 else {
        return .pass("\(calls): no allocation (blocking calls not watched: no seccomp filter here, error \(-filter))")
      }
      return .pass("\(calls): no allocation, no blocking call")
    }
  }

  private static func drive(_ stage: VirtualStage, _ provider: VirtualProvider, for interval: TimeInterval) {
    let end = stage.world.now + interval
    while stage.world.now < end {
      stage.world.run(for: .seconds(1))
      _ = provider.drain()
    }
  }

  private static func judge(_ seen: [Watch.Call], _ context: CheckContext) -> Finding? {
    var faults: [String] = []
    for var call in seen {
      // A line for people is text, which has to be made; but not each time.
      if call.tellingCalls * 10 > call.calls { call.allocations += call.tellingAllocations }
      if call.allocations > 0 {
        faults.append(
          "\(call.allocations) allocations and frees in \(call.calls) calls of \(call.name)"
            + at(call.allocationPlace, context))
      }
      if !call.blocking.isEmpty {
        let names = call.blocking.map { "\($0.count) × \($0.name)" }.joined(separator: ", ")
        faults.append("\(names) in \(call.calls) calls of \(call.name)" + at(call.blockingPlace, context))
      }
    }
    guard !faults.isEmpty else { return nil }
    return .fail(
      "\(text(measured)) in virtual time: \(faults.joined(separator: "; "))",
      right: "memory made in init, and nothing in a callback that waits, opens, reads or writes", read: .steps)
  }

  /// Where in the file, for addr2line(1).
  private static func at(_ place: UInt64, _ context: CheckContext) -> String {
    let file = context.path.split(separator: "/").last.map(String.init) ?? context.path
    return place == 0 ? "" : " (the first at \(file)+0x\(String(place, radix: 16)))"
  }

  private static func text(_ interval: TimeInterval) -> String { "\(interval.nanoseconds / 1_000_000_000) s" }
}
