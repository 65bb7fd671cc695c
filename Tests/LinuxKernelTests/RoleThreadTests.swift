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
    let thread = try RoleThread(RoleThreadOptions(name: "capture", cpu: 0)) {
      let own = RoleThread.cpu
      cpu.withLock { $0 = own }
    }
    thread.join()
    if thread.warnings.isEmpty { #expect(cpu.withLock { $0 } == 0) }
    let ran = Mutex(false)
    let nowhere = try RoleThread(RoleThreadOptions(name: "capture", cpu: 1023)) { ran.withLock { $0 = true } }
    nowhere.join()
    #expect(ran.withLock { $0 })
    guard case .noAffinity(_, 1023, _)? = nowhere.warnings.first else {
      Issue.record("no warning about a CPU that is not there")
      return
    }
  }

  @Test func everyWarningNamesTheFix() {
    #expect(RoleWarning.noFIFO(thread: "capture", errno: EPERM).description.contains("LimitRTPRIO="))
    #expect(RoleWarning.noMemoryLock(errno: ENOMEM).description.contains("LimitMEMLOCK="))
    #expect(RoleWarning.noAffinity(thread: "capture", cpu: 9, errno: EINVAL).description.contains("CPU 9"))
  }
}
