// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import LinuxKernel
import Testing
import TimeTypes

@testable import ProviderHost

@Suite(.serialized) struct ProviderProcessOpeningTests {
  static func broken(_ name: String, _ flags: [String], number: UInt16) throws -> ProviderProcess {
    let path = try CompiledPlugin.build(name, source: CompiledPlugin.template, flags: flags)
    return ProviderProcessTests.process(path, provider: "broken", outbox: ProviderOutbox(number: number))
  }

  static func example(number: UInt16) throws -> ProviderProcess {
    ProviderProcessTests.process(
      try CompiledPlugin.example(), provider: "example", outbox: ProviderOutbox(number: number))
  }

  @Test func schemaAndDescriptorAreThoseOfTheModuleInThisProcess() throws {
    let process = try Self.example(number: 11)
    #expect(process.schema == nil && process.descriptor == nil)
    try process.open()
    #expect(process.phase == .opened)
    let module = try ProviderModule.load(path: try CompiledPlugin.example())
    let instance = try ProviderInstance(
      module: module, provider: "example", backend: TestBackend(), outbox: ProviderOutbox(number: 12))
    #expect(process.schema == instance.schema)
    #expect(process.descriptor == instance.descriptor)
    instance.close()
    try process.initialize(settings: [ProviderSetting(path: "offset", value: .real(0.5))])
    #expect(process.phase == .inited)
    process.start()
    let pumping = ProviderProcessTests()
    var samples = 0
    #expect(
      try pumping.pump(process) {
        process.outbox.drain(news: { _ in }, sample: { _ in samples += 1 })
        return samples > 0
      })
    #expect(process.phase == .running && process.launches == 1)
    #expect(process.outbox.counters.misbehaviour == 0)
  }

  @Test func aRefusedSettingComesBackBeforeTheStart() throws {
    let process = try Self.example(number: 13)
    try process.open()
    do {
      try process.initialize(settings: [ProviderSetting(path: "offset", value: .string("soon"))])
      Issue.record("taken")
    } catch { #expect(error.reason == .settingsRefused()) }
    #expect(process.refusals == [SettingRefusal(index: 0, text: "a number of seconds from -10 to 10")])
    #expect(process.phase == .quarantined && process.processID == nil)
  }

  @Test func aCrashInOpenCostsThatProviderOnlyAndIsTriedAgain() throws {
    let process = try Self.broken("crash-open", ["-DOPEN_BODY=__builtin_trap()"], number: 14)
    do {
      try process.open()
      Issue.record("opened")
    } catch {
      #expect(error.description.contains("killed by signal"), "\(error)")
    }
    #expect(process.schema == nil && process.processID == nil)
    guard case .waiting(let due) = process.phase else {
      Issue.record("phase \(process.phase)")
      return
    }
    // Settings are kept for the next try, and nothing is sent to a child that is not there.
    try process.initialize(settings: [])
    process.start()
    process.pump(now: due)
    #expect(process.launches == 2)
  }

  @Test func aHangInOpenEndsWithTheLimit() throws {
    let process = try Self.broken("hang-open", ["-DOPEN_BODY=for(;;){}"], number: 15)
    do {
      try process.open(limit: .milliseconds(100))
      Issue.record("opened")
    } catch {
      #expect(error.description.contains("open did not return within 100 ms"), "\(error)")
    }
    #expect(process.processID == nil)
    guard case .waiting = process.phase else {
      Issue.record("phase \(process.phase)")
      return
    }
  }

  @Test func aHangInInitEndsWithTheLimit() throws {
    let process = try Self.broken("hang-init", ["-DINIT_BODY=for(;;){}"], number: 16)
    try process.open()
    do {
      try process.initialize(settings: [], limit: .milliseconds(100))
      Issue.record("inited")
    } catch {
      #expect(error.description.contains("init did not return within 100 ms"), "\(error)")
    }
    #expect(process.processID == nil)
  }

  @Test func anUnloadableModuleSaysWhy() throws {
    let process = ProviderProcessTests.process(
      "/nonexistent/libx.so", provider: "x", outbox: ProviderOutbox(number: 17))
    #expect(throws: ProviderError.self) { try process.open() }
    #expect(process.lastError.contains("/nonexistent/libx.so"))
  }
}
