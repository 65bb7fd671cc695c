// SPDX-License-Identifier: Apache-2.0

import LinuxKernel

/// A line on the terminal that says how far the runs are; nothing where standard error is no terminal.
struct Progress {
  private let isShown = Console.isTerminal(Console.error)
  private var last = ""

  mutating func show(_ scenario: String, seed: UInt64, share: Double) {
    guard isShown else { return }
    let line = "\(scenario), seed \(seed): \(Int(100 * share)) %"
    guard line != last else { return }
    last = line
    Console.write("\r\u{1B}[K\(line)", to: Console.error)
  }

  mutating func clear() {
    guard !last.isEmpty else { return }
    last = ""
    Console.write("\r\u{1B}[K", to: Console.error)
  }
}
