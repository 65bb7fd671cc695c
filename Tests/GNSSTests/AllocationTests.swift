// SPDX-License-Identifier: Apache-2.0

import CAllocationCounter
import CTompionProvider
import ReferenceWire
import Testing

@testable import GNSS

/// What a receiver costs once a second while it is believed: nothing of the heap. What its messages cost is not counted: where nothing is
/// optimized, generic code allocates by itself. One scene at a time, so within the suite of the others.
extension ProviderTests {
  @Suite(.serialized, .enabled(if: allocation_counter_works() == 1, "a sanitizer has its own allocator in place"))
  struct AllocationTests {
    /// Where it speaks.
    enum Kind: CaseIterable { case sentences, gpsd, memory, datagrams }

    private func scene(_ kind: Kind) throws -> ReceiverScene {
      let scene = ReceiverScene()
      switch kind {
      case .sentences:
        scene.host.set("source[0].device", "/dev/ttyS0")
        scene.host.set("source[0].delay", 0.0)
      case .gpsd: scene.host.set("source[0].gpsd", "/run/gpsd.sock")
      case .memory:
        scene.host.set("source[0].shm", Int64(2))
      case .datagrams:
        scene.host.set("source[0].sock", "/run/tompion/ref.sock")
      }
      #expect(scene.start() == TOMPION_OK)
      for stream in scene.streams.keys { scene.streamOpened(stream) }
      // What the mock keeps would be on the heap.
      scene.host.samples.reserveCapacity(4096)
      return scene
    }

    /// What comes in the second that begins at `utc`.
    private func bytes(_ kind: Kind, at utc: Int64, turn: Int) -> [UInt8] {
      switch kind {
      case .sentences:
        return ReceiverScene.sentence(ReceiverDriver.rmc(utc)) + ReceiverScene.sentence(ReceiverDriver.gga(utc))
      case .gpsd:
        let seconds = utc / ReceiverDriver.second
        let rest = #""real_nsec":0,"clock_sec":\#(seconds),"clock_nsec":5000,"precision":-20}"#
        return Array("{\"class\":\"PPS\",\"real_sec\":\(seconds),\(rest)\r\n".utf8)
      case .memory:
        var bytes = [UInt8](repeating: 0, count: SharedMemorySegment.length)
        var span = bytes.mutableSpan
        _ = SharedMemorySegment(clock: utc + 123, receive: utc).write(to: &span)
        (bytes[0], bytes[4], bytes[48]) = (1, UInt8(2 * turn & 255), 1)
        return bytes
      case .datagrams:
        var bytes = [UInt8](repeating: 0, count: SocketSample.length)
        var span = bytes.mutableSpan
        _ = SocketSample(local: utc, offset: 123).write(to: &span)
        return bytes
      }
    }

    @Test(arguments: Kind.allCases) func aTickAllocatesNothing(kind: Kind) throws {
      let scene = try scene(kind)
      let provider = try #require(scene.host.provider)
      let timer = try #require(scene.host.receiver(TOMPION_TIMER_ID, as: tompion_timer_receiver_t.self))
      let device = try #require(scene.host.receiver(TOMPION_DEVICE_IO_ID, as: tompion_device_receiver_t.self))
      let stream = try #require(scene.host.receiver(TOMPION_STREAM_ID, as: tompion_stream_receiver_t.self))
      let place = ["/dev/ttyS0", "/run/gpsd.sock", "shm:2", "/run/tompion/ref.sock"]
      let line = try #require(
        scene.devices.first { place.contains($0.value.path) }?.key
          ?? scene.streams.first { place.contains($0.value.path) }?.key)
      scene.nextSecond()
      let first = scene.utc
      let messages = (0..<600).map { bytes(kind, at: first + Int64($0) * ReceiverDriver.second, turn: $0) }

      var count: UInt64 = 0
      func second(_ turn: Int) {
        var stamp = scene.host.stamp(kind: TOMPION_STAMP_USER)
        messages[turn].withUnsafeBufferPointer { bytes in
          switch kind {
          case .sentences, .memory:
            device.pointee.received(provider, line, bytes.baseAddress, UInt32(bytes.count), &stamp)
          case .gpsd, .datagrams: stream.pointee.received(provider, line, bytes.baseAddress, UInt32(bytes.count))
          }
        }
        // The tick comes between two messages.
        scene.host.raw += ReceiverDriver.second / 2
        allocation_counter_start()
        timer.pointee.expired(provider, 1, scene.host.raw)
        count += allocation_counter_stop()
        scene.host.raw += ReceiverDriver.second / 2
      }
      for turn in 0..<100 { second(turn) }
      let published = scene.host.samples.count
      count = 0
      for turn in 100..<600 { second(turn) }
      #expect(count == 0, "\(count) allocations and frees in 500 ticks")
      #expect(scene.host.samples.count == published + 500, "it was used all the time")
      #expect(scene.info?.reach == 255 && !scene.lastError.contains("no "), "\(scene.lastError)")
    }
  }
}
