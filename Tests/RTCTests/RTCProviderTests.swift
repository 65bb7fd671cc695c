// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import MockHost
import Testing

@testable import RTC

/// The whole provider on a host in memory.
@Suite(.serialized) struct RTCProviderTests {
  @Test func measuredKeptAndNeverFollowed() throws {
    let scene = RTCScene()
    scene.offset = -412_000_000
    #expect(scene.start() == TOMPION_OK)
    scene.run(seconds: 4500, synchronized: true)
    let info = try #require(scene.host.sources.values.first)
    #expect(info.flags == TOMPION_SOURCE_REFCLOCK | TOMPION_SOURCE_NOSELECT && info.replies >= 6)
    #expect(info.polls >= info.replies && scene.host.logs.contains { $0.contains("\(RTCScene.path): offset") })
    #expect(scene.host.samples.isEmpty, "nothing steers by it")
    #expect(scene.error.contains("offset -4") && scene.error.contains("ppm"), "\(scene.error)")
    #expect(scene.host.events.isEmpty && scene.held == 0)
    let saved = try #require(SavedRTC(text: String(decoding: scene.kept["rtc"] ?? [], as: UTF8.self)))
    #expect(saved.track?.drift != nil)
  }

  @Test func theNextStartKnowsWhatHasBeen() throws {
    let scene = RTCScene()
    #expect(scene.start() == TOMPION_OK)
    scene.run(seconds: 5, synchronized: true)
    let kept = scene.kept
    let next = RTCScene()
    next.kept = kept
    next.host.clockOffset -= 86400 * RTCScene.second
    next.offset = 86400 * RTCScene.second
    #expect(next.start() == TOMPION_OK)
    next.run(seconds: 200, synchronized: false)
    #expect(next.host.events.map(\.number) == [613] && next.host.events[0].text.contains("already"))
    #expect(next.error.contains("lower bound"))
  }

  @Test func newSettingsCountAtOnce() throws {
    let scene = RTCScene()
    #expect(scene.start() == TOMPION_OK)
    scene.run(seconds: 10, synchronized: true)
    let looks = try #require(scene.host.sources.values.first).polls
    scene.host.clearSettings()
    scene.host.set("device", "/sys/class/rtc/rtc1/since_epoch")
    #expect(scene.host.command(TOMPION_COMMAND_UPDATE_CONFIG) == TOMPION_OK)
    scene.run(seconds: 10, synchronized: true)
    let info = try #require(scene.host.sources.values.first)
    // Begun anew: it does not wait for the rest of the old interval.
    #expect(looks == 1 && info.polls == 1 && scene.error.contains("offset"))
    #expect(withUnsafeBytes(of: info.address) { $0.starts(with: "/sys/class/rtc/rtc1/".utf8) })
    scene.host.clearSettings()
    #expect(scene.host.command(TOMPION_COMMAND_UPDATE_CONFIG) == TOMPION_OK)
    scene.host.set("device", "rtc1")
    #expect(scene.host.command(TOMPION_COMMAND_UPDATE_CONFIG) == TOMPION_INVALID)
  }

  @Test func goneAndBack() {
    let scene = RTCScene()
    scene.offset = nil
    #expect(scene.start() == TOMPION_OK)
    scene.run(seconds: 1400, synchronized: true)
    #expect(scene.host.events.map(\.number) == [600] && scene.error.contains("cannot be read"))
    scene.offset = 0
    scene.run(seconds: 700, synchronized: true)
    #expect(scene.error.contains("offset"))
    #expect(scene.host.events.map(\.number) == [600, 601])
    let answered = scene.host.sources.values.first?.last_reply_raw_ns
    scene.text = "1795\u{0}x"
    scene.run(seconds: 700, synchronized: true)
    #expect(scene.host.events.map(\.number) == [600, 601, 602] && scene.error.contains("does not hold seconds"))
    #expect(scene.host.sources.values.first?.last_reply_raw_ns == answered, "no answer")
  }

  @Test func localTimeIsAnEvent() {
    let scene = RTCScene()
    scene.offset = 7200 * RTCScene.second
    #expect(scene.start() == TOMPION_OK)
    scene.run(seconds: 1400, synchronized: true)
    #expect(scene.host.events.map(\.number) == [602] && scene.host.events[0].text.contains("120 min"))
  }

