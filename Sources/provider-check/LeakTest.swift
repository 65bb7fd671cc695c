// SPDX-License-Identifier: Apache-2.0

import CProviderWatch
import LinuxKernel
import ProviderHost

/// Memory and descriptors after many lives: what one life leaves behind, a daemon that restarts its providers loses each time.
enum LeakTest {
  private static let warmUp = 50
  private static let cycles = 150
  /// Bytes that one life may leave: less than the smallest block of malloc, so that one block lost each time is seen.
  private static let bytesPerCycle: Int64 = 8

  static func run(_ context: CheckContext) -> Finding {
    guard watch_counts_allocations() != 0 else {
      return .skip("provider-check is built with a sanitizer, whose allocations are not counted")
    }
    return context.each { (module, descriptor) throws(ProviderError) in
      for _ in 0..<warmUp {
        try life(context, module, descriptor)
        if let late = DeadlineTest.judge() { return late }
      }
      // A thread that is ending still has its stack's book-keeping.
      _ = ThreadTest.remaining(beyond: 1)
      let bytes = watch_live_bytes()
      let blocks = watch_live_blocks()
      let descriptors = count()
      for cycle in 0..<cycles {
        Watch.step(cycle)
        try life(context, module, descriptor)
      }
      _ = ThreadTest.remaining(beyond: 1)
      let grown = watch_live_bytes() - bytes
      let opened = count() - descriptors
      guard opened < cycles / 10 else {
        return .fail(
          "\(cycles) times open, init, start, stop, close: \(opened) more descriptors are open than before",
          right: "close closes what was opened; and sockets, files and devices are the host's to open", read: .roles)
      }
      guard grown <= bytesPerCycle * Int64(cycles) else {
        return .fail(
          "\(cycles) times open, init, start, stop, close: \(grown) bytes in \(watch_live_blocks() - blocks) blocks are left, "
            + "\(grown / Int64(cycles)) bytes each time",
          right: "close frees everything (find it with valgrind or -fsanitize=address)", read: .roles)
      }
      return .pass(
        "\(cycles) lives leave \(max(0, grown)) bytes and no descriptor (LeakSanitizer not used: the plugin is not built with it)"
      )
    }
  }

  private static func life(
    _ context: CheckContext, _ module: ProviderModule, _ descriptor: ProviderDescriptor
  ) throws(ProviderError) {
    try Rehearsal.run(context, module, descriptor, packets: 5) { _ in }
  }

  private static func count() -> Int { (try? Folder.names("/proc/self/fd"))?.count ?? 0 }
}
