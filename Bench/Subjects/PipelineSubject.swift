// SPDX-License-Identifier: Apache-2.0

import LinuxKernel
import Synchronization
import TimeTypes

/// A packet's way through the daemon on two threads, as `loop = "threads"` has it: kernel time stamp, capture's wake-up, publish, ring,
/// the discipline's wake-up, engine, virtual clock. The packets come from this process over loopback.
public final class PipelineSubject: @unchecked Sendable {
  // Sound to share: each thread has its own part; what crosses is the ring, the atomics, and results read after joining.
  private let subject: HotPathSubject
  private let captureLoop: PollLoop
  private let disciplineLoop: PollLoop
  private let receiver: UDPSocket
  private let sender: UDPSocket
  private let buffer: PacketBuffer
  private let outgoing: PacketBuffer
  private let lastStamp = Atomic<Int64>(0)
  private let isOver = Atomic<Bool>(false)
  private var latencies: [Int64] = []
  private var failure: String?
  /// Packets without a stamp of the kernel: their moment is when they were read.
  public private(set) var withoutStamp = 0
  /// Whether the two threads were real-time, and if not, why.
  public private(set) var warnings: [String] = []

  public init() throws {
    subject = try HotPathSubject(sources: 3)
    captureLoop = try PollLoop(capacity: 2)
    disciplineLoop = try PollLoop(capacity: 2)
    var options = UDPSocketOptions()
    options.local = .loopback(.ipv4)
    options.transmitStamps = false
    receiver = try UDPSocket(options)
    options.local = .loopback(.ipv4)
    options.receiveStamps = false
    options.peer = receiver.local
    sender = try UDPSocket(options)
    try captureLoop.add(receiver.descriptor, token: 1)
    buffer = try PacketBuffer(slots: 16, capacity: 128)
    outgoing = try PacketBuffer(slots: 1, capacity: 128)
  }

  /// Sends that many packets, `gap` µs apart; from the kernel's stamp of each to the clock steered by it, ns.
  public func run(packets: Int, gap: Int64) throws -> [Int64] {
    subject.run(100)
    latencies = []
    latencies.reserveCapacity(packets + 16)
    lastStamp.store(0, ordering: .relaxed)
    isOver.store(false, ordering: .relaxed)
    let discipline = try RoleThread(RoleThreadOptions(name: "discipline", fifoPriority: 50)) { [self] in disciplining()
    }
    let capture = try RoleThread(RoleThreadOptions(name: "capture", fifoPriority: 50)) { [self] in capturing() }
    warnings = (discipline.warnings + capture.warnings).map(\.description)
    for _ in 0..<packets {
      guard outgoing.fill(0, with: [UInt8](repeating: 0, count: 48)) else { break }
      _ = sender.send(outgoing, count: 1)
      Pause.microseconds(gap)
    }
    Pause.milliseconds(20)
    isOver.store(true, ordering: .relaxed)
    captureLoop.waker?.wake()
    disciplineLoop.waker?.wake()
    capture.join()
    discipline.join()
    if let failure { throw SubjectError.refused(failure) }
    return latencies
  }

  private func capturing() {
    var stamper = ClockStamper(subject.stampSource)
    do throws(KernelError) {
      while !isOver.load(ordering: .relaxed) {
        let notBefore = RawClock.now() - .milliseconds(100)
        try captureLoop.wait(until: nil)
        while captureLoop.next() != nil {}
        stamper.refresh()
        let count = try receiver.receive(into: buffer)
        for index in 0..<count {
          let slot = buffer[index]
          var stamp = stamper.now()
          if slot.software_ns > 0 {
            stamp = stamper.stamp(realtimeNanoseconds: slot.software_ns, notBefore: notBefore)
          } else {
            withoutStamp += 1
          }
          subject.publish(stamp)
          lastStamp.store(stamp.raw.nanoseconds, ordering: .releasing)
        }
        if count > 0 { disciplineLoop.waker?.wake() }
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
        guard let steered = subject.discipline() else { continue }
        let stamp = lastStamp.load(ordering: .acquiring)
        guard stamp > done, latencies.count < latencies.capacity else { continue }
        done = stamp
        latencies.append(max(steered - stamp, 0))
      }
    } catch {
      failure = error.description
    }
  }
}
