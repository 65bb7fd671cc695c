// SPDX-License-Identifier: Apache-2.0

import CProviderWatch
import CTompionProvider
import ProviderHost
import TimeTypes

/// Calls of [control] answer within 500 ms, callbacks within 10 ms. One that never returns is found by the parent (TestProcess).
enum DeadlineTest {
  static func run(_ context: CheckContext) -> Finding {
    context.eachRunning { (module, descriptor) throws(ProviderError) in
      Watch.reset()
      let stage = VirtualStage(seed: context.seed, settings: context.settings)
      let provider = try stage.start(module, descriptor)
      let instance = provider.instance
      for round in 0..<4 {
        for _ in 0..<30 {
          stage.world.run(for: .seconds(1))
          _ = provider.drain()
        }
        for kind in Int32(1)...7 { instance.command(kind, value: round == 0 ? 0 : 6) }
        // SHUTDOWN was among them: stop follows.
        instance.stop()
        instance.command(TOMPION_COMMAND_QUERY)
        if round < 3 { try instance.start() }
        if let finding = judge() { return finding }
      }
      instance.close()
      return judge() ?? .pass(summary())
    }
  }

  /// The first call or callback that was late since the watch began; tests of many calls look, too, rather than take minutes.
  static func judge() -> Finding? {
    for call in Watch.calls(Watch.control) where call.late > 0 {
      return .fail(
        "\(call.name) took \(text(call.longest)) (\(call.late) of \(call.calls) calls were late)",
        right: "\(call.name) returns within 500 ms", read: .roles)
    }
    for call in Watch.calls(Watch.callbacks) {
      // One may have waited for a page from the disk; and what slept for a moment may have been woken late, but not often.
      guard call.lateComputing > 1 || call.late > 1 && call.late * 100 >= call.calls else { continue }
      return .fail(
        "\(call.name) took \(text(call.longest)) (\(call.late) of \(call.calls) calls were late)",
        right: "\(call.name) is a real-time callback: it returns within 10 ms, better 10 µs", read: .roles)
    }
    return nil
  }

  private static func summary() -> String {
    func slowest(_ kinds: [Int32]) -> String {
      let seen = Watch.calls(kinds)
      guard let most = seen.max(by: { $0.longest < $1.longest }) else { return "none" }
      return "\(most.name) with \(text(most.longest))"
    }
    return "slowest call \(slowest(Watch.control)), slowest callback \(slowest(Watch.callbacks))"
  }

  private static func text(_ interval: TimeInterval) -> String {
    let microseconds = interval.nanoseconds / 1000
    return microseconds < 10000 ? "\(microseconds) µs" : "\(microseconds / 1000) ms"
  }
}
