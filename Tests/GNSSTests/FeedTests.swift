// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import ReferenceWire
import Testing

@testable import GNSS

/// The provider passing on what it believes. One scene at a time, so within the suite of the others.
extension ProviderTests {
  @Suite(.serialized) struct FeedTests {
    static let offset: Int64 = 731_000

    /// A second in which a datagram comes that is `offset` ahead.
    private func second(_ scene: ReceiverScene, _ stream: UInt32) {
      scene.nextSecond()
      var bytes = [UInt8](repeating: 0, count: SocketSample.length)
      var span = bytes.mutableSpan
      _ = SocketSample(local: scene.utc, offset: Self.offset, leap: 1).write(to: &span)
      scene.streamReceived(stream, bytes)
    }

    private func scene(_ key: String, _ value: ReceiverSceneValue) throws -> (ReceiverScene, stream: UInt32) {
      let scene = ReceiverScene()
      scene.host.set("source[0].sock", "/run/tompion/ref.sock")
      switch value {
      case .text(let text): scene.host.set("source[0].\(key)", text)
      case .number(let number): scene.host.set("source[0].\(key)", number)
      }
      #expect(scene.start() == TOMPION_OK)
      let stream = try #require(scene.streams.first { $0.value.path == "/run/tompion/ref.sock" }?.key)
      scene.streamOpened(stream)
      return (scene, stream)
    }

    enum ReceiverSceneValue {
      case text(String)
      case number(Int64)
    }

    @Test func datagrams() throws {
      let (scene, stream) = try scene("feed_sock", .text("/run/chrony.sock"))
      let (out, opened) = try #require(scene.streams.first { $0.value.path == "/run/chrony.sock" })
      #expect(opened.options.flags == TOMPION_STREAM_UNIX | TOMPION_STREAM_DATAGRAM, "it sends, and makes nothing")
      second(scene, stream)
      #expect(scene.streams[out]?.sent.isEmpty == true, "not believed yet")
      scene.streamOpened(out)
      for _ in 0..<9 { second(scene, stream) }
      let sent = try #require(scene.streams[out]).sent
      #expect(sent.count == scene.host.samples.count * SocketSample.length && scene.host.samples.count == 7)
      let last = try SocketSample(Array(sent.suffix(SocketSample.length)).span)
      // Leap seconds are of the last day of a half-year alone.
      #expect(last == SocketSample(local: scene.utc, offset: Self.offset, isPulse: false, leap: 0))

      // chronyd ends: told once, tried again.
      scene.streamFailed(out, TOMPION_UNREACHABLE)
      #expect(scene.events.last == 608)
      scene.status = TOMPION_NOT_FOUND
      for _ in 0..<12 { second(scene, stream) }
      #expect(scene.events.filter { $0 == 608 }.count == 1)
      #expect(scene.lastError == "not passed on to /run/chrony.sock: no program has made that socket yet")
      #expect(scene.host.samples.count == 19, "its own samples go on")
      scene.status = TOMPION_OK
      for _ in 0..<32 { second(scene, stream) }
      let again = try #require(scene.streams.first { $0.value.path == "/run/chrony.sock" }?.key)
      scene.streamOpened(again)
      #expect(scene.events.last == 609)
      second(scene, stream)
      #expect(scene.streams[again]?.sent.count == SocketSample.length)
      scene.host.advance(by: 1_000_000_000)
      #expect(scene.lastError.isEmpty)
      scene.host.stop()
      #expect(scene.streams.isEmpty)
    }

    @Test func memory() throws {
      let (scene, stream) = try scene("feed_shm", .number(9))
      let (out, opened) = try #require(scene.devices.first)
      #expect(opened.path == "shm:9" && opened.options.flags == TOMPION_DEVICE_WRITE, "never another owner's")
      for _ in 0..<10 { second(scene, stream) }
      let written = try #require(scene.devices[out]).written
      #expect(scene.host.samples.count == 7 && written.count == 6, "the first one only watches")
      var image = try #require(written.last)
      #expect(
        image.count == SharedMemorySegment.length && image[0] == 0 && image[48] == 0, "mode and valid are the host's")
      (image[0], image[48]) = (1, 1)
      let shown = try SharedMemorySegment(image.span)
      #expect(
        shown == SharedMemorySegment(clock: scene.utc + Self.offset, receive: scene.utc, leap: 0, precision: -20))

      scene.host.stop()
      #expect(scene.devices.isEmpty)
    }

    /// Never both: whoever writes at all within 64 s is left alone, and said once; the segment stays attached, for who dropped root
    /// does not get it again.
    @Test func memoryThatSomebodyElseWrites() throws {
      let (scene, stream) = try scene("feed_shm", .number(9))
      let out = try #require(scene.devices.first?.key)
      for _ in 0..<10 { second(scene, stream) }
      let before = try #require(scene.devices[out]).written.count
      #expect(before > 0)
      for time in 0..<600 {
        if time % 60 == 0 { scene.foreignWrites += 1 }
        second(scene, stream)
      }
      #expect(scene.devices[out]?.written.count == before && scene.openings == 2, "its socket and the memory")
      #expect(scene.events.filter { $0 == 608 }.count == 1 && !scene.events.contains(609))
      #expect(scene.lastError.contains("another program writes there") && scene.lastError.contains("64 s"))

      // It ended 60 s ago, and was last seen to have written after that.
      let silence = Int(Feed.silence.nanoseconds / ReceiverDriver.second)
      for _ in 0..<(2 * silence) { second(scene, stream) }
      #expect(scene.events.filter { $0 == 608 }.count == 1 && scene.events.last == 609)
      let again = try #require(scene.devices[out]).written.count
      #expect(again > before)
      scene.host.advance(by: 1_000_000_000)
      #expect(scene.lastError.isEmpty)

      // Another time is another episode, and takes exactly as long.
      scene.foreignWrites += 1
      for _ in 0..<silence { second(scene, stream) }
      #expect(scene.events.filter { $0 == 608 }.count == 2 && scene.devices[out]?.written.count == again)
      second(scene, stream)
      #expect(scene.events.last == 609 && scene.devices[out]?.written.count == again + 1)
      scene.host.stop()
      #expect(scene.devices.isEmpty)
    }

    /// A segment that root made, for a daemon that is root no more.
    @Test func memoryThatIsNotOurs() throws {
      let scene = ReceiverScene()
      scene.host.set("source[0].sock", "/run/tompion/ref.sock")
      #expect(scene.start() == TOMPION_OK)
      scene.host.set("source[0].feed_shm", Int64(9))
      scene.status = TOMPION_PERMISSION
      #expect(scene.host.command(TOMPION_COMMAND_UPDATE_CONFIG) == TOMPION_OK)
      #expect(scene.events.filter { $0 == 608 }.count == 1)
      #expect(scene.host.events.last?.text.contains("(root made it): ipcrm it") == true)
    }

    @Test func newSettingsOpenAndCloseFeeds() throws {
      let (scene, _) = try scene("feed_shm", .number(9))
      scene.host.clearSettings()
      scene.host.set("source[0].sock", "/run/tompion/ref.sock")
      #expect(scene.host.command(TOMPION_COMMAND_UPDATE_CONFIG) == TOMPION_OK && scene.devices.isEmpty)
      scene.host.clearSettings()
      scene.host.set("source[0].sock", "/run/tompion/ref.sock")
      scene.host.set("source[0].feed_shm", Int64(8))
      #expect(scene.host.command(TOMPION_COMMAND_UPDATE_CONFIG) == TOMPION_OK)
      #expect(scene.devices.values.map(\.path) == ["shm:8"])
    }
  }
}
