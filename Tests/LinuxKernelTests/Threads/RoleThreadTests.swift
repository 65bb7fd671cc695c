// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization
import Testing

@testable import LinuxKernel

@Suite struct RoleThreadTests {
  @Test func hasItsNameAndRunsOnce() throws {
    let seen = Mutex<[String]>([])
    let thread = try RoleThread(RoleThreadOptions(name: "a-very-long-role-name")) {
      let name = RoleThread.name
      seen.withLock { $0.append(name) }
    }
    thread.join()
    thread.join()
    #expect(seen.withLock { $0 } == ["a-very-long-rol"])
    #expect(thread.warnings.isEmpty)
  }

  @Test func realTimePriorityIsHadOrMissedWithAWarning() throws {
    let fifo = Mutex(false)
    let thread = try RoleThread(RoleThreadOptions(name: "capture", fifoPriority: 2)) {
      let isFIFO = RoleThread.isFIFO
      fifo.withLock { $0 = isFIFO }
    }
    thread.join()
    let warned = thread.warnings.contains { if case .noFIFO = $0 { true } else { false } }
    #expect(fifo.withLock { $0 } == !warned)
    for warning in thread.warnings { #expect(warning.description.contains("CAP_SYS_NICE")) }
  }

  @Test func staysOnItsCPUOrSaysWhyNot() throws {
    let cpu = Mutex<Int?>(nil)
    let thread = try RoleThread(RoleThreadOptions(name: "capture", cpus: [0])) {
      let own = RoleThread.cpu
      cpu.withLock { $0 = own }
    }
    thread.join()
    if thread.warnings.isEmpty { #expect(cpu.withLock { $0 } == 0) }
    let ran = Mutex(false)
    let nowhere = try RoleThread(RoleThreadOptions(name: "capture", cpus: [1023])) { ran.withLock { $0 = true } }
    nowhere.join()
    #expect(ran.withLock { $0 })
    guard case .noAffinity(_, [1023], _)? = nowhere.warnings.first else {
      Issue.record("no warning about a CPU that is not there")
      return
    }
  }

  @Test func everyWarningNamesTheFix() {
    let plain = RoleGrant(errno: EPERM, hasCapability: false, limit: 0)
    let none = RoleWarning.noFIFO(threads: ["capture"], priority: 50, grant: plain).description
    #expect(
      none.contains("CAP_SYS_NICE") && none.contains("LimitRTPRIO=50") && none.contains("thread capture"), "\(none)")
    let small = RoleWarning.noFIFO(
      threads: ["capture"], priority: 50, grant: RoleGrant(errno: EPERM, hasCapability: false, limit: 20)
    ).description
    #expect(small.contains("real_time_priority = 20"), "\(small)")
    let filtered = RoleWarning.noFIFO(
      threads: ["capture"], priority: 50, grant: RoleGrant(errno: EPERM, hasCapability: true, limit: 0)
    ).description
    #expect(filtered.contains("RestrictRealtime=") && !filtered.contains("Give it CAP_SYS_NICE"), "\(filtered)")
    #expect(RoleWarning.noMemoryLock(errno: ENOMEM, limit: 8 << 20).description.contains("LimitMEMLOCK=infinity"))
    #expect(RoleWarning.noMemoryLock(errno: ENOMEM, limit: 8 << 20).description.contains("the limit is 8192 KiB"))
    #expect(RoleWarning.noAffinity(threads: ["capture"], cpus: [9], errno: EINVAL).description.contains("CPU 9"))
    #expect(RoleWarning.noTimerSlack(threads: ["capture"], errno: EPERM).description.contains("timer_slack_ns"))
  }

  @Test func oneWarningForEachPrivilege() {
    let grant = RoleGrant(errno: EPERM, hasCapability: false, limit: 0)
    let merged = RoleWarning.merged([
      .noFIFO(threads: ["capture"], priority: 60, grant: grant), .noTimerSlack(threads: ["capture"], errno: EPERM),
      .noFIFO(threads: ["discipline"], priority: 50, grant: grant), .noMemoryLock(errno: EPERM, limit: nil),
      .noAffinity(threads: ["capture"], cpus: [3], errno: EINVAL),
      .noAffinity(threads: ["discipline"], cpus: [4], errno: EINVAL),
      .noTimerSlack(threads: ["discipline"], errno: EPERM), .noFIFO(threads: ["control"], priority: 1, grant: grant),
    ])
    #expect(
      merged == [
        .noFIFO(threads: ["capture", "discipline", "control"], priority: 60, grant: grant),
        .noTimerSlack(threads: ["capture", "discipline"], errno: EPERM), .noMemoryLock(errno: EPERM, limit: nil),
        .noAffinity(threads: ["capture"], cpus: [3], errno: EINVAL),
        .noAffinity(threads: ["discipline"], cpus: [4], errno: EINVAL),
      ])
    #expect(merged.first?.description.contains("threads capture, discipline and control (SCHED_FIFO 60") == true)
  }

  @Test func timerSlackIsSetAndNotInherited() throws {
    let seen = Mutex<[Int]>([])
    let look: @Sendable () -> Void = {
      let slack = RoleThread.timerSlack
      seen.withLock { $0.append(slack) }
    }
    let usual = RoleThread.timerSlack
    var options = RoleThreadOptions(name: "capture")
    options.timerSlack = 7
    try RoleThread(options, look).join()
    try RoleThread(RoleThreadOptions(name: "other"), look).join()
    // A thread that is started by one with a slack of its own.
    let inner = Mutex<Int?>(nil)
    try RoleThread(options) {
      guard
        let thread = try? RoleThread(
          RoleThreadOptions(name: "inner"),
          {
            let slack = RoleThread.timerSlack
            inner.withLock { $0 = slack }
          })
      else { return }
      thread.join()
    }.join()
    #expect(seen.withLock { $0 } == [7, usual])
    #expect(inner.withLock { $0 } == usual)
  }

