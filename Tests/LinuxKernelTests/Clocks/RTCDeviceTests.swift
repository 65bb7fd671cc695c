// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization
import Testing
import TimeTypes

@testable import LinuxKernel

/// With calls of the test's own: no clock of this host is read or set.
@Suite struct RTCDeviceTests {
  @Test func readAndSet() throws {
    let shown = Mutex<Int64>(1_795_000_000)
    let clock = RTCDevice(
      FileDescriptor(owning: -1), settling: .zero,
      calls: RTCCalls(
        read: { _, seconds in
          seconds = shown.withLock { $0 }
          return 0
        },
        set: { _, seconds in
          shown.withLock { $0 = seconds }
          return 0
        }))
    #expect(try clock.read() == 1_795_000_000)
    try clock.set(1_795_000_077)
    #expect(try clock.read() == 1_795_000_077)
  }

  @Test func refusals() {
    let clock = RTCDevice(
      FileDescriptor(owning: -1), settling: .zero,
      calls: RTCCalls(read: { _, _ in -EINVAL }, set: { _, _ in -EPERM }))
    #expect(throws: KernelError("read the battery-backed clock", errno: EINVAL)) { try clock.read() }
    #expect(throws: KernelError("set the battery-backed clock", errno: EPERM)) { try clock.set(0) }
  }

  @Test(arguments: [("/dev/null", ENODEV), ("/dev/no-such-clock", ENOENT), ("/proc/self/status", ENODEV)])
  func whatIsNone(path: String, errno: Int32) {
    #expect(throws: KernelError("open the battery-backed clock", errno: errno)) { _ = try RTCDevice.open(path) }
  }

  @Test func halfASecondOfThePCs() {
    #expect(RTCDevice.settling(driver: "rtc_cmos 00:04\n") == .milliseconds(500))
    #expect(RTCDevice.settling(driver: "rtc-ds1307 1-0068\n") == .zero)
    #expect(RTCDevice.settling(driver: "") == .zero)
  }
}
