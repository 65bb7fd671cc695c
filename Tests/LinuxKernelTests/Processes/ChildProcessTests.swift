// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing
import TimeTypes

@testable import LinuxKernel

@Suite struct ChildProcessTests {
  func wait(_ child: ChildProcess) -> Int32? {
    let limit = RawClock.now() + .seconds(10)
    while child.poll() == nil && RawClock.now() < limit { usleep(2000) }
    return child.poll()
  }

  @Test func getsItsDescriptorsAndNoOthers() throws {
    let (ours, theirs) = try UnixSocket.pair()
    let memory = try SharedMemory(name: "ring", count: 4096)
    memory.bytes[0] = 0x41
    let secret = FileDescriptor(owning: dup(2))
    // Descriptor 3 is the socket, 4 the memory; of others there is only ls's own.
    let child = try ChildProcess(
      path: "/bin/sh",
      arguments: [
        "-c", "head -c 1 <&4 >&3; echo \"$WORD\" >&3; for f in /proc/self/fd/*; do echo \"$f\" >&3; done; exit 7",
      ],
      environment: ["WORD=hello"], descriptors: [theirs.descriptor, memory.descriptor])
    #expect(wait(child) == 7)
    var text = ""
    while let bytes = try ours.receive(), !bytes.isEmpty { text += String(decoding: bytes, as: UTF8.self) }
    #expect(text.hasPrefix("Ahello\n"))
    let descriptors = text.split(separator: "\n").filter { $0.hasPrefix("/proc") }.compactMap {
      Int($0.split(separator: "/").last ?? "")
    }
    #expect(descriptors.contains(3) && descriptors.contains(4))
    // The shell opens one for the directory itself (and may move its own above 9).
    #expect(!descriptors.contains { $0 > 5 && $0 < 10 })
    #expect(secret.rawValue > 2)
  }

  @Test func aFileThatCannotRunIsAnErrorNotAChild() throws {
    #expect(throws: KernelError("start the child process", errno: ENOENT)) {
      _ = try ChildProcess(path: "/nonexistent/tompion-child", arguments: [])
    }
    #expect(throws: KernelError("start the child process", errno: EACCES)) {
      _ = try ChildProcess(path: "/etc/passwd", arguments: [])
    }
  }

  @Test func isKilledOnRequest() throws {
    let child = try ChildProcess(path: "/bin/sleep", arguments: ["60"])
    #expect(child.poll() == nil)
    child.kill()
    #expect(wait(child) == 128 + SIGKILL)
    // Harmless once it is gone.
    child.kill()
  }

  @Test func leavesNoZombieWhenNobodyKeepsIt() throws {
    func start() throws -> Int32 { try ChildProcess(path: "/bin/sleep", arguments: ["60"]).pid }
    let pid = try start()
    // A zombie would still be there to be signalled.
    #expect(Glibc.kill(pid, 0) == -1)
    #expect(errno == ESRCH)
  }
}
