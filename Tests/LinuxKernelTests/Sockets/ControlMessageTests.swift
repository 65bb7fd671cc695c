// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import TestSupport
import Testing

@testable import LinuxKernel

/// Control messages as the kernel, or something worse, may hand them over.
@Suite struct ControlMessageTests {
  /// SCM_TIMESTAMPING is SO_TIMESTAMPING's number.
  let stamping = Int32(SO_TIMESTAMPING)

  func parse(_ control: [UInt8]) -> clinux_datagram_t {
    var slot = clinux_datagram_t()
    control.withUnsafeBytes { clinux_control_parse($0.baseAddress, $0.count, &slot) }
    return slot
  }

  func message(_ level: Int32, _ type: Int32, _ data: [UInt8], announced: Int? = nil) -> [UInt8] {
    var control = [UInt8](repeating: 0, count: 512)
    let end = control.withUnsafeMutableBytes { memory in
      data.withUnsafeBytes {
        clinux_control_append(memory.baseAddress, 512, 0, level, type, $0.baseAddress, $0.count, announced ?? $0.count)
      }
    }
    return Array(control[..<end])
  }

  func times(_ software: Int64, _ hardware: Int64) -> [UInt8] {
    let list: [Int64] = [
      software / 1_000_000_000, software % 1_000_000_000, 0, 0, hardware / 1_000_000_000, hardware % 1_000_000_000,
    ]
    return list.withUnsafeBytes(Array.init)
  }

  @Test func bothKindsOfStampsAreRead() {
    let slot = parse(message(SOL_SOCKET, stamping, times(1_700_000_000_123_456_789, 42_000_000_007)))
    #expect(slot.flags == CLINUX_DATAGRAM_SOFTWARE | CLINUX_DATAGRAM_HARDWARE)
    #expect(slot.software_ns == 1_700_000_000_123_456_789)
    #expect(slot.hardware_ns == 42_000_000_007)
  }

  /// SCM_TIMESTAMPING_PKTINFO of asm-generic/socket.h.
  let card: Int32 = 58

  @Test func theCardThatStampedIsRead() {
    let words: [UInt32] = [7, 90, 0, 0]
    let data = words.withUnsafeBytes(Array.init)
    let slot = parse(message(SOL_SOCKET, card, data))
    #expect(slot.hardware_interface == 7 && slot.frame_length == 90 && slot.flags == 0)
    for length in 0..<data.count {
      let slot = parse(message(SOL_SOCKET, card, Array(data[..<length])))
      #expect(slot.flags == CLINUX_DATAGRAM_MALFORMED && slot.hardware_interface == 0)
    }
  }

  @Test func aShortMessageIsMalformedAndGivesNothing() {
    let full = times(5, 6)
    for length in 0..<full.count {
      let slot = parse(message(SOL_SOCKET, stamping, Array(full[..<length])))
      #expect(slot.flags == CLINUX_DATAGRAM_MALFORMED)
      #expect(slot.software_ns == 0)
    }
  }

  @Test func aLengthBeyondTheBufferIsNotFollowed() {
    for announced in [49, 100, 4096, Int(Int32.max), Int.max - 64] {
      let slot = parse(message(SOL_SOCKET, stamping, times(5, 6), announced: announced))
      #expect(slot.flags & CLINUX_DATAGRAM_SOFTWARE == 0 || announced <= 56)
    }
    // A length smaller than its own header would loop forever.
    var tiny = message(SOL_SOCKET, stamping, times(5, 6))
    tiny.replaceSubrange(0..<8, with: [UInt8](repeating: 0, count: 8))
    #expect(parse(tiny).flags == CLINUX_DATAGRAM_MALFORMED)
  }

  @Test func everyCutIsSurvived() {
    let whole =
      message(SOL_IP, Int32(IP_PKTINFO), [1, 0, 0, 0, 127, 0, 0, 2, 127, 0, 0, 3])
      + message(SOL_SOCKET, stamping, times(5, 6))
    for length in 0...whole.count {
      let slot = parse(Array(whole[..<length]))
      if length == whole.count {
        #expect(slot.flags == CLINUX_DATAGRAM_SOFTWARE | CLINUX_DATAGRAM_HARDWARE)
        #expect(SocketAddress(slot.local).host == "127.0.0.2")
        #expect(slot.interface_index == 1)
      }
    }
  }

  @Test func randomBytesAreSurvived() {
    var generator = SeededGenerator(seed: 11)
    for _ in 0..<20_000 {
      var bytes = (0..<Int.random(in: 0...200, using: &generator)).map { _ in
        UInt8.random(in: 0...255, using: &generator)
      }
      // Half of them with a plausible length, so that the parser gets further.
      if bytes.count >= 16 && Bool.random(using: &generator) {
        bytes.replaceSubrange(0..<8, with: [UInt8.random(in: 0...255, using: &generator), 0, 0, 0, 0, 0, 0, 0])
      }
      _ = parse(bytes)
    }
  }
}
