// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import ClockPort
import Foundation
import LinuxKernel
import Testing
import TimeTypes

@testable import ProviderHost

@Suite(.serialized) struct ProviderProcessTests {
  /// provider-check is a child of process placement, too, and lies beside the tests.
  static let program: String = {
    let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    let beside = URL(fileURLWithPath: tests).deletingLastPathComponent().appendingPathComponent("provider-check").path
    if FileManager.default.isExecutableFile(atPath: beside) { return beside }
    return CompiledPlugin.root + "/.build/debug/provider-check"
  }()

  static func process(_ module: String, provider: String, outbox: ProviderOutbox, clock: VirtualClock? = nil)
    -> ProviderProcess
  {
    ProviderProcess(
      module: module, provider: provider, outbox: outbox, stampSource: clock?.stampSource, clockPage: nil,
      executable: program)
  }

  /// Pumps until `done`, at most ten seconds: waiting for another process, not for time.
  @discardableResult
  func pump(_ process: ProviderProcess, until done: () -> Bool) throws -> Bool {
    let loop = try PollLoop(capacity: 1)
    let end = RawClock.now() + .seconds(10)
    while RawClock.now() < end {
      process.pump(now: RawClock.now())
      if done() { return true }
      try loop.wait(until: RawClock.now() + .milliseconds(5))
    }
    return false
  }

  @Test func exampleRunsInAChild() throws {
    let outbox = ProviderOutbox(number: 5)
    let clock = VirtualClock(initialOffset: .milliseconds(250), initialFrequency: .partsPerMillion(40))
    let process = Self.process(try CompiledPlugin.example(), provider: "example", outbox: outbox, clock: clock)
    process.launch(settings: [ProviderSetting(path: "offset", value: .real(0.125))], now: RawClock.now())
    var news: [ProviderNews] = []
    var samples: [Sample] = []
    try pump(process) {
      outbox.drain(news: { news.append($0) }, sample: { samples.append($0) })
      return !samples.isEmpty
    }
    #expect(process.phase == .running)
    let child = try #require(process.processID)
    let status = try String(contentsOfFile: "/proc/\(child)/status", encoding: .utf8)
    func field(_ name: String) -> String? {
      status.split(separator: "\n").first { $0.hasPrefix("\(name):") }?.split(separator: "\t").last.map(String.init)
    }
    #expect(field("NoNewPrivs") == "1")
    for set in ["CapPrm", "CapEff", "CapBnd", "CapAmb"] where getuid() == 0 {
      let bits = try #require(field(set).flatMap { UInt64($0, radix: 16) })
      #expect(bits & ~(1 << UInt64(Capability.netBindService.rawValue)) == 0, "\(set) of the child: \(bits)")
    }
    let sample = try #require(samples.first)
    #expect(sample.offset == .milliseconds(125))
    guard case .sourceAdded(let added)? = news.first else {
      Issue.record("news: \(news)")
      return
    }
    #expect(added.id == sample.source && sample.source.rawValue >> 22 == 5)
    // The child's stamps are the virtual clock's: its line at the sample's raw moment gives the sample's local time.
    let line = clock.read()
    let elapsed = sample.raw - line.raw
    let expected = line.time + elapsed + TimeInterval(nanosecondsAsDouble: elapsed.inNanoseconds * line.frequency.ratio)
    #expect((sample.local - expected).magnitude < .microseconds(1))
    #expect(outbox.counters.misbehaviour == 0)
    #expect(outbox.sources.snapshot().first?.name == "example")
    process.close(now: RawClock.now())
    #expect(try pump(process) { process.phase == .closed })
    var gone = false
    outbox.drain(news: { if case .sourceRemoved(added.id) = $0 { gone = true } }, sample: { _ in })
    #expect(gone)
  }