  @Test func aHelperOfAKeptThreadRunsAnywhere() throws {
    let found = Mutex<(own: Int?, helper: Int?, wasStarted: Bool)>((nil, 0, false))
    let thread = try RoleThread(RoleThreadOptions(name: "capture", cpus: [0])) {
      let own = RoleThread.cpu
      found.withLock { $0.own = own }
      let helper = try? RoleThread(RoleThreadOptions(name: "helper")) {
        let cpu = RoleThread.cpu
        found.withLock {
          $0.helper = cpu
          $0.wasStarted = true
        }
      }
      helper?.join()
    }
    thread.join()
    guard thread.warnings.isEmpty, Processors.online > 1, Processors.allowedText != "0" else {
      try Test.cancel("there is no second processor to run on")
    }
    #expect(found.withLock { $0.own } == 0)
    #expect(found.withLock { $0.wasStarted } && found.withLock { $0.helper } == nil)
  }

  /// Uses more than so many KiB of the stack.
  private static func deepen(_ depth: Int) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 1024) { bytes in
      for index in bytes.indices { bytes[index] = UInt8(truncatingIfNeeded: depth) }
      if depth > 0 { deepen(depth - 1) }
      withExtendedLifetime(bytes) {}
    }
  }

  @Test func theStackIsThereBeforeTheBody() throws {
    func faults(_ prefault: Int) throws -> Int {
      let count = Mutex(0)
      var options = RoleThreadOptions(name: "capture")
      options.prefaultBytes = prefault
      try RoleThread(options) {
        var usage = rusage()
        getrusage(1, &usage)
        let before = usage.ru_minflt
        Self.deepen(64)
        getrusage(1, &usage)
        let grown = usage.ru_minflt - before
        count.withLock { $0 = grown }
      }.join()
      return count.withLock { $0 }
    }
    // Fresh mappings: glibc keeps the stacks of threads that ended, with their pages.
    let without = try faults(0)
    #expect(try faults(128 * 1024) <= min(without, 2))
  }

  // MARK: the seam

  /// A kernel that refuses.
  private func refusing(
    fifo: Int32 = 0, affinity: Int32 = 0, slack: Int32 = 0, lock: Int32 = 0, limit: UInt64? = nil
  ) -> RoleCalls {
    var calls = RoleCalls.kernel
    calls.noted = { options in
      options.fifo_error = options.fifo_priority > 0 ? fifo : 0
      options.affinity_error = options.cpus.0 != 0 ? affinity : 0
      options.slack_error = options.timer_slack_ns > 0 ? slack : 0
    }
    calls.lockMemory = { lock }
    calls.lockLimit = { limit }
    calls.priorityLimit = { 0 }
    calls.has = { _ in false }
    return calls
  }

  @Test func whatIsRefusedIsSaidAndTheBodyRuns() throws {
    let ran = Mutex(0)
    var options = RoleThreadOptions(name: "capture", fifoPriority: 50, cpus: [1])
    options.timerSlack = 1
    let thread = try RoleThread(options, calls: refusing(fifo: EPERM, affinity: EINVAL, slack: EPERM)) {
      ran.withLock { $0 += 1 }
    }
    thread.join()
    let grant = RoleGrant(errno: EPERM, hasCapability: false, limit: 0)
    #expect(
      thread.warnings == [
        .noFIFO(threads: ["capture"], priority: 50, grant: grant),
        .noAffinity(threads: ["capture"], cpus: [1], errno: EINVAL), .noTimerSlack(threads: ["capture"], errno: EPERM),
      ])
    #expect(ran.withLock { $0 } == 1)
    // A thread that is there already, as the one of `loop = "single"`.
    let adopted = Mutex<(warnings: [RoleWarning], slack: Int)>(([], 0))
    options.fifoPriority = nil
    let wanted = options
    let calls = refusing(affinity: EINVAL)
    try RoleThread(RoleThreadOptions(name: "single")) {
      let warnings = RoleThread.adopt(wanted, calls: calls)
      let slack = RoleThread.timerSlack
      adopted.withLock { $0 = (warnings, slack) }
    }.join()
    #expect(adopted.withLock { $0.warnings } == [.noAffinity(threads: ["capture"], cpus: [1], errno: EINVAL)])
    #expect(adopted.withLock { $0.slack } == 1)
  }

  @Test func memoryIsNotLockedUnderALimitThatLaterMappingsWouldMeet() {
    let ample = RoleThread.leastLockLimit
    // Not even tried: mlockall itself would succeed.
    #expect(RoleThread.lockMemory(calls: refusing(limit: ample - 1)) == .noMemoryLock(errno: ENOMEM, limit: ample - 1))
    #expect(RoleThread.lockMemory(calls: refusing(limit: ample)) == nil)
    #expect(RoleThread.lockMemory(calls: refusing(limit: nil)) == nil)
    #expect(RoleThread.lockMemory(calls: refusing(lock: -EPERM)) == .noMemoryLock(errno: EPERM, limit: nil))
    var privileged = refusing(limit: 0)
    privileged.has = { $0 == .ipcLock }
    #expect(RoleThread.lockMemory(calls: privileged) == nil)
  }
}