  @Test func whatWasKeptAndIsBroken() {
    let scene = RTCScene()
    scene.kept["rtc"] = [0xFF, 0x00]
    #expect(scene.start() == TOMPION_OK)
    #expect(scene.host.logs.contains { $0.contains("learned anew") })
  }

  @Test func newSettingsCount() {
    let scene = RTCScene()
    #expect(scene.start() == TOMPION_OK)
    scene.run(seconds: 5, synchronized: true)
    scene.host.clearSettings()
    scene.host.set("device", "/dev/rtc0")
    #expect(scene.host.command(TOMPION_COMMAND_UPDATE_CONFIG) == TOMPION_INVALID && !scene.host.refusals.isEmpty)
    scene.host.clearSettings()
    scene.host.set("device", RTCScene.path)
    scene.host.set("utc", false)
    #expect(scene.host.command(TOMPION_COMMAND_UPDATE_CONFIG) == TOMPION_OK)
    scene.run(seconds: 700, synchronized: true)
    #expect(scene.error.contains("time zone"))
  }

  @Test func stoppedAndClosed() {
    let scene = RTCScene()
    #expect(scene.start() == TOMPION_OK)
    scene.host.stop()
    #expect(scene.host.timers.isEmpty)
    scene.host.close()
    #expect(scene.host.sources.isEmpty)
  }

  @Test(arguments: [TOMPION_SOURCE_ID, TOMPION_TIMER_ID, TOMPION_SECRETS_ID, TOMPION_STORE_ID])
  func whatItCannotDoWithout(id: String) {
    let scene = RTCScene()
    scene.host.missing = [id]
    scene.host.extensions[id] = nil
    #expect(scene.start() == TOMPION_UNSUPPORTED && !scene.host.logs.isEmpty)
  }

  @Test func whoSetsItIsToldOf() {
    let scene = RTCScene()
    #expect(scene.start() == TOMPION_OK)
    scene.run(seconds: 700, synchronized: true)
    #expect(!scene.host.logs.contains { $0.contains("was set") })
    scene.offset = 5 * RTCScene.second
    scene.run(seconds: 700, synchronized: true)
    #expect(scene.host.logs.filter { $0.contains("the clock was set") }.count == 1)
  }

  @Test func whatIsNotKept() {
    let scene = RTCScene()
    scene.keeps = false
    #expect(scene.start() == TOMPION_OK)
    scene.run(seconds: 5, synchronized: true)
    #expect(scene.kept.isEmpty && scene.host.logs.contains { $0.contains("is not kept") })
  }

  @Test func wrongSettingsAtTheStart() {
    let scene = RTCScene()
    scene.host.set("interval", 1.0)
    #expect(scene.start() == TOMPION_INVALID && scene.host.refusals.count == 1)
  }

  @Test func aHostWithoutRoom() {
    var table = tompion_source_t()
    table.size = UInt32(MemoryLayout<tompion_source_t>.size)
    table.add = { _, _, _ in TOMPION_NO_MEMORY }
    withUnsafePointer(to: &table) { table in
      let scene = RTCScene()
      scene.host.extensions[TOMPION_SOURCE_ID] = UnsafeRawPointer(table)
      #expect(scene.start() == TOMPION_ERROR && scene.host.logs.contains { $0.contains("no further source") })
      scene.host.close()
    }
  }

  /// Where the host's clock cannot be read for once, it is read again.
  @Test func aClockThatDoesNotAnswer() {
    let scene = RTCScene()
    #expect(scene.start() == TOMPION_OK)
    let now = scene.host.hostTable.pointee.now
    scene.host.hostTable.pointee.now = { _, _, _ in TOMPION_NOT_FOUND }
    scene.run(seconds: 5, synchronized: true)
    #expect(scene.host.timers.count == 1 && scene.host.sources.values.first?.polls == 0)
    scene.host.hostTable.pointee.now = now
    scene.run(seconds: 5, synchronized: true)
    #expect(scene.host.sources.values.first?.polls == 1)
  }
}