  @Test func crashCostsASourceAndRestartsWithNewIDs() throws {
    let path = try CompiledPlugin.build(
      "crash", source: CompiledPlugin.template,
      flags: [
        #"-DINIT_BODY=tompion_source_info_t i={.size=sizeof i};uint32_t s;const tompion_source_t*t=host->get_extension(host,TOMPION_SOURCE_ID);t->add(host,&i,&s)"#,
        "-DPOLL_BODY=abort()",
      ])
    let outbox = ProviderOutbox(number: 6)
    let process = Self.process(path, provider: "broken", outbox: outbox)
    process.launch(settings: [], now: RawClock.now())
    var ids: [UInt32] = []
    var removed: [UInt32] = []
    func drain() {
      outbox.drain(
        news: {
          if case .sourceAdded(let source) = $0 { ids.append(source.id.rawValue) }
          if case .sourceRemoved(let id) = $0 { removed.append(id.rawValue) }
        }, sample: { _ in })
    }
    #expect(
      try pump(process) {
        drain()
        return removed.count == 1
      })
    #expect(process.lastError.contains("signal 6"))
    guard case .waiting = process.phase else {
      Issue.record("phase \(process.phase)")
      return
    }
    // The back-off is one second: an hour later in the process' eyes it is due.
    process.pump(now: RawClock.now() + .seconds(2))
    #expect(process.launches == 2)
    #expect(
      try pump(process) {
        drain()
        return ids.count == 2
      })
    #expect(ids.count == 2 && ids[1] > ids[0], "an id is never used again: \(ids)")
  }

  @Test func hangIsFoundByTheMissingSignOfLife() throws {
    let path = try CompiledPlugin.build("hang", source: CompiledPlugin.template, flags: ["-DINIT_BODY=for(;;){}"])
    let outbox = ProviderOutbox(number: 7)
    let process = Self.process(path, provider: "broken", outbox: outbox)
    let now = RawClock.now()
    process.launch(settings: [], now: now)
    // Time passes for the host only: the child has had its beats by then, or none at all.
    #expect(
      try pump(process) {
        // Not once it has ended: it would be started again.
        if process.processID != nil { process.pump(now: RawClock.now() + .seconds(30)) }
        return process.processID == nil
      })
    #expect(process.lastError.contains("no sign of life"))
  }

  @Test func unloadableModuleAndRefusedSettingSayWhy() throws {
    let outbox = ProviderOutbox(number: 8)
    let process = Self.process("/nonexistent/libx.so", provider: "x", outbox: outbox)
    process.launch(settings: [], now: RawClock.now())
    #expect(try pump(process) { process.lastError != "" && process.processID == nil })
    #expect(process.lastError.contains("/nonexistent/libx.so"))
    let picky = Self.process(try CompiledPlugin.example(), provider: "example", outbox: ProviderOutbox(number: 9))
    picky.launch(settings: [ProviderSetting(path: "offset", value: .string("x"))], now: RawClock.now())
    #expect(try pump(picky) { picky.processID == nil })
    #expect(picky.phase == .quarantined, "a refused setting does not heal by itself")
    #expect(picky.lastError.contains("a setting was refused"))
    #expect(picky.refusals == [SettingRefusal(index: 0, text: "a number of seconds from -10 to 10")])
  }

  @Test func hostileFramesAreCountedAndChangeNothing() throws {
    let outbox = ProviderOutbox(number: 3)
    let process = Self.process("/x", provider: "x", outbox: outbox)
    let now = RawInstant(nanoseconds: 1)
    var info = tompion_source_info_t()
    info.size = 368
    let good = ChildFrame.encode(.sourceAdded(3 << 22 | 1, info))
    // Every truncation, one byte too many, and nothing at all.
    for length in 0..<good.count { process.receive(Array(good.prefix(length)), now: now) }
    process.receive(good + [0], now: now)
    #expect(outbox.counters[.badFrame] == UInt64(good.count + 1))
    #expect(outbox.sources.snapshot().isEmpty)
    // Another instance's id, id 0 of our own, a leap of 4, a changed or removed source that is not there.
    process.receive(ChildFrame.encode(.sourceAdded(4 << 22 | 1, info)), now: now)
    process.receive(ChildFrame.encode(.sourceAdded(3 << 22, info)), now: now)
    process.receive(ChildFrame.encode(.sourceChanged(3 << 22 | 9, info)), now: now)
    process.receive(ChildFrame.encode(.sourceRemoved(0)), now: now)
    #expect(outbox.counters[.unknownSource] == 4)
    info.leap = 4
    process.receive(ChildFrame.encode(.sourceAdded(3 << 22 | 2, info)), now: now)
    #expect(outbox.counters[.badFrame] == UInt64(good.count + 2))
    #expect(outbox.sources.snapshot().isEmpty)
    process.receive(good, now: now)
    process.receive(good, now: now)
    #expect(outbox.sources.snapshot().count == 1)
    #expect(outbox.counters[.unknownSource] == 5, "an id can be added once")
    // A text with control characters and one that is far too long.
    process.receive(
      ChildFrame.encode(.log(level: 99, text: "a\u{1b}[2Jb" + String(repeating: "y", count: 4000))), now: now)
    let message = try #require(outbox.messages.next())
    #expect(message.kind == .log(level: 3))
    #expect(message.text.hasPrefix("a\\x1b[2Jb") && message.text.utf8.count < 600)
    // A text that claims to be longer than its frame, and random bytes.
    process.receive([8, 0, 0, 0, 0, 0, 0, 0, 255, 255, 0, 0, 65], now: now)
    #expect(outbox.counters[.badFrame] == UInt64(good.count + 3))
    var random: UInt64 = 42
    for _ in 0..<2000 {
      random = random &* 6_364_136_223_846_793_005 &+ 1
      process.receive((0..<Int(random >> 55)).map { UInt8(truncatingIfNeeded: random >> UInt64($0 % 50)) }, now: now)
    }
    #expect(outbox.sources.snapshot().count <= 1)
  }

  @Test func aStrangersSecondSourceIsOnlyWatched() throws {
    let outbox = ProviderOutbox(number: 3)
    let process = Self.process("/x", provider: "x", outbox: outbox)
    let now = RawInstant(nanoseconds: 1)
    var info = tompion_source_info_t()
    info.size = 368
    info.flags = UInt32(TOMPION_SOURCE_TRUST)
    func add(_ number: UInt32) { process.receive(ChildFrame.encode(.sourceAdded(3 << 22 | number, info)), now: now) }
    func flags() -> [UInt32] {
      var flags: [UInt32: UInt32] = [:]
      outbox.drain(
        news: {
          switch $0 {
          case .sourceAdded(let source), .sourceChanged(let source): flags[source.id.rawValue] = source.flags
          case .sourceRemoved: break
          }
        }, sample: { _ in })
      return flags.sorted { $0.key < $1.key }.map(\.value)
    }
    add(1)
    add(2)
    let watched = UInt32(TOMPION_SOURCE_NOSELECT)
    #expect(flags() == [0, watched], "neither TRUST nor a second vote, for no setting gives them")
    // Saying so later changes nothing, and the vote is free again with its source.
    process.receive(ChildFrame.encode(.sourceChanged(3 << 22 | 2, info)), now: now)
    #expect(flags() == [watched])
    process.receive(ChildFrame.encode(.sourceRemoved(3 << 22 | 1)), now: now)
    _ = flags()
    add(3)
    #expect(flags() == [0])
    for number in UInt32(4)..<40 { add(number) }
    #expect(outbox.sources.snapshot().count == ProviderGrants.usualSources)
    #expect(outbox.counters[.notGranted] == 40 - 4 - UInt64(ProviderGrants.usualSources - 2))
  }

  @Test func anEventSpeaksOfItsOwnSourcesOnly() throws {
    let outbox = ProviderOutbox(number: 3)
    let process = Self.process("/x", provider: "x", outbox: outbox)
    let now = RawInstant(nanoseconds: 1)
    var info = tompion_source_info_t()
    info.size = 368
    let own: UInt32 = 3 << 22 | 1
    process.receive(ChildFrame.encode(.sourceAdded(own, info)), now: now)
    let strange: UInt32 = 2 << 22 | 1
    for source in [own, strange] {
      process.receive(ChildFrame.encode(.event(number: 37, source: source, text: "t")), now: now)
    }
    #expect(outbox.messages.next()?.kind == .event(number: 37, source: SourceID(rawValue: own)))
    #expect(outbox.messages.next()?.kind == .event(number: 37, source: nil))
    #expect(outbox.counters[.unknownSource] == 1)
  }

  @Test func threadsBeyondTheLimitEndAChild() throws {
    let path = try CompiledPlugin.build(
      "threads",
      source: "#include <pthread.h>\n#include <unistd.h>\nstatic void *rest(void *a) { for (;;) pause(); return a; }\n"
        + CompiledPlugin.template,
      flags: ["-DPOLL_BODY=pthread_t t;for(int i=0;i<50;++i)pthread_create(&t,0,rest,0)", "-pthread"])
    let outbox = ProviderOutbox(number: 8)
    let process = Self.process(path, provider: "broken", outbox: outbox)
    process.launch(settings: [], now: RawClock.now())
    #expect(try pump(process) { process.lastError.contains("threads, more than \(ProviderProcess.threadLimit)") })
  }

  @Test func sharedRingBelievesNoIndex() throws {
    let memory = try SharedMemory(name: "test", count: SharedBlock.bytes)
    #expect(SharedBlock(memory, role: .child) == nil, "there is no ring yet")
    let host = try #require(SharedBlock(memory, role: .host))
    let child = try #require(SharedBlock(memory, role: .child))
    #expect(host.pop() == nil)
    let sample = Sample(
      source: SourceID(rawValue: 9), local: .zero, reference: .seconds(1), raw: RawInstant(nanoseconds: 5))
    for _ in 0..<SharedBlock.ringCapacity { #expect(child.push(sample)) }
    #expect(!child.push(sample), "full")
    // The stamp kinds' bytes of the second sample, which are no kind.
    host.memory.bytes.storeBytes(of: 0xff, toByteOffset: 256 + 384 + 128 + 117, as: UInt8.self)
    #expect(host.pop()?.source == 9)
    #expect(host.pop()?.source == 9)
    #expect(host.invalidSamples == 1 && !host.isRingBroken)
    while host.pop() != nil {}
    // The tail's word, as the child may write it.
    host.memory.bytes.storeBytes(of: UInt64.max - 3, toByteOffset: 384, as: UInt64.self)
    #expect(host.pop() == nil)
    #expect(host.isRingBroken)
    #expect(SharedBlock(try SharedMemory(name: "short", count: 4096), role: .host) == nil)
  }

  @Test func framesSurviveTheWay() throws {
    let orders: [ChildFrame.Order] = [
      .open(path: "/p", provider: "é", number: 1023, idsUsed: 77),
      .setting(ProviderSetting(path: "a[0].b", value: .integer(.min), line: 3, column: 4)),
      .setting(ProviderSetting(path: "r", value: .real(-0.5))),
      .setting(ProviderSetting(path: "t", value: .boolean(true))),
      .setting(ProviderSetting(path: "s", value: .string("x\u{0}y"))), .configure, .start, .stop,
      .command(kind: 7, source: 9, value: -1), .close,
    ]
    for order in orders {
      let bytes = ChildFrame.encode(order)
      #expect("\(try #require(ChildFrame.order(bytes)))" == "\(order)")
      #expect(ChildFrame.order(bytes + [1]) == nil)
      #expect(ChildFrame.order(Array(bytes.dropLast())) == nil)
    }
  }
}
