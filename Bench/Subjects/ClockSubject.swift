// SPDX-License-Identifier: Apache-2.0

import CLinux
import LinuxKernel
import TimeTypes

/// Reading a clock as the daemon does it.
public enum ClockSubject {
  /// Reads the raw counter that often; the last reading.
  @inline(never)
  public static func readRaw(_ count: Int) -> Int64 {
    var last: Int64 = 0
    for _ in 0..<count { last = RawClock.now().nanoseconds }
    return last
  }

  /// Asks the kernel's clock for its state that often, and never changes it; the last refusal, 0 = none.
  @inline(never)
  public static func readTimex(_ count: Int) -> Int32 {
    let calls = TimexCalls.kernel
    var result: Int32 = 0
    for _ in 0..<count {
      // Nothing in `modes`: adjtimex(2) only reads, and needs no privilege.
      var timex = clinux_timex_t()
      let answer = calls.adjust(&timex)
      if answer < 0 { result = answer }
    }
    return result
  }

  /// The PTP hardware clocks of this machine.
  public static var hardwareClocks: [String] { (0..<16).map { "/dev/ptp\($0)" }.filter { SmallFile.exists($0) } }

  /// Reads a PTP hardware clock that often as the daemon does: how long each reading took and how far it may be wrong, both in ns,
  /// and by which call.
  public static func readHardware(
    _ path: String, _ count: Int
  ) throws -> (delays: [Int64], errors: [Int64], method: String) {
    var device = try PHCDevice(path: path)
    var delays: [Int64] = []
    var errors: [Int64] = []
    for _ in 0..<count {
      let begin = RawClock.now()
      let reading = try device.read()
      delays.append((RawClock.now() - begin).nanoseconds)
      errors.append(Int64(reading.errorNanoseconds))
    }
    return (delays, errors, device.method.text)
  }
}
