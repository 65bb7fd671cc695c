// SPDX-License-Identifier: Apache-2.0

import Control
import Foundation
import LinuxKernel
import Report
import Testing
import TimeTypes

/// A daemon that knows only its answers. The test's thread drives the server; clients run on threads of their own.
private final class StubHandler: ControlHandler {
  var resyncs: [String] = []
  var queries = 0
  weak var server: ControlServer?

  func snapshot() -> StatusSnapshot {
    var snapshot = StatusSnapshot()
    snapshot.version = "stub"
    snapshot.sources = [SourceReport(id: SourceID(rawValue: 1), name: "a")]
    return snapshot
  }

  func queryProviders() { queries += 1 }

  func setTime(
    _ nanoseconds: Int64, within: TimeTypes.TimeInterval?
  ) throws(ControlError) -> (text: String, offset: TimeTypes.TimeInterval) {
    guard nanoseconds > 0 else { throw .refused("there is no such time") }
    resyncs.append("\(nanoseconds) \(within?.nanoseconds ?? 0)")
    return ("entered", .milliseconds(-3))
  }

  func resync(force: Bool, source: String?) throws(ControlError) -> String {
    if source == "nobody" { throw .refused("there is no source nobody") }
    resyncs.append("\(force) \(source ?? "all")")
    return "done"
  }

  func raise(_ event: EventRecord) { server?.record(event) }
}

/// What a client thread found out.
private final class Findings: @unchecked Sendable {
  private let lock = NSLock()
  private var lines: [String] = []
  private var done = false

  func add(_ line: String) { lock.withLock { lines.append(line) } }
  func finish() { lock.withLock { done = true } }
  var all: [String] { lock.withLock { lines } }
  var isDone: Bool { lock.withLock { done } }
}

@Suite("Control server and client over a socket", .serialized)
struct ControlServerTests {
  /// Serves while `body` runs on a thread of its own; what it adds to the findings is returned.
  private func serve(
    _ handler: StubHandler = StubHandler(), during body: @escaping @Sendable (String, Findings) -> Void,
    each step: (ControlServer) -> Void = { _ in }
  ) throws -> [String] {
    let path = "/tmp/tompion-control-test-\(ProcessInfo.processInfo.processIdentifier)/c.sock"
    let loop = try PollLoop(capacity: 32)
    let server = try ControlServer(path: path, loop: .poll(loop), firstToken: 100, handler: handler)
    handler.server = server
    let findings = Findings()
    let thread = Thread {
      body(path, findings)
      findings.finish()
    }
    thread.start()
    let end = RawClock.now() + .seconds(20)
    while !findings.isDone, RawClock.now() < end {
      try loop.wait(until: RawClock.now() + .milliseconds(5))
      while let event = loop.next() { _ = server.handle(event, now: RawClock.now()) }
      server.tick(now: RawClock.now())
      step(server)
    }
    #expect(findings.isDone)
    #expect(SmallFile.attributes(path).map { $0.mode & 0o777 } == 0o660)
    server.close()
    #expect(SmallFile.attributes(path) == nil)
    #expect(server.connectionCount == 0)
    return findings.all
  }

  @Test("every request is answered, several on one connection")
  func answers() throws {
    let handler = StubHandler()
    let found = try serve(handler) { path, findings in
      do {
        let client = try ControlClient(path: path)
        for request in [
          ControlRequest.status, .sources, .providers, .why, .events(since: nil, limit: nil, follow: false),
        ] {
          findings.add(try client.ask(request).encoded)
        }
      } catch { findings.add("\(error)") }
    }
    #expect(handler.queries == 1, "providers are asked what they count where they are looked at")
    try #require(found.count == 5)
    #expect(found[0].contains("\"version\":\"stub\""))
    #expect(found[1].hasPrefix("{\"sources\":[{\"id\":1,"))
    #expect(found[2] == "{\"providers\":[]}")
    #expect(found[3].contains("\"why\":\"The clock is not synchronized"))
    #expect(found[4] == "{\"events\":[],\"last_sequence\":0}")
  }

  @Test("a resync reaches the daemon and leaves an event that names the peer; a refusal comes back")
  func resync() throws {
    let handler = StubHandler()
    let found = try serve(handler) { path, findings in
      do {
        let client = try ControlClient(path: path)
        findings.add(try client.ask(.resync(force: true, source: nil)).encoded)
        findings.add(try client.ask(.events(since: nil, limit: nil, follow: false)).encoded)
        do { findings.add(try client.ask(.resync(force: true, source: "a")).encoded) } catch {
          findings.add("\(error)")
        }
        findings.add(try client.ask(.resync(force: false, source: "nobody")).encoded)
      } catch { findings.add("\(error)") }
    }
    #expect(handler.resyncs == ["true all"])
    try #require(found.count == 4)
    #expect(found[0] == "{\"accepted\":true,\"text\":\"done\"}")
    #expect(found[1].contains("resync --force by user \(getuid()), process \(getpid())"))
    #expect(found[2] == ControlRequest.forceOfOneSource)
    #expect(found[3] == "there is no source nobody")
  }

