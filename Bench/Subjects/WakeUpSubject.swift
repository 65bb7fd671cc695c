// SPDX-License-Identifier: Apache-2.0

import LinuxKernel
import Synchronization
import TimeTypes

/// The bare cost of one wake-up between threads: eventfd written, poll(2) returned. The thread that wakes is a normal one, the one that
/// is woken real-time, as with a child and the discipline.
public final class WakeUpSubject: @unchecked Sendable {
  // Sound to share: results are read after joining, the moment crosses in an atomic.
  private let loop: PollLoop
  private let isOver = Atomic<Bool>(false)
  private let begun = Atomic<Int64>(0)
  private var latencies: [Int64] = []

  public init() throws { loop = try PollLoop(capacity: 1) }

  /// So many wake-ups, `gap` µs apart; ns each.
  public func run(count: Int, gap: Int64) throws -> [Int64] {
    latencies = []
    latencies.reserveCapacity(count + 16)
    isOver.store(false, ordering: .relaxed)
    let thread = try RoleThread(RoleThreadOptions(name: "woken", fifoPriority: 50)) { [self] in sleeping() }
    for _ in 0..<count {
      Pause.microseconds(gap)
      begun.store(RawClock.now().nanoseconds, ordering: .releasing)
      loop.waker?.wake()
    }
    Pause.milliseconds(5)
    isOver.store(true, ordering: .relaxed)
    loop.waker?.wake()
    thread.join()
    return latencies
  }

  private func sleeping() {
    while !isOver.load(ordering: .relaxed) {
      guard (try? loop.wait(until: nil)) != nil else { return }
      while loop.next() != nil {}
      let moment = begun.exchange(0, ordering: .acquiring)
      if moment > 0, latencies.count < latencies.capacity { latencies.append(RawClock.now().nanoseconds - moment) }
    }
  }
}
