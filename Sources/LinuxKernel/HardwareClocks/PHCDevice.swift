// SPDX-License-Identifier: Apache-2.0

import CLinux
package import CardLines
import Glibc
import TimeTypes

/// An open PTP hardware clock and the way it is read. One thread uses a value at a time; several values may share the descriptor.
///
/// Reading is a system call of 1 to 30 µs (a card's register is behind PCI Express) and allocates nothing. [capture or discipline]
package struct PHCDevice: Sendable {
  /// "/dev/ptp0".
  package let path: String
  package let descriptor: Int32
  /// The way that worked last; the next worse one is tried where the kernel knows it no more.
  package private(set) var method: PHCMethod
  private let owner: PHCDescriptor
  private let calls: PHCCalls

  /// Readings in one call, of which the narrowest counts.
  package static let readings: UInt32 = 8

  /// Opens the device and finds the best way to read it.
  /// - Parameter writable: for those who steer it.
  package init(path: String, writable: Bool = false, calls: PHCCalls = .kernel) throws(KernelError) {
    let fd = try KernelError.check(calls.open(path, writable), "open the PTP hardware clock")
    owner = PHCDescriptor(fd, close: calls.close)
    self.path = path
    self.calls = calls
    descriptor = fd
    method = .precise
    _ = try read()
  }

  /// Opens /dev/ptpN.
  package init(index: Int32, writable: Bool = false, calls: PHCCalls = .kernel) throws(KernelError) {
    try self.init(path: "/dev/ptp\(index)", writable: writable, calls: calls)
  }

  /// The device and the raw counter now.
  package mutating func read() throws(KernelError) -> PHCReading {
    while true {
      var reading: PHCReading?
      let result = read(by: method, into: &reading)
      if let reading { return reading }
      let error = 0 &- result
      // What the driver or the kernel does not know: ENOTTY and EOPNOTSUPP, and EINVAL for a clock it cannot read beside.
      let isUnknown = error == ENOTTY || error == EOPNOTSUPP || error == EINVAL || error == ENOSYS
      guard isUnknown, let next = PHCMethod(rawValue: method.rawValue + 1) else {
        throw KernelError("read the PTP hardware clock", errno: error)
      }
      method = next
    }
  }

  private func read(by method: PHCMethod, into reading: inout PHCReading?) -> Int32 {
    switch method {
    case .precise:
      var stamp = clinux_cross_stamp_t()
      let result = calls.precise(descriptor, &stamp)
      guard result >= 0 else { return result }
      // The hardware latches both: what is left is the last digit.
      reading = PHCReading(
        raw: RawInstant(nanoseconds: stamp.raw), device: TimeInterval(nanoseconds: stamp.device), errorNanoseconds: 1,
        realtime: TimeInterval(nanoseconds: stamp.realtime))
      return 0
    case .extendedRaw:
      var bracket = clinux_bracket_t()
      let result = calls.extended(descriptor, CLINUX_CLOCK_MONOTONIC_RAW, Self.readings, &bracket)
      guard result >= 0 else { return result }
      reading = Self.reading(bracket, raw: bracket.raw_before &+ Self.half(bracket))
      return 0
    case .extended:
      var bracket = clinux_bracket_t()
      let result = calls.extended(descriptor, CLINUX_CLOCK_REALTIME, Self.readings, &bracket)
      guard result >= 0 else { return result }
      reading = besideRealtime(bracket)
      return 0
    case .plain:
      var bracket = clinux_bracket_t()
      let result = calls.plain(descriptor, Self.readings, &bracket)
      guard result >= 0 else { return result }
      reading = besideRealtime(bracket)
      return 0
    }
  }

  private static func half(_ bracket: clinux_bracket_t) -> Int64 { max(bracket.raw_after &- bracket.raw_before, 0) / 2 }

  private static func reading(_ bracket: clinux_bracket_t, raw: Int64, error: UInt32 = 0) -> PHCReading {
    PHCReading(
      raw: RawInstant(nanoseconds: raw), device: TimeInterval(nanoseconds: bracket.clock),
      errorNanoseconds: UInt32(clamping: half(bracket) &+ 1 &+ Int64(error)))
  }

  /// A bracket by CLOCK_REALTIME is turned into raw time by a reading of both right after: even at the kernel's fastest slew the two move
  /// apart by less than 10 ns meanwhile. A step in between shows as an outlier.
  private func besideRealtime(_ bracket: clinux_bracket_t) -> PHCReading {
    let pair = calls.pair()
    let since = pair.time.nanoseconds &- (bracket.raw_before &+ Self.half(bracket))
    return Self.reading(bracket, raw: pair.raw.nanoseconds &- since, error: pair.errorNanoseconds)
  }
}

/// Closes the device when nobody holds it any more.
final class PHCDescriptor: Sendable {
  private let descriptor: Int32
  private let close: @Sendable (Int32) -> Void

  init(_ descriptor: Int32, close: @escaping @Sendable (Int32) -> Void) {
    self.descriptor = descriptor
    self.close = close
  }

  deinit { close(descriptor) }
}
