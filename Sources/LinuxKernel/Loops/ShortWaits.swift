// SPDX-License-Identifier: Apache-2.0

/// Whether a loop spins for a moment before it sleeps, where nobody said how long: while its waits are so short that going to sleep
/// and being woken costs more than they last (a server that answers tens of thousands of requests a second).
///
/// Two limits keep it modest. A spin lasts no longer than a sleep and its wake-up cost, so that waiting never costs more than twice
/// what the best choice would have. And one part in sixteen of the time is slept: the kernel stops a SCHED_FIFO thread for 50 ms that
/// did not leave its core for 95 % of a second (kernel.sched_rt_runtime_us), and others may want the core, too.
///
/// A value: the loop tells it of each wait. Times in ns.
package struct ShortWaits: BitwiseCopyable, Sendable {
  /// About what a sleep and its wake-up cost where the processor halts meanwhile.
  package static let longestSpin: Int64 = 15_000
  /// So much of a sleep is the way down and back: what was waited for came that much earlier.
  private static let wakeUp: Int64 = 8_000
  /// A wait counts as no longer than that: the first short ones after a calm time decide soon.
  private static let longestCounted: Int64 = 64_000
  /// Parts of the time awake for one part asleep.
  private static let awake: Int64 = 15
  /// What may be saved up, either way.
  private static let mostCredit: Int64 = 1_000_000

  /// The mean of the last eight waits or so.
  private var mean = longestCounted
  /// How long the thread may still be awake for what it slept.
  private var credit: Int64 = 0

  package init() {}

  /// How long the next wait is to spin; 0 = it sleeps at once.
  package var spin: Int64 { mean < Self.longestSpin && credit > 0 ? Self.longestSpin : 0 }

  /// A wait has ended: so long after the one before it began, so long it lasted, so much of it was slept.
  package mutating func waited(worked: Int64, lasted: Int64, slept: Int64) {
    let lasted = max(lasted, 0)
    let slept = min(max(slept, 0), Self.longestCounted)
    let counted = min(max(slept > 0 ? lasted - Self.wakeUp : lasted, 0), Self.longestCounted)
    mean += (counted - mean) / 8
    let awake = min(max(worked, 0), Self.mostCredit) + min(lasted, Self.mostCredit) - slept
    credit = max(min(credit + slept * Self.awake - max(awake, 0), Self.mostCredit), -Self.mostCredit)
  }
}
