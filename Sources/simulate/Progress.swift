// SPDX-License-Identifier: Apache-2.0

import LinuxKernel

/// A line on the terminal that says how far a run is; nothing where standard error is no terminal.
struct Progress {
  let scenario: String
  let seed: UInt64
  let duration: Int

  func show(second: Int) {
    guard Console.isTerminal(Console.error) else { return }
    let share = 100 * second / max(duration, 1)
    Console.write("\r\u{1B}[K\(scenario), seed \(seed): \(share) %", to: Console.error)
  }

  static func clear() {
    if Console.isTerminal(Console.error) { Console.write("\r\u{1B}[K", to: Console.error) }
  }
}
