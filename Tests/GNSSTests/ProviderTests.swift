// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import ReferenceWire
import Testing

@testable import GNSS

/// The provider through the C tables: settings, lines, status, events.
@Suite(.serialized) struct ProviderTests {
  @Test func aSerialLine() throws {
    let scene = ReceiverScene()
    scene.host.set("source[0].device", "/dev/ttyS0")
    scene.host.set("source[0].baud", Int64(9600))
    scene.host.set("source[0].delay", 0.0)
    scene.host.set("source[0].prefer", true)
    #expect(scene.start() == TOMPION_OK)
    let (handle, device) = try #require(scene.devices.first)
    #expect(device.path == "/dev/ttyS0" && device.options.speed == 9600 && device.options.kind == TOMPION_DEVICE_SERIAL)
    for _ in 0..<10 {
      scene.nextSecond()
      let sentence = ReceiverScene.sentence(ReceiverDriver.rmc(scene.utc))
      // In two reads; the second is later.
      scene.deviceReceived(handle, Array(sentence[..<20]))
      scene.host.advance(by: 20_000_000)
      scene.deviceReceived(handle, Array(sentence[20...]))
    }
    #expect(scene.host.samples.count == 7)
    let sample = try #require(scene.host.samples.last)
    #expect(sample.reference_ns == sample.local_ns && sample.stratum == 0 && sample.reference_id == 0x4750_5300)
    #expect(sample.flags == TOMPION_SAMPLE_ONE_WAY | TOMPION_SAMPLE_REPLY && sample.delay_ns == 0)
    let info = try #require(scene.info)
    #expect(
      info.flags == TOMPION_SOURCE_REFCLOCK | TOMPION_SOURCE_PREFER && ReceiverScene.text(info.name) == "/dev/ttyS0")
    #expect(info.reach & 7 == 7 && info.replies == 7 || info.replies == 6, "\(info.reach) \(info.replies)")
    #expect(scene.events == [604] && scene.lastError.isEmpty)
  }

  @Test func whatItTellsOfItsFixIsInTheStatus() throws {
    let scene = ReceiverScene()
    scene.host.set("source[0].device", "/dev/ttyS0")
    #expect(scene.start() == TOMPION_OK)
    let handle = try #require(scene.devices.keys.first)
    for _ in 0..<20 {
      scene.nextSecond()
      scene.deviceReceived(handle, ReceiverScene.sentence(ReceiverDriver.gga(scene.utc, valid: true)))
      scene.deviceReceived(handle, ReceiverScene.sentence(ReceiverDriver.rmc(scene.utc)))
    }
    #expect(scene.lastError == "fix, 8 satellites" && scene.events == [604], "\(scene.lastError)")
  }

  @Test func whatIsWrongIsInTheStatus() throws {
    let scene = ReceiverScene()
    scene.host.set("source[0].device", "/dev/ttyS0")
    #expect(scene.start() == TOMPION_OK)
    let handle = try #require(scene.devices.keys.first)
    for _ in 0..<3 {
      scene.nextSecond()
      scene.deviceReceived(handle, ReceiverScene.sentence(ReceiverDriver.gga(scene.utc, valid: false)))
    }
    scene.host.advance(by: 1_500_000_000)
    #expect(scene.lastError == "no fix (8 satellites)" && scene.events == [602])
    scene.deviceChanged(handle, TOMPION_NOT_FOUND)
    #expect(scene.lastError.contains("it is gone") && scene.events == [602, 600])
    scene.deviceChanged(handle, TOMPION_OK)
    #expect(scene.events == [602, 600, 601])
    scene.host.advance(by: 10_000_000_000)
    #expect(scene.lastError == "nothing comes from it" && scene.events.last == 602)
    // A damaged line is counted.
    scene.deviceReceived(handle, Array("$GPRMC,1*00\r\n".utf8))
    scene.host.advance(by: 1_000_000_000)
    #expect(scene.info?.rejected == 1)
  }

  /// Datagrams of another kind, and bytes at a wrong speed: something comes.
  @Test func whatComesAndCannotBeReadIsSaid() throws {
    let socket = ReceiverScene()
    socket.host.set("source[0].sock", "/run/tompion/ref.sock")
    #expect(socket.start() == TOMPION_OK)
    let stream = try #require(socket.streams.keys.first)
    socket.streamOpened(stream)
    for _ in 0..<12 {
      socket.nextSecond()
      socket.streamReceived(stream, [UInt8](repeating: 9, count: SocketSample.length))
    }
    #expect(socket.lastError == "what comes from it cannot be read" && socket.events == [602], "\(socket.lastError)")
    #expect(socket.host.events.last?.text.contains("cannot be read") == true && socket.info?.rejected ?? 0 >= 8)
    let line = ReceiverScene()
    line.host.set("source[0].device", "/dev/ttyS0")
    #expect(line.start() == TOMPION_OK)
    let handle = try #require(line.devices.keys.first)
    for _ in 0..<12 {
      line.nextSecond()
      line.deviceReceived(handle, [UInt8](repeating: 0x81, count: 40))
    }
    #expect(line.lastError == "what comes from it cannot be read" && line.events == [602], "\(line.lastError)")
  }

  /// Ten events at once, and then one a minute, the last of which is true.
  @Test func aFixThatComesAndGoesDoesNotFillTheLog() throws {
    let scene = ReceiverScene()
    scene.host.set("source[0].device", "/dev/ttyS0")
    #expect(scene.start() == TOMPION_OK)
    let handle = try #require(scene.devices.keys.first)
    func hear(isValid: Bool) {
      scene.nextSecond()
      scene.deviceReceived(handle, ReceiverScene.sentence(ReceiverDriver.rmc(scene.utc, valid: isValid)))
    }
    for second in 0..<600 { hear(isValid: second % 6 != 0) }
    #expect((15...21).contains(scene.events.count), "\(scene.events.count)")
    #expect(scene.host.events.last?.text.contains("were not told") == true)
    #expect(scene.host.events[9].text.contains("once a minute") && !scene.host.events[8].text.contains("minute"))
    for isValid in [true, false, true] {
      for _ in 0..<130 { hear(isValid: isValid) }
      #expect(scene.events.last == (isValid ? 604 : 602))
    }
  }

  @Test func aDeviceThatIsNotThereIsTriedAgain() {
    let scene = ReceiverScene()
    scene.status = TOMPION_PERMISSION
    scene.host.set("source[0].device", "/dev/ttyS0")
    #expect(scene.start() == TOMPION_OK && scene.openings == 1)
    #expect(scene.lastError.contains("dialout") && scene.events == [600])
    scene.host.advance(by: 20_000_000_000)
    // After 1, 2, 4 and 8 s.
    #expect(scene.openings == 5 && scene.events == [600])
    scene.status = TOMPION_OK
    scene.host.advance(by: 40_000_000_000)
    #expect(scene.devices.count == 1 && scene.events.prefix(2) == [600, 601])
  }

  @Test func gpsdByTCP() throws {
    let scene = ReceiverScene()
    scene.host.set("source[0].gpsd", "127.0.0.1:2947")
    scene.host.set("source[0].device", "/dev/ttyUSB0")
    #expect(scene.start() == TOMPION_OK)
    let lookup = try #require(scene.host.lookups.first)
    #expect(lookup.name == "127.0.0.1")
    var address = tompion_address_t()
    address.family = UInt8(TOMPION_FAMILY_IPV4)
    (address.bytes.0, address.bytes.3) = (127, 1)
    scene.host.resolved(token: lookup.token, status: TOMPION_OK, addresses: [address])
    let (stream, opened) = try #require(scene.streams.first)
    #expect(opened.options.peer.port == 2947)
    scene.streamOpened(stream)
    let request = String(decoding: try #require(scene.streams[stream]).sent, as: UTF8.self)
    #expect(request == "?WATCH={\"enable\":true,\"json\":true,\"pps\":true,\"device\":\"/dev/ttyUSB0\"};\n")
    for _ in 0..<10 {
      scene.nextSecond()
      let seconds = scene.utc / ReceiverDriver.second
      let line =
        #"{"class":"PPS","real_sec":\#(seconds),"real_nsec":0,"clock_sec":\#(seconds),"clock_nsec":5000,"precision":-20}"#
      scene.host.advance(by: 1_000_000)
      scene.streamReceived(stream, Array("{\"class\":\"VERSION\"}\r\n\(line)".utf8))
      scene.streamReceived(stream, Array("\r\n".utf8))
    }
    #expect(scene.host.samples.count == 7)
    #expect(scene.host.samples.allSatisfy { $0.reference_ns - $0.local_ns == -5000 })
    #expect(scene.host.samples.allSatisfy { $0.raw_ns + scene.host.clockOffset == $0.local_ns })
    // gpsd ends, and is asked again.
    scene.streamReceived(stream, [])
    #expect(scene.events.last == 600 && scene.streams.isEmpty && scene.lastError == "gpsd closed the connection")
    scene.host.advance(by: 3_000_000_000)
    #expect(scene.host.lookups.count == 2)
  }

  @Test func sharedMemory() throws {
    let scene = ReceiverScene()
    scene.host.set("source[0].shm", Int64(2))
    scene.host.set("source[0].any_owner", true)
    scene.host.set("source[0].refid", "PPS")
    #expect(scene.start() == TOMPION_OK)
    let (handle, device) = try #require(scene.devices.first)
    #expect(device.path == "shm:2" && device.options.flags == TOMPION_DEVICE_ANY_OWNER)
    for count in 0..<10 as Range<Int64> {
      scene.nextSecond()
      var bytes = [UInt8](repeating: 0, count: SharedMemorySegment.length)
      var span = bytes.mutableSpan
      _ = SharedMemorySegment(clock: scene.utc + 123, receive: scene.utc).write(to: &span)
      (bytes[0], bytes[4], bytes[48]) = (1, UInt8(2 * count), count == 0 ? 0 : 1)
      scene.deviceReceived(handle, bytes)
    }
    #expect(scene.host.samples.count == 6 && scene.host.samples.allSatisfy { $0.reference_ns - $0.local_ns == 123 })
    #expect(scene.host.samples.last?.reference_id == 0x5050_5300 && scene.info?.rejected == 0)
  }

  @Test func datagrams() throws {
    let scene = ReceiverScene()
    scene.host.set("source[0].sock", "/run/tompion/ref.sock")
    #expect(scene.start() == TOMPION_OK)
    let (stream, opened) = try #require(scene.streams.first)
    let flags = TOMPION_STREAM_LISTEN | TOMPION_STREAM_UNIX | TOMPION_STREAM_DATAGRAM
    #expect(opened.path == "/run/tompion/ref.sock" && opened.options.mode == 0o660 && opened.options.flags == flags)
    scene.streamOpened(stream)
    for _ in 0..<10 {
      scene.nextSecond()
      var bytes = [UInt8](repeating: 0, count: SocketSample.length)
      var span = bytes.mutableSpan
      _ = SocketSample(local: scene.utc, offset: -777).write(to: &span)
      scene.streamReceived(stream, bytes)
    }
    scene.streamReceived(stream, [1, 2, 3])
    scene.host.advance(by: 1_000_000_000)
    #expect(scene.host.samples.count == 7 && scene.host.samples.allSatisfy { $0.reference_ns - $0.local_ns == -777 })
    #expect(scene.info?.rejected == 1)
    // The path is taken: said once, tried again.
    scene.streamFailed(stream, TOMPION_ERROR)
    scene.status = TOMPION_ADDRESS_IN_USE
    scene.host.advance(by: 5_000_000_000)
    #expect(scene.events.filter { $0 == 600 }.count == 1 && scene.lastError == "another program listens there")
    scene.status = TOMPION_INVALID
    scene.host.advance(by: 40_000_000_000)
    #expect(
      scene.lastError.hasPrefix("a symbolic link, or something that is no socket, is there"), "\(scene.lastError)")
  }

  /// What an earlier life learned is there before anybody else is followed: the first sample has it.
  @Test func aRestartBeginsWithTheDelayThatWasLearned() throws {
    let learned = RememberedDelay(delay: .milliseconds(120), uncertainty: 300_000)
    var settings = ReceiverSettings()
    settings.place = .line("/dev/ttyS0", speed: 9600, .both)
    func first(_ kept: [String: [UInt8]]) throws -> tompion_sample_t {
      let scene = ReceiverScene()
      scene.kept = kept
      scene.host.set("source[0].device", "/dev/ttyS0")
      scene.host.set("source[0].baud", Int64(9600))
      scene.host.set("source[0].learn_delay", true)
      #expect(scene.start() == TOMPION_OK)
      let handle = try #require(scene.devices.first?.key)
      for _ in 0..<6 {
        scene.nextSecond()
        let second = scene.utc
        scene.host.advance(by: 120_000_000)
        scene.deviceReceived(handle, ReceiverScene.sentence(ReceiverDriver.rmc(second)))
      }
      return try #require(scene.host.samples.first)
    }
    let known = try first([RememberedDelay.name(of: settings): learned.bytes])
    #expect(known.reference_ns == known.local_ns && known.dispersion_ns < 2_000_000)
    for broken in [[], [UInt8](repeating: 0xff, count: 16)] {
      let unknown = try first([RememberedDelay.name(of: settings): broken])
      #expect(unknown.reference_ns == unknown.local_ns - 120_000_000 && unknown.dispersion_ns >= 500_000_000)
    }
  }

  @Test func newSettingsKeepWhatStays() throws {
    let scene = ReceiverScene()
    scene.host.set("source[0].device", "/dev/ttyS0")
    scene.host.set("source[1].shm", Int64(3))
    #expect(scene.start() == TOMPION_OK)
    let line = try #require(scene.devices.first { $0.value.path == "/dev/ttyS0" }?.key)
    let before = Set(scene.host.sources.keys)
    scene.host.clearSettings()
    scene.host.set("source[0].shm", Int64(4))
    scene.host.set("source[1].device", "/dev/ttyS0")
    #expect(scene.host.command(TOMPION_COMMAND_UPDATE_CONFIG) == TOMPION_OK)
    scene.host.advance(by: 1_000_000_000)
    #expect(scene.devices[line] != nil && scene.devices.values.map(\.path).sorted() == ["/dev/ttyS0", "shm:4"])
    #expect(scene.host.sources.count == 2 && before.intersection(scene.host.sources.keys).count == 1)
    scene.host.clearSettings()
    scene.host.set("source[0].shm", Int64(999))
    #expect(scene.host.command(TOMPION_COMMAND_UPDATE_CONFIG) == TOMPION_INVALID && scene.host.sources.count == 2)
    scene.host.stop()
    #expect(scene.devices.isEmpty && scene.host.timers.isEmpty)
  }

  @Test func aHostWithoutLinesIsToldSo() {
    let scene = ReceiverScene()
    scene.host.missing = [TOMPION_DEVICE_IO_ID]
    scene.host.set("source[0].device", "/dev/ttyS0")
    #expect(scene.start() == TOMPION_UNSUPPORTED && scene.host.logs.contains { $0.contains("device-io/1") })
  }

  @Test func secondsAreWritten() {
    #expect(
      GNSSProvider.seconds(.milliseconds(50)) == "0.050" && GNSSProvider.seconds(.milliseconds(-1234)) == "-1.234")
    #expect(
      GNSSProvider.seconds(.microseconds(9999)) == "0.009999" && GNSSProvider.seconds(.seconds(3600)) == "3600.000")
  }
}