  @Test("a follower gets each new event in order")
  func follow() throws {
    var sent = 0
    let found = try serve(
      during: { path, findings in
        do {
          let client = try ControlClient(path: path)
          _ = try client.ask(.events(since: nil, limit: nil, follow: true))
          findings.add("following")
          while findings.all.count < 4 {
            if let event = try client.nextEvent() { findings.add("\(event.sequence) \(event.text)") }
          }
        } catch { findings.add("\(error)") }
      },
      each: { server in
        if server.connectionCount == 1, sent < 1000 {
          sent += 1
          server.record(EventRecord(.observing, text: "event"))
        }
      })
    let numbers = found.dropFirst().compactMap { Int($0.prefix { $0 != " " }) }
    #expect(found.first == "following")
    #expect(numbers.count == 3 && numbers == Array((numbers.first ?? 0)..<(numbers.first ?? 0) + 3), "\(found)")
  }

  @Test("more connections than the limit are turned away with a reason")
  func busy() throws {
    let found = try serve { path, findings in
      do {
        var clients: [ControlClient] = []
        for _ in 0..<ControlProtocol.connectionLimit {
          let client = try ControlClient(path: path)
          _ = try client.ask(.why)
          clients.append(client)
        }
        let last = try ControlClient(path: path)
        do {
          _ = try last.ask(.why)
          findings.add("answered")
        } catch { findings.add("\(error)") }
        _ = try clients[0].ask(.why)
        findings.add("the others go on")
      } catch { findings.add("\(error)") }
    }
    #expect(found == ["tompiond already serves 16 connections; try again later", "the others go on"])
  }

  @Test("followers of events leave connections for short commands, and one more of them is told why not")
  func followers() throws {
    let found = try serve { path, findings in
      do {
        var clients: [ControlClient] = []
        let follow = ControlRequest.events(since: nil, limit: 0, follow: true)
        for _ in 0..<ControlProtocol.ownerFollowerLimit {
          let client = try ControlClient(path: path)
          _ = try client.ask(follow)
          clients.append(client)
        }
        // Once more by one that follows already is no new follower.
        _ = try clients[0].ask(follow)
        let last = try ControlClient(path: path)
        do {
          _ = try last.ask(follow)
          findings.add("follows")
        } catch { findings.add("\((error as? ControlError)?.code ?? "?"): \(error)") }
        // The same connection is good for what is short, and so is a new one.
        _ = try last.ask(.events(since: nil, limit: nil, follow: false))
        _ = try ControlClient(path: path).ask(.status)
        findings.add("short commands go on")
      } catch { findings.add("\(error)") }
    }
    #expect(
      found == [
        "busy: 10 others follow the events already, and the connections that are left are for short commands; "
          + "end one of them, or ask without following",
        "short commands go on",
      ])
  }

  @Test("garbage costs a client its connection, and nobody else anything")
  func garbage() throws {
    let found = try serve { path, findings in
      do {
        let rude = try UnixSocket.connect(path)
        try rude.sendAll(Array("{\"request\":\"providers\"}\nGET / HTTP/1.1\r\n\r\n".utf8))
        var reply: [UInt8] = []
        while let bytes = try rude.receive(), !bytes.isEmpty { reply += bytes }
        findings.add(String(decoding: reply, as: UTF8.self))
        findings.add(try ControlClient(path: path).ask(.providers).encoded)
      } catch { findings.add("\(error)") }
    }
    try #require(found.count == 2)
    let replies = found[0].split(separator: "\n", omittingEmptySubsequences: false)
    try #require(replies.count == 3)
    #expect(replies[0] == "{\"tompion\":1,\"reply\":\"providers\",\"body\":{\"providers\":[]}}")
    #expect(replies[1].hasPrefix("{\"tompion\":1,\"error\":\"malformed\"") && replies[2].isEmpty)
    #expect(found[1] == "{\"providers\":[]}")
  }

  @Test("a follower that never reads is dropped; the server stays")
  func slowReader() throws {
    let text = String(repeating: "x", count: 60_000)
    let found = try serve(
      during: { path, findings in
        do {
          let slow = try UnixSocket.connect(path)
          try slow.sendAll(Array("{\"request\":\"events\",\"follow\":true}\n".utf8))
          let other = try ControlClient(path: path)
          var dropped = false
          for _ in 0..<2000 where !dropped {
            guard case .integer(let last)? = try other.ask(.events(since: 0, limit: 0, follow: false))["last_sequence"]
            else { break }
            dropped = last > 80
          }
          findings.add("\(dropped)")
          // Reads what the kernel kept; the end shows that it was dropped.
          var total = 0
          while let bytes = try slow.receive(limit: 65_536), !bytes.isEmpty { total += bytes.count }
          findings.add(total < 60_000 * 80 ? "dropped" : "kept \(total)")
        } catch { findings.add("\(error)") }
      },
      each: { server in
        let hasBegun = server.connectionCount == 2 || server.log.lastSequence > 0
        if hasBegun, server.log.lastSequence < 100 { server.record(EventRecord(.observing, text: text)) }
      })
    #expect(found == ["true", "dropped"])
  }

  @Test("no daemon: the error says what to do")
  func unreachable() {
    let none = #expect(throws: ControlUnreachable.self) { try ControlClient(path: "/tmp/tompion-none/control.sock") }
    #expect(
      none?.description == "cannot reach tompiond at /tmp/tompion-none/control.sock: no such file; is it running?")
  }
}
