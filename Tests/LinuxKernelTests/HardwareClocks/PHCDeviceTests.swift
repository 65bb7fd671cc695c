// SPDX-License-Identifier: Apache-2.0

import CLinux
import CardLines
import Glibc
import Synchronization
import Testing
import TimeTypes

@testable import LinuxKernel

/// A kernel with one PTP clock, as far as reading goes.
final class FakePHC: Sendable {
  /// What the driver knows.
  let knows: Mutex<Set<PHCMethod>>
  let asked = Mutex<[PHCMethod]>([])
  let open = Mutex<[Int32]>([])
  let closed = Mutex<[Int32]>([])
  /// CLOCK_REALTIME − raw, ns.
  let realtime: Int64 = 1_700_000_000_000_000_000
  let raw = Mutex<Int64>(5_000_000_000)
  let refusal: Int32

  init(_ knows: Set<PHCMethod>, refusal: Int32 = EOPNOTSUPP) {
    self.knows = Mutex(knows)
    self.refusal = refusal
  }

  /// The device shows raw + 7 s.
  private func answer(_ method: PHCMethod, _ body: (Int64) -> Void) -> Int32 {
    asked.withLock { $0.append(method) }
    guard knows.withLock({ $0.contains(method) }) else { return 0 &- refusal }
    body(raw.withLock { $0 })
    return 0
  }

  var calls: PHCCalls {
    PHCCalls(
      open: { path, _ in
        guard path == "/dev/ptp3" else { return 0 &- ENOENT }
        self.open.withLock { $0.append(71) }
        return 71
      },
      close: { descriptor in self.closed.withLock { $0.append(descriptor) } },
      precise: { _, stamp in
        var copy = stamp
        let result = self.answer(.precise) { raw in
          copy = clinux_cross_stamp_t(device: raw + 7_000_000_000, realtime: raw + self.realtime, raw: raw)
        }
        stamp = copy
        return result
      },
      extended: { _, clock, _, bracket in
        var copy = bracket
        let isRaw = clock == CLINUX_CLOCK_MONOTONIC_RAW
        let result = self.answer(isRaw ? .extendedRaw : .extended) { raw in
          let shift = isRaw ? 0 : self.realtime
          copy = clinux_bracket_t(
            raw_before: raw + shift - 100, clock: raw + 7_000_000_000, raw_after: raw + shift + 100)
        }
        bracket = copy
        return result
      },
      plain: { _, _, bracket in
        var copy = bracket
        let result = self.answer(.plain) { raw in
          copy = clinux_bracket_t(
            raw_before: raw + self.realtime - 900, clock: raw + 7_000_000_000, raw_after: raw + self.realtime + 900)
        }
        bracket = copy
        return result
      },
      pair: {
        // Read a little later, as in truth.
        let raw = self.raw.withLock { $0 } + 4000
        return ClockPair(
          raw: RawInstant(nanoseconds: raw), time: TimeInterval(nanoseconds: raw + self.realtime), errorNanoseconds: 20)
      })
  }
}

@Suite struct PHCDeviceTests {
  @Test(arguments: PHCMethod.allCases)
  func theBestWayThatTheKernelKnowsIsTaken(best: PHCMethod) throws {
    let known = Set(PHCMethod.allCases.filter { $0.rawValue >= best.rawValue })
    let kernel = FakePHC(known)
    var device = try PHCDevice(index: 3, calls: kernel.calls)
    #expect(device.method == best)
    let reading = try device.read()
    #expect(reading.device == TimeInterval(nanoseconds: 12_000_000_000))
    #expect(reading.raw == RawInstant(nanoseconds: 5_000_000_000))
    let half: UInt32 =
      switch best {
      case .precise: 0
      case .extendedRaw: 100
      case .extended: 120
      case .plain: 920
      }
    #expect(reading.errorNanoseconds == half + 1)
    // What is known not to work is not asked for again.
    #expect(kernel.asked.withLock { $0.suffix(2) } == [best, best])
  }

  @Test(arguments: [ENOTTY, EINVAL, ENOSYS])
  func kernelsSayNoInSeveralWays(error: Int32) throws {
    #expect(try PHCDevice(index: 3, calls: FakePHC([.plain], refusal: error).calls).method == .plain)
  }

  @Test func aDriverThatForgetsAWayIsReadByTheNext() throws {
    let kernel = FakePHC([.precise, .extended])
    var device = try PHCDevice(index: 3, calls: kernel.calls)
    #expect(device.method == .precise)
    kernel.knows.withLock { $0 = [.extended] }
    #expect(try device.read().errorNanoseconds > 1)
    #expect(device.method == .extended)
  }

  @Test func whatCannotBeReadIsAnErrorAndLeavesNothingOpen() {
    let kernel = FakePHC([], refusal: EIO)
    #expect(throws: KernelError("read the PTP hardware clock", errno: EIO)) {
      _ = try PHCDevice(index: 3, calls: kernel.calls)
    }
    #expect(kernel.closed.withLock { $0 } == [71])
    #expect(throws: KernelError("open the PTP hardware clock", errno: ENOENT)) {
      _ = try PHCDevice(index: 4, calls: kernel.calls)
    }
  }

  @Test func copiesShareTheDescriptorAndTheLastOneClosesIt() throws {
    let kernel = FakePHC([.precise])
    var device: PHCDevice? = try PHCDevice(index: 3, calls: kernel.calls)
    let copy = device
    device = nil
    #expect(kernel.closed.withLock { $0 }.isEmpty)
    _ = copy
    withExtendedLifetime(copy) {}
  }

  @Test func aFileThatIsNoDeviceIsRefused() {
    #expect(throws: KernelError.self) { _ = try PHCDevice(path: "/proc/self/status") }
    #expect(throws: KernelError.self) { _ = try PHCDevice(path: "/dev/null") }
  }
}
