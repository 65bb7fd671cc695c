// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import LinuxKernel

@Suite struct SharedMemoryTests {
  @Test func twoMappingsAreOneMemory() throws {
    let first = try SharedMemory(name: "ring", count: 8192)
    let second = try SharedMemory(descriptor: FileDescriptor(owning: dup(first.descriptor.rawValue)), count: 8192)
    #expect(first.bytes.allSatisfy { $0 == 0 })
    first.bytes[8191] = 42
    #expect(second.bytes[8191] == 42)
  }

  @Test func nobodyCanShrinkItUnderUs() throws {
    let memory = try SharedMemory(name: "ring", count: 4096)
    #expect(ftruncate(memory.descriptor.rawValue, 0) == -1)
    #expect(errno == EPERM)
  }

  @Test func whatIsTooShortIsNotMapped() throws {
    let memory = try SharedMemory(name: "ring", count: 4096)
    #expect(throws: KernelError.self) {
      _ = try SharedMemory(descriptor: FileDescriptor(owning: dup(memory.descriptor.rawValue)), count: 4097)
    }
  }
}
