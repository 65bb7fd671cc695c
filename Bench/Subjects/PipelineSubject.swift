// SPDX-License-Identifier: Apache-2.0

import LinuxKernel
import Synchronization
import TimeTypes

/// A packet's way through the daemon on two threads, as `loop = "threads"` has it: kernel time stamp, capture's wake-up, the provider,
/// publish, ring, the discipline's wake-up, engine, virtual clock. The packets come from this process over loopback.
public final class PipelineSubject: @unchecked Sendable {
  // Sound to share: each thread has its own part; what crosses is the ring, the atomics, and results read after joining.
  private let subject: HotPathSubject
  private let disciplineLoop: PollLoop
  private let isOver = Atomic<Bool>(false)
  private var ways: [Way] = []
  private var failure: String?
  /// How long a packet took from the kernel's stamp, ns: until its sample was in the discipline's hands, and until the clock was steered by it.
  public struct Way: Sendable {
    public let toSample: Int64
    public let toSteer: Int64
  }

  /// Packets without a stamp of the kernel: their moment is when they were read.
  public var withoutStamp: Int { subject.withoutStamp }
  /// Whether the two threads were real-time, and if not, why.
  public private(set) var warnings: [String] = []

  /// What packets are received with.
  public var way: String { subject.way }

  public init() throws {
    // As the daemon does: a ring where there is one.
    subject = try HotPathSubject.made(sources: 3, receiver: .uring)
    disciplineLoop = try PollLoop(capacity: 2)
  }

  /// Sends that many packets, `gap` µs apart; the way of each. Once: the thread that receives becomes the ring's owner.
  public func run(packets: Int, gap: Int64) throws -> [Way] {
    ways = []
    ways.reserveCapacity(packets + 16)
    isOver.store(false, ordering: .relaxed)
    var options = RoleThreadOptions(name: "discipline", fifoPriority: 50)
    options.prefaultBytes = RoleThreadOptions.usedStack
    let discipline = try RoleThread(options) { [self] in disciplining() }
    options.name = "capture"
    let capture = try RoleThread(options) { [self] in capturing() }
    warnings = RoleWarning.merged(discipline.warnings + capture.warnings).map(\.description)
    for _ in 0..<packets {
      subject.send(1)
      Pause.microseconds(gap)
    }
    Pause.milliseconds(20)
    isOver.store(true, ordering: .relaxed)
    subject.capture?.loop.waker?.wake()
    disciplineLoop.waker?.wake()
    capture.join()
    discipline.join()
    if let failure { throw SubjectError.refused(failure) }
    return ways
  }

  private func capturing() {
    guard let capture = subject.capture else { return }
    var published: UInt64 = 0
    do throws(KernelError) {
      while !isOver.load(ordering: .relaxed) {
        try capture.run()
        let sum = subject.provider.outbox.counters.published
        if sum != published { disciplineLoop.waker?.wake() }
        published = sum
      }
    } catch {
      failure = error.description
    }
  }

  private func disciplining() {
    var done: Int64 = 0
    do throws(KernelError) {
      while !isOver.load(ordering: .relaxed) {
        try disciplineLoop.wait(until: nil)
        while disciplineLoop.next() != nil {}
        let woken = RawClock.now().nanoseconds
        guard let steered = subject.discipline() else { continue }
        let stamp = subject.provider.lastStamp.load(ordering: .acquiring)
        guard stamp > done, ways.count < ways.capacity else { continue }
        done = stamp
        // A sample that came while the turn was under way was not waited for.
        ways.append(Way(toSample: max(woken - stamp, 0), toSteer: max(steered - stamp, 0)))
      }
    } catch {
      failure = error.description
    }
  }
}
