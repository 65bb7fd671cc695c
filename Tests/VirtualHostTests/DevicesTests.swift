// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import ProviderHost
import Testing
import TimeTypes
import VirtualHost

/// device-io/1 and stream/1 in virtual time, by the same test providers as over the kernel (Tests/Providers).
@Suite(.serialized) struct DevicesTests {
  private let scene = Scene()
  private var host: VirtualHost { scene.client }

  private func device(_ path: String, _ kind: Int32, _ values: [String: Int64] = [:]) throws -> VirtualProvider {
    let numbers = values.merging(["kind": Int64(kind)]) { $1 }
    return try host.start(
      try ServicesTests.module("device-io"), provider: "device-io",
      settings: [ProviderSetting(path: "path", value: .string(path))]
        + numbers.sorted { $0.key < $1.key }.map { ProviderSetting(path: $0.key, value: .integer($0.value)) })
  }

  private func stream(_ path: String, flags: UInt32) throws -> VirtualProvider {
    try host.start(
      try ServicesTests.module("stream"), provider: "stream",
      settings: [
        ProviderSetting(path: "path", value: .string(path)), ProviderSetting(path: "say", value: .string("hello")),
        ProviderSetting(path: "flags", value: .integer(Int64(flags))),
      ])
  }

  @Test func nothingIsThereThatNobodyPluggedIn() throws {
    #expect(try device("/dev/ttyS0", TOMPION_DEVICE_SERIAL).messages() == ["open \(TOMPION_NOT_FOUND)"])
    host.plug(VirtualPlug(.pulses), at: "/dev/pps0")
    #expect(try device("/dev/pps0", TOMPION_DEVICE_SERIAL).messages() == ["open \(TOMPION_INVALID)"])
    #expect(try stream("/run/x", flags: TOMPION_STREAM_UNIX).messages() == ["open \(TOMPION_NOT_FOUND)"])
  }

  @Test func aSerialLineBringsBytesAndIsOneProviders() throws {
    host.plug(VirtualPlug(.serial), at: "/dev/ttyS0")
    let provider = try device("/dev/ttyS0", TOMPION_DEVICE_SERIAL)
    #expect(try device("/dev/ttyS0", TOMPION_DEVICE_SERIAL).messages() == ["open \(TOMPION_ADDRESS_IN_USE)"])
    host.receive([1, 2, 255], from: "/dev/ttyS0")
    host.unplug("/dev/ttyS0")
    host.receive([3], from: "/dev/ttyS1")
    host.plug(VirtualPlug(.serial), at: "/dev/ttyS0")
    #expect(
      provider.messages() == [
        "open 0", "received 0102ff kind \(TOMPION_STAMP_USER) now", "changed \(TOMPION_NOT_FOUND)", "changed 0",
      ])
    provider.instance.command(101)
    host.receive([4], from: "/dev/ttyS0")
    #expect(provider.messages().isEmpty)
  }

  /// As PPS_FETCH shows them: stamped when they came, fetched a little later, the newest of each kind alone.
  @Test func pulsesAreFetched() throws {
    host.plug(VirtualPlug(.pulses), at: "/dev/pps0")
    let provider = try device("/dev/pps0", TOMPION_DEVICE_PPS, ["edges": 1])
    let moment = host.rawNow.nanoseconds
    let shown = host.clock.time(at: host.rawNow).nanoseconds
    host.mark(isAssert: true, at: "/dev/pps0")
    host.mark(isAssert: false, at: "/dev/pps0")
    #expect(provider.messages() == ["open 0"])
    scene.world.run(for: .milliseconds(10))
    let kind = TOMPION_STAMP_KERNEL
    #expect(
      provider.messages() == [
        "mark edge 1 sequence 1 kind \(kind) device 0 stamp \(shown) raw \(moment) error 0 channel 0"
      ])
    host.mark(isAssert: true, at: "/dev/pps0")
    host.mark(isAssert: true, at: "/dev/pps0")
    scene.world.run(for: .milliseconds(10))
    #expect(provider.messages().count == 1)
    provider.instance.close()
    host.mark(isAssert: true, at: "/dev/pps0")
    scene.world.run(for: .milliseconds(10))
    #expect(provider.messages().isEmpty)
  }

  @Test func aHardwareClockIsReadAndStampsItsPin() throws {
    var isThere = true
    host.plug(
      VirtualPlug(.hardwareClock) { isThere ? (.seconds(1000) + scene.world.now.sinceEpoch, 70) : nil }, at: "/dev/ptp0"
    )
    let provider = try device("/dev/ptp0", TOMPION_DEVICE_PHC, ["interval": 250, "edges": 1])
    scene.world.run(for: .milliseconds(300))
    let texts = provider.messages()
    #expect(texts.count == 2 && texts[1].hasPrefix("mark edge 0 sequence 0 kind \(TOMPION_STAMP_USER) device 1000250"))
    #expect(texts[1].hasSuffix("error 70 channel 0"))
    host.mark(isAssert: true, at: "/dev/ptp0", shown: (.seconds(5), 20))
    #expect(
      provider.messages().first?.contains("edge 1 sequence 1 kind \(TOMPION_STAMP_HARDWARE) device 5000000000") == true)
    isThere = false
    scene.world.run(for: .seconds(2))
    #expect(provider.messages().isEmpty)
    isThere = true
    scene.world.run(for: .seconds(1))
    #expect(provider.messages().count == 4)
  }

  @Test func aStreamGreetsAnswersAndBreaks() throws {
    host.serve(VirtualStreamServer(greeting: [65], answer: { Array($0.reversed()) }), at: "/run/gpsd")
    let provider = try stream("/run/gpsd", flags: TOMPION_STREAM_UNIX)
    #expect(provider.messages() == ["open 0"])
    scene.world.run(for: .milliseconds(1))
    provider.instance.command(100)
    scene.world.run(for: .milliseconds(1))
    host.send([66], to: "/run/gpsd")
    host.stopServing(at: "/run/gpsd")
    host.send([67], to: "/run/gpsd")
    #expect(
      provider.messages() == [
        "opened 0", "received 41", "sent 5", "received 6f6c6c6568", "received 42", "failed \(TOMPION_UNREACHABLE)",
      ])
  }

  @Test func datagramsComeWhole() throws {
    let provider = try stream("/run/sock", flags: TOMPION_STREAM_UNIX | TOMPION_STREAM_DATAGRAM | TOMPION_STREAM_LISTEN)
    host.send([1], to: "/run/sock")
    scene.world.run(for: .milliseconds(1))
    host.send([2, 3], to: "/run/sock")
    #expect(provider.messages() == ["open 0", "opened 0", "received 0203"])
  }
}
