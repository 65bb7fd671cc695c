// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import Foundation
import LinuxKernel
import Testing
import TimeTypes

@testable import ProviderHost

/// The capabilities' own test providers in a sandboxed child: the host opens and keeps for it, as far as its settings name it.
@Suite(.serialized) struct ChildCapabilitiesTests {
  /// A test provider in a child, and what it said so far.
  final class Child {
    let outbox: ProviderOutbox
    let process: ProviderProcess
    private(set) var said: [String] = []

    init(_ name: String, settings: [String: ProviderSetting.Value], store: ProviderStore? = nil) throws {
      outbox = ProviderOutbox(number: 21)
      let clock = VirtualClock(initialOffset: .zero, initialFrequency: .zero)
      process = ProviderProcess(
        module: try CapabilityBench.library(name), provider: name, outbox: outbox, stampSource: clock.stampSource,
        clockPage: nil, executable: ProviderProcessTests.program, store: store)
      process.launch(
        settings: settings.map { ProviderSetting(path: $0.key, value: $0.value) }, now: RawClock.now())
    }

    /// Waits for a line that begins so, five seconds at most.
    func hears(_ text: String) throws -> Bool {
      let loop = try PollLoop(capacity: 1)
      let end = RawClock.now() + .seconds(5)
      while RawClock.now() < end {
        process.pump(now: RawClock.now())
        while let message = outbox.messages.next() { said.append(message.text) }
        if let index = said.firstIndex(where: { $0.hasPrefix(text) }) {
          said.removeFirst(index + 1)
          return true
        }
        try loop.wait(until: RawClock.now() + .milliseconds(5))
      }
      return false
    }

    func runs() throws {
      let end = RawClock.now() + .seconds(5)
      while process.phase != .running, RawClock.now() < end {
        process.pump(now: RawClock.now())
        Pause.milliseconds(2)
      }
    }
  }

  @Test func aSerialLineWorksInAChild() throws {
    let line = try DeviceIOTests.Line()
    let child = try Child(
      "device-io", settings: ["path": .string(line.path), "kind": .integer(1), "say": .string("hello")])
    #expect(try child.hears("open 0"))
    try child.runs()
    line.say("$GP")
    #expect(try child.hears("received 244750 kind 1 now"), "\(child.said)")
    child.process.post(100)
    #expect(try child.hears("wrote 5"))
    #expect(line.heard == "hello")
    #expect(child.outbox.counters.misbehaviour == 0)
  }

  @Test func aDeviceThatNoSettingNamesIsNotOpened() throws {
    let line = try DeviceIOTests.Line()
    let child = try Child(
      "device-io", settings: ["path": .string("/dev/none"), "kind": .integer(1), "other": .string("=" + line.path)])
    #expect(try child.hears("open \(TOMPION_PERMISSION)"), "\(child.said)")
  }

  @Test func aUnixListenerWorksInAChildAndItsFileGoesWithIt() throws {
    let folder = try StreamTests.Folder()
    let path = folder.file("s")
    let child = try Child(
      "stream",
      settings: [
        "flags": .integer(Int64(TOMPION_STREAM_LISTEN | TOMPION_STREAM_UNIX)), "path": .string(path),
        "say": .string("welcome"),
      ])
    #expect(try child.hears("opened 0"), "\(child.said)")
    try child.runs()
    let peer = try UnixSocket.connect(path)
    #expect(try child.hears("accepted here family 0"), "\(child.said)")
    child.process.post(100)
    #expect(try child.hears("sent 7"), "\(child.said)")
    #expect(try peer.receive() == Array("welcome".utf8))
    child.process.quarantine("the test ends it")
    let end = RawClock.now() + .seconds(5)
    while child.process.processID != nil, RawClock.now() < end {
      child.process.pump(now: RawClock.now())
      Pause.milliseconds(2)
    }
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test func whatAChildKeepsIsThereInItsNextLife() throws {
    let folder = try StreamTests.Folder()
    let store = ProviderStore(directory: StoreDirectory(path: folder.file("providers/store")))
    let value = String(repeating: "v", count: 20_000)
    let first = try Child(
      "store", settings: ["name": .string("cookies"), "value": .string("0123456789")], store: store)
    try first.runs()
    first.process.post(101)
    #expect(try first.hears("put 0"), "\(first.said)")
    // A value of several messages.
    first.process.post(104, value: 3)
    #expect(try first.hears("kept 3 0"), "\(first.said)")
    let end = RawClock.now() + .seconds(5)
    while store.values.count < 4, RawClock.now() < end {
      first.process.pump(now: RawClock.now())
      Pause.milliseconds(2)
    }
    #expect(store.isDirty)
    try store.flush()
    #expect(try String(contentsOfFile: folder.file("providers/store/cookies"), encoding: .utf8) == "0123456789")
    #expect(store.put("long", Array(value.utf8), isSecret: false) == TOMPION_OK)
    let second = try Child("store", settings: ["name": .string("cookies"), "value": .string("")], store: store)
    try second.runs()
    second.process.post(100)
    #expect(try second.hears("value 10 3031323334353637ee"), "\(second.said)")
    let third = try Child("store", settings: ["name": .string("long"), "value": .string("")], store: store)
    try third.runs()
    third.process.post(100)
    #expect(try third.hears("value 20000 7676767676767676ee"), "\(third.said)")
  }

  @Test func aSecretIsReadInAChild() throws {
    let folder = try StreamTests.Folder()
    let path = folder.file("keys")
    try Data("key".utf8).write(to: URL(fileURLWithPath: path))
    chmod(path, 0o600)
    let child = try Child(
      "store",
      settings: [
        "name": .string("n"), "value": .string(""), "setting": .string("key_file"), "key_file": .string(path),
      ])
    try child.runs()
    child.process.post(105)
    #expect(try child.hears("secret 6b6579"), "\(child.said)")
  }
}
