// SPDX-License-Identifier: Apache-2.0

import CProviderWatch
import CTompionProvider
import LinuxKernel
import ProviderHost
import TimeTypes

/// Threads: none without TOMPION_CAPABILITY_OWN_THREAD, and none that outlives close.
enum ThreadTest {
  /// A thread that was told to end may take that long to be gone.
  private static let grace = TimeInterval.milliseconds(500)

  static func run(_ context: CheckContext) -> Finding {
    context.each { (module, descriptor) throws(ProviderError) in
      let isAllowed = descriptor.capabilities & UInt32(TOMPION_CAPABILITY_OWN_THREAD) != 0
      var most = 0
      var first: String?
      let before = count()
      let startedBefore = watch_threads_started()
      try Rehearsal.run(context, module, descriptor, packets: 50) { step in
        // After close there is time for them to end.
        guard step != .close else { return }
        let started = max(Int(watch_threads_started() - startedBefore), count() - before)
        if started > most, first == nil { first = step == .work ? "poll, receive or expired" : step.rawValue }
        most = max(most, started)
      }
      if most > 0, !isAllowed {
        return .fail(
          "it started \(most) thread\(most == 1 ? "" : "s") of its own in \(first ?? "close")",
          right: "a provider works in the host's calls, or says TOMPION_CAPABILITY_OWN_THREAD in its descriptor",
          read: .roles)
      }
      let left = remaining(beyond: before)
      guard left <= 0 else {
        return .fail(
          "\(left) of its threads still run\(left == 1 ? "s" : "") after close",
          right: "stop ends what a thread does, and close waits until it has ended", read: .roles)
      }
      return .pass(most == 0 ? "it starts no thread" : "\(most) threads of its own, as it says; none after close")
    }
  }

  private static func count() -> Int { (try? Folder.names("/proc/self/task"))?.count ?? 0 }

  /// How many more there are than before, after those that were told to end have had their time.
  static func remaining(beyond before: Int) -> Int {
    guard let loop = try? PollLoop(capacity: 1) else { return count() - before }
    let end = RawClock.now() + grace
    while count() > before, RawClock.now() < end { try? loop.wait(until: RawClock.now() + .milliseconds(10)) }
    return count() - before
  }
}
