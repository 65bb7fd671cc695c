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

      // Somebody else writes there: never both.
      scene.refusesMemory = true
      second(scene, stream)
      #expect(scene.devices.isEmpty && scene.events.last == 608)
      for _ in 0..<60 { second(scene, stream) }
      #expect(scene.events.filter { $0 == 608 }.count == 1 && !scene.events.contains(609))
      #expect(scene.lastError.contains("another program writes there"))
      scene.refusesMemory = false
      for _ in 0..<40 { second(scene, stream) }
      #expect(scene.events.last == 609 && scene.devices.first?.value.written.isEmpty == false)
      scene.host.stop()
      #expect(scene.devices.isEmpty)
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
