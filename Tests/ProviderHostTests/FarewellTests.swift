// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import Foundation
import LinuxKernel
import Testing
import TimeTypes

@testable import ProviderHost

/// What a provider hears on an ordered end, and how commands reach it.
@Suite(.serialized) struct FarewellTests {
  private func said(_ outbox: ProviderOutbox) -> [String] {
    var lines: [String] = []
    while let message = outbox.messages.next() { lines.append(message.text) }
    return lines
  }

  private func talkative() throws -> String {
    try CompiledPlugin.build("talkative", source: CompiledPlugin.template, flags: CompiledPlugin.talkative)
  }

  @Test func shutdownComesBeforeStopAndStopBeforeClose() throws {
    let outbox = ProviderOutbox(number: 7)
    let instance = try ProviderInstance(
      module: try ProviderModule.load(path: try talkative()), provider: "broken", backend: TestBackend(), outbox: outbox
    )
    try instance.initialize(settings: [])
    try instance.start()
    #expect(said(outbox).isEmpty)
    instance.close()
    #expect(said(outbox) == ["shutdown", "stop", "close"])
  }

  @Test func whoNeverStartedIsOnlyClosed() throws {
    let outbox = ProviderOutbox(number: 7)
    let instance = try ProviderInstance(
      module: try ProviderModule.load(path: try talkative()), provider: "broken", backend: TestBackend(), outbox: outbox
    )
    try instance.initialize(settings: [])
    instance.close()
    #expect(said(outbox) == ["close"])
  }

  @Test func aChildHearsTheSameAndASignalToTheGroupDoesNotCutItShort() throws {
    let outbox = ProviderOutbox(number: 8)
    let process = ProviderProcessTests.process(try talkative(), provider: "broken", outbox: outbox)
    process.launch(settings: [], now: RawClock.now())
    let tests = ProviderProcessTests()
    #expect(try tests.pump(process) { process.phase == .running })
    #expect(process.post(TOMPION_COMMAND_QUERY))
    var lines: [String] = []
    #expect(
      try tests.pump(process) {
        lines += said(outbox)
        return lines.contains("query")
      })
    let child = try #require(process.processID)
    #expect(kill(child, SIGTERM) == 0 && kill(child, SIGINT) == 0)
    process.close(now: RawClock.now())
    #expect(
      try tests.pump(process) {
        lines += said(outbox)
        return process.phase == .closed
      })
    lines += said(outbox)
    #expect(lines == ["query", "shutdown", "stop", "close"])
    #expect(process.lastError.isEmpty)
  }

  @Test func withoutAWakerCommandsAreLookedFor() throws {
    let loop = ProviderLoop(
      loop: .poll(try PollLoop(capacity: 4, profile: .minimal)),
      clocks: KernelClocks(VirtualClock(initialOffset: .zero, initialFrequency: .zero).stampSource))
    #expect(loop.loop.waker == nil)
    let backend = try KernelBackend(number: 9, loop: loop.loop, clocks: loop.clocks, clockPage: nil)
    loop.add(backend)
    let outbox = ProviderOutbox(number: 9)
    let instance = try ProviderInstance(
      module: try ProviderModule.load(path: try talkative()), provider: "broken", backend: backend, outbox: outbox)
    try instance.initialize(settings: [])
    try instance.start()
    #expect(instance.post(TOMPION_COMMAND_QUERY))
    try loop.run(until: RawClock.now())
    #expect(said(outbox) == ["query"])
    instance.close()
  }
}
