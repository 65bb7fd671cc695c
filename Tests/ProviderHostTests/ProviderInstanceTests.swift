// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import ProviderHost
import Testing
import TimeTypes

@Suite struct ProviderInstanceTests {
  let backend = TestBackend()
  let outbox = ProviderOutbox(number: 7)

  func open() throws -> ProviderInstance {
    let module = try ProviderModule.load(path: try CompiledPlugin.example())
    return try ProviderInstance(module: module, provider: "example", backend: backend, outbox: outbox)
  }

  func drain() -> (news: [ProviderNews], samples: [Sample]) {
    var news: [ProviderNews] = []
    var samples: [Sample] = []
    outbox.drain(news: { news.append($0) }, sample: { samples.append($0) })
    return (news, samples)
  }

  @Test func exampleRunsItsWholeLife() throws {
    let instance = try open()
    #expect(instance.state == .opened)
    #expect(instance.schema.map(\.path) == ["offset", "noselect"])
    #expect(instance.schema.first?.range == -10...10)
    try instance.initialize(settings: [ProviderSetting(path: "offset", value: .real(0.25), line: 4, column: 1)])
    #expect(instance.state == .inited)
    instance.poll(now: backend.now)
    let early = drain()
    #expect(early.samples.isEmpty, "nothing is delivered before start")
    try instance.start()
    #expect(backend.pollRequested)
    instance.poll(now: backend.now)
    let (news, samples) = drain()
    let sample = try #require(samples.first)
    #expect(samples.count == 1)
    #expect(sample.offset == .milliseconds(250))
    #expect(sample.raw == backend.now)
    #expect(sample.era == ClockEra(rawValue: 3))
    #expect(sample.source.rawValue >> 22 == 7)
    #expect(sample.flags == [.oneWay, .reply])
    guard case .sourceChanged(let changed)? = news.first, case .sourceAdded(let added)? = early.news.first else {
      Issue.record("news: \(news)")
      return
    }
    #expect(added.id == sample.source && changed.id == sample.source)
    #expect(added.has(UInt32(TOMPION_SOURCE_NOSELECT)))
    #expect(outbox.sources.snapshot().map(\.name) == ["example"])
    #expect(outbox.sources.snapshot().first?.replies == 1)
    #expect(instance.command(TOMPION_COMMAND_POLL_NOW) == TOMPION_OK)
    #expect(instance.command(4711) == TOMPION_UNSUPPORTED)
    instance.stop()
    instance.poll(now: backend.now)
    #expect(drain().samples.isEmpty, "nothing is delivered after stop")
    try instance.start()
    instance.poll(now: backend.now)
    #expect(drain().samples.count == 1)
    instance.close()
    #expect(instance.state == .closed)
    guard case .sourceRemoved(let gone)? = drain().news.last else {
      Issue.record("no removal")
      return
    }
    #expect(gone == sample.source)
    instance.close()
    #expect(outbox.counters.misbehaviour == 0)
  }

  @Test func ladderIsEnforced() throws {
    let instance = try open()
    #expect(throws: ProviderError.self) { try instance.start() }
    #expect(instance.command(TOMPION_COMMAND_QUERY) == TOMPION_WRONG_STATE)
    try instance.initialize(settings: [])
    #expect(throws: ProviderError.self) { try instance.initialize(settings: []) }
    try instance.start()
    #expect(throws: ProviderError.self) { try instance.start() }
    instance.close()
    #expect(throws: ProviderError.self) { try instance.start() }
    #expect(instance.command(TOMPION_COMMAND_QUERY) == TOMPION_WRONG_STATE)
    #expect(backend.detached == 1)
  }

  @Test func refusedSettingIsReportedAndCanBeRepaired() throws {
    let instance = try open()
    let wrong = [
      ProviderSetting(path: "noselect", value: .boolean(true), line: 2, column: 1),
      ProviderSetting(path: "offset", value: .string("soon"), line: 3, column: 5),
    ]
    do {
      try instance.initialize(settings: wrong)
      Issue.record("taken")
    } catch {
      #expect(error.reason == .settingsRefused())
    }
    #expect(instance.refusals == [SettingRefusal(index: 1, text: "a number of seconds from -10 to 10")])
    #expect(instance.state == .opened)
    try instance.initialize(settings: [ProviderSetting(path: "offset", value: .integer(1))])
    #expect(instance.state == .inited)
    instance.close()
  }

  @Test func postedCommandsArriveInOrderAndLateOnesAreCounted() throws {
    let instance = try open()
    try instance.initialize(settings: [])
    #expect(instance.post(TOMPION_COMMAND_QUERY))
    backend.perReading = 600_000_000
    instance.deliverCommands()
    #expect(outbox.counters[.lateCall] == 1)
    backend.perReading = 100_000_000
    instance.command(TOMPION_COMMAND_QUERY)
    #expect(outbox.counters[.lateCall] == 1)
    var taken = 0
    while instance.post(TOMPION_COMMAND_QUERY) { taken += 1 }
    #expect(taken == 32, "a full queue refuses")
    #expect(outbox.counters.droppedCommands == 1, "and the loss is counted")
    #expect(outbox.counters.misbehaviour == 1, "but not as the provider's fault")
    backend.perReading = 0
    instance.close()
  }

  @Test func everyReadingComesFromTheBackend() throws {
    // Two instances of one module do not share anything.
    let first = try open()
    let other = ProviderOutbox(number: 8)
    let module = try ProviderModule.load(path: try CompiledPlugin.example())
    let second = try ProviderInstance(
      module: module, provider: "org.tompion.example", backend: TestBackend(), outbox: other)
    try first.initialize(settings: [])
    try second.initialize(settings: [])
    try first.start()
    first.poll(now: backend.now)
    #expect(outbox.counters.published == 1)
    #expect(other.counters.published == 0)
    #expect(first.outbox.sources.snapshot().first?.id != second.outbox.sources.snapshot().first?.id)
    first.close()
    second.close()
  }
}
