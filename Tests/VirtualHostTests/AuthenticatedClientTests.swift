// SPDX-License-Identifier: Apache-2.0

import CTompionProvider
import NTPWire
import ProviderHost
import Simulation
import TestSupport
import Testing
import TimeTypes
import VirtualHost

/// The client's binary with an authenticator in virtual time: what proves itself is measured, and nothing else moves anything.
@Suite(.serialized) struct AuthenticatedClientTests {
  /// The events of a provider since they were last looked at.
  private func messages(_ provider: VirtualProvider) -> [(number: UInt32, text: String)] {
    var events: [(UInt32, String)] = []
    while let message = provider.outbox.messages.next() {
      if case .event(let number, _) = message.kind { events.append((number, message.text)) }
    }
    return events
  }

  private func events(_ provider: VirtualProvider) -> [UInt32] { messages(provider).map(\.number) }

  private func shown(_ provider: VirtualProvider) -> ProviderSource? { provider.outbox.sources.snapshot().first }

  @Test(arguments: [false, true])
  func provenRepliesAreMeasuredAndSaidToBe(pending: Bool) throws {
    let keyed = try KeyedScene(pending: pending)
    let client = try keyed.startClient()
    if pending { keyed.runDeciding(seconds: 60) } else { keyed.run(seconds: 60) }
    let samples = client.drain()
    #expect(samples.count >= 4, "\(client.messages())")
    for sample in samples {
      #expect(sample.flags.contains(.authenticated))
      #expect(abs(keyed.scene.error(of: sample)) <= ExchangeTests.resolution)
    }
    #expect(keyed.requests.allSatisfy { KeyedCode.isSigned($0, key: 7) }, "every request proves itself")
    #expect(Set(keyed.requests.map { Array($0[40..<48]) }).count == keyed.requests.count, "with a nonce of its own")
    let source = try #require(shown(client))
    #expect(source.summary.has(TOMPION_SOURCE_AUTHENTICATED) && source.summary.has(TOMPION_SOURCE_MUST_AUTHENTICATE))
    #expect(source.proofScheme == UInt8(TOMPION_PROOF_SYMMETRIC) && source.proofKey == 7 && source.proofRefusal == 0)
    #expect(source.rejected == 0 && client.outbox.counters.misbehaviour == 0)
    #expect(keyed.authenticator.outbox.counters.misbehaviour == 0)
  }

  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    /// TOMPION_REFUSE_* or TOMPION_SOURCE_PROOF_*.
    var refusal: Int32
    var event: UInt32
    /// What comes in the place of the signed reply.
    var forge: @Sendable (_ reply: [UInt8], _ request: [UInt8]) -> [UInt8]
  }

  private static let ahead = UInt64(1) << 32

  /// The reply's timestamps one second ahead.
  @Sendable private static func shifted(_ reply: [UInt8]) -> [UInt8] {
    guard var packet = try? NTPPacket(parsing: reply.span) else { return reply }
    packet.receive = NTPTimestamp(rawValue: packet.receive.rawValue &+ ahead)
    packet.transmit = NTPTimestamp(rawValue: packet.transmit.rawValue &+ ahead)
    return KeyedScene.bytes(packet)
  }

  @Sendable private static func kiss(_ request: [UInt8], _ code: String) -> [UInt8] {
    guard let asked = try? NTPPacket(parsing: request.span) else { return [] }
    return KeyedScene.reply(
      to: asked, at: RawInstant(nanoseconds: 0), stratum: 0,
      referenceID: code.utf8.reduce(0) { $0 << 8 | UInt32($1) })
  }

  static let cases: [Case] = [
    Case(testDescription: "timestamps moved", refusal: TOMPION_REFUSE_BAD_CODE, event: 26) { reply, _ in
      shifted(reply) + reply.suffix(20)
    },
    Case(testDescription: "a bit of the code", refusal: TOMPION_REFUSE_BAD_CODE, event: 26) { reply, _ in
      reply.dropLast() + [reply[67] ^ 1]
    },
    Case(testDescription: "leap announced", refusal: TOMPION_REFUSE_BAD_CODE, event: 26) { reply, _ in
      [reply[0] | 0x40] + reply.dropFirst()
    },
    Case(testDescription: "made with key 8", refusal: TOMPION_REFUSE_UNKNOWN_KEY, event: 26) { reply, _ in
      KeyedCode.signed(shifted(reply), key: 8)
    },
    Case(testDescription: "key 8's code said to be of 7", refusal: TOMPION_REFUSE_BAD_CODE, event: 26) { reply, _ in
      shifted(reply) + KeyedCode.trailer(key: 7, over: []).prefix(4)
        + KeyedCode.trailer(key: 8, over: shifted(reply)).suffix(16)
    },
    Case(testDescription: "key 0", refusal: TOMPION_REFUSE_UNKNOWN_KEY, event: 26) { reply, _ in
      KeyedCode.signed(shifted(reply), key: 0)
    },
    Case(testDescription: "no code", refusal: TOMPION_SOURCE_PROOF_MISSING, event: 27) { reply, _ in shifted(reply) },
    Case(testDescription: "crypto-NAK", refusal: TOMPION_SOURCE_PROOF_NAK, event: 27) { reply, _ in
      reply.prefix(48) + [0, 0, 0, 0]
    },
    Case(testDescription: "the request's own code", refusal: TOMPION_REFUSE_BAD_CODE, event: 26) { reply, request in
      shifted(reply) + request.suffix(20)
    },
    Case(testDescription: "half a code", refusal: TOMPION_REFUSE_MALFORMED, event: 27) { reply, _ in
      Array(reply.prefix(58))
    },
    Case(testDescription: "two codes", refusal: TOMPION_REFUSE_MALFORMED, event: 27) { reply, _ in
      reply + reply.suffix(20)
    },
    Case(testDescription: "DENY without a code", refusal: TOMPION_SOURCE_PROOF_MISSING, event: 27) { _, request in
      kiss(request, "DENY")
    },
    Case(testDescription: "RATE with another's code", refusal: TOMPION_REFUSE_UNKNOWN_KEY, event: 26) { _, request in
      KeyedCode.signed(kiss(request, "RATE"), key: 9)
    },
  ]

  @Test(arguments: cases)
  func whatIsForgedIsNotTaken(_ forged: Case) throws {
    let keyed = try KeyedScene()
    keyed.attack = { reply, request in [.init(forged.forge(reply, request))] }
    let client = try keyed.startClient(options: ["min_poll": .integer(4), "max_poll": .integer(4)])
    keyed.run(seconds: 300)
    #expect(client.drain().isEmpty)
    let source = try #require(shown(client))
    #expect(source.replies == 0 && source.rejected == UInt32(keyed.requests.count), "\(source)")
    #expect(keyed.requests.count > 8, "and it goes on asking")
    #expect(source.proofRefusal == UInt8(forged.refusal) && source.proofKey == 0)
    #expect(!source.summary.has(TOMPION_SOURCE_AUTHENTICATED))
    let told = messages(client)
    #expect(told.map(\.number).filter { [25, 26, 27, 590].contains($0) } == [forged.event], "said once")
    let silent = told.filter { $0.number == 47 }
    #expect(silent.count == 1 && silent[0].text.contains("no valid reply in 8 polls ("), "and why it counts as silent")
    #expect(client.outbox.counters.misbehaviour == 0)
  }

  /// Whoever sees the requests can answer first, with the right nonce: the true reply, later, is taken all the same.
  @Test func forgeriesAheadOfTheTrueReplyAreInVain() throws {
    let keyed = try KeyedScene()
    keyed.attack = { reply, request in
      Self.cases.map { .init($0.forge(reply, request)) } + [.init(reply, after: .milliseconds(1))]
    }
    let client = try keyed.startClient()
    keyed.run(seconds: 200)
    let samples = client.drain()
    #expect(samples.count >= 10)
    for sample in samples {
      #expect(sample.flags.contains(.authenticated))
      // The true one was held for a millisecond: an error of half of that.
      #expect(abs(keyed.scene.error(of: sample)) <= 500_000 + ExchangeTests.resolution)
    }
    let source = try #require(shown(client))
    #expect(source.rejected == UInt32(Self.cases.count * keyed.requests.count))
    #expect(source.summary.has(TOMPION_SOURCE_AUTHENTICATED))
    #expect(events(client).filter { [25, 26, 27, 590].contains($0) }.isEmpty)
  }

  /// 100,000 altered replies with the right nonce: any bit, any length, any bytes behind the header. None is taken, none does harm.
  @Test func aHundredThousandMutations() throws {
    var random = SimulationRandom(seed: 11)
    let keyed = try KeyedScene()
    var sent = 0
    keyed.attack = { reply, _ in
      var out: [VirtualStub.Reply] = []
      for index in 0..<500 {
        var bytes = reply
        switch index % 4 {
        case 0:
          // Not the nonce: that is refused before.
          let place = Int(random.next() % 60)
          bytes[place < 24 ? place : place + 8] ^= 1 << UInt8(random.next() % 8)
        case 1: bytes = Array(bytes.prefix(48 + Int(random.next() % 20)))
        case 2:
          bytes = Array(bytes.prefix(48))
          bytes += (0..<Int(random.next() % 120)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        default:
          for _ in 0..<3 { bytes[Int(random.next() % 24)] = UInt8(truncatingIfNeeded: random.next()) }
        }
        guard bytes != reply else { continue }
        out.append(.init(bytes, after: TimeInterval(nanoseconds: Int64(index) * 1000)))
      }
      sent += out.count
      return out + [.init(reply, after: .milliseconds(1))]
    }
    let client = try keyed.startClient(
      options: ["min_poll": .integer(2), "max_poll": .integer(2), "iburst": .boolean(false)])
    for _ in 0..<9 { keyed.run(seconds: 100) }
    let samples = client.drain()
    #expect(sent >= 100_000, "\(sent)")
    #expect(samples.count == keyed.requests.count && samples.allSatisfy { $0.flags.contains(.authenticated) })
    for sample in samples { #expect(abs(keyed.scene.error(of: sample)) <= 500_000 + ExchangeTests.resolution) }
    #expect(shown(client)?.rejected == UInt32(sent))
    #expect(client.outbox.counters.misbehaviour == 0)
  }

  /// A scheme, or a key, that is not there: nothing is sent, and never without proof.
  @Test(arguments: ["nts", "ms-sntp", "key:1000"])
  func whatIsNotThereIsNotLeftOut(auth: String) throws {
    let keyed = try KeyedScene()
    let client = try keyed.startClient(auth: auth)
    keyed.run(seconds: 20_000)
    #expect(keyed.requests.isEmpty && keyed.scene.world.datagrams == 0)
    let source = try #require(shown(client))
    #expect(source.lastError.hasPrefix("nothing is sent"), "\(source.lastError)")
    #expect(source.lastError.contains(auth.hasPrefix("key") ? "1000" : "\"\(auth)\" is loaded"), "\(source.lastError)")
    #expect(source.proofRefusal == UInt8(TOMPION_REFUSE_UNAVAILABLE))
    #expect(events(client).filter { $0 == 25 }.count == 1, "said once")
  }

  @Test func keysThatComeLaterAreWaitedFor() throws {
    let keyed = try KeyedScene()
    keyed.attack = { reply, _ in [.init(KeyedCode.signed(Array(reply.prefix(48)), key: 500))] }
    let client = try keyed.startClient(auth: "key:500")
    keyed.run(seconds: 500)
    #expect(keyed.requests.isEmpty && shown(client)?.lastError.contains("waiting for the keys of key 500") == true)
    keyed.authenticator.instance.command(101)
    keyed.run(seconds: 60)
    #expect(client.drain().count >= 4 && keyed.requests.allSatisfy { KeyedCode.isSigned($0, key: 500) })
    #expect(events(client).filter { [25, 26, 27, 590].contains($0) }.isEmpty)
  }

  @Test func keysThatAreLostStopIt() throws {
    let keyed = try KeyedScene()
    let client = try keyed.startClient(options: ["min_poll": .integer(3), "max_poll": .integer(3)])
    keyed.run(seconds: 60)
    #expect(client.drain().count >= 4)
    keyed.authenticator.instance.command(102)
    let sent = keyed.requests.count
    keyed.run(seconds: 1000)
    #expect(keyed.requests.count == sent && client.drain().isEmpty)
    let lost = try #require(shown(client))
    #expect(lost.lastError.contains("the key file is gone") && lost.summary.reach == 0)
    #expect(!lost.summary.has(TOMPION_SOURCE_AUTHENTICATED))
    keyed.authenticator.instance.command(101)
    keyed.run(seconds: 60)
    #expect(client.drain().count >= 4 && shown(client)?.summary.has(TOMPION_SOURCE_AUTHENTICATED) == true)
    #expect(events(client).filter { [25, 26, 27, 590].contains($0) } == [25, 590])
  }

  @Test func anAuthenticatorThatEndsTakesItsSourcesAlong() throws {
    let keyed = try KeyedScene()
    let client = try keyed.startClient(options: ["min_poll": .integer(3), "max_poll": .integer(3)])
    keyed.run(seconds: 60)
    #expect(!client.drain().isEmpty)
    keyed.authenticator.instance.close()
    let sent = keyed.requests.count
    keyed.run(seconds: 10_000)
    #expect(keyed.requests.count == sent && client.drain().isEmpty)
    #expect(shown(client)?.lastError.hasPrefix("nothing is sent") == true)
    #expect(events(client).filter { $0 == 25 }.count == 1)
  }

  @Test func everyMemberOfAPoolProvesItself() throws {
    let keyed = try KeyedScene()
    let client = try keyed.startClient(address: "signed.example", options: ["pool": .boolean(true)])
    keyed.run(seconds: 100)
    let samples = client.drain()
    #expect(Set(samples.map(\.source)).count == 4 && samples.allSatisfy { $0.flags.contains(.authenticated) })
    #expect(keyed.requests.allSatisfy { KeyedCode.isSigned($0, key: 7) })
  }

  /// Another address after silence, and the provider stopped and started: requests go on proving themselves.
  @Test func aNewAddressAndANewStartKeepTheKey() throws {
    let keyed = try KeyedScene()
    let client = try keyed.startClient(
      address: "signed.example", options: ["min_poll": .integer(3), "max_poll": .integer(3)])
    keyed.run(seconds: 60)
    #expect(!client.drain().isEmpty)
    keyed.attack = { _, _ in [] }
    keyed.run(seconds: 200)
    keyed.attack = { reply, _ in [.init(reply)] }
    keyed.run(seconds: 60)
    #expect(!client.drain().isEmpty && keyed.requests.allSatisfy { KeyedCode.isSigned($0, key: 7) })
    client.instance.stop()
    let sent = keyed.requests.count
    keyed.run(seconds: 60)
    #expect(keyed.requests.count == sent)
    try client.instance.start()
    keyed.run(seconds: 60)
    #expect(!client.drain().isEmpty && keyed.requests.allSatisfy { KeyedCode.isSigned($0, key: 7) })
  }

  /// A plain source beside them is as it was: 48 bytes, and what a stranger puts behind its replies says nothing.
  @Test func aPlainSourceAsksForNothing() throws {
    let keyed = try KeyedScene()
    let client = try keyed.startClient(auth: "none")
    keyed.run(seconds: 60)
    let samples = client.drain()
    #expect(samples.count >= 4 && samples.allSatisfy { !$0.flags.contains(.authenticated) })
    #expect(keyed.requests.allSatisfy { $0.count == 48 })
    let source = try #require(shown(client))
    #expect(!source.summary.has(TOMPION_SOURCE_AUTHENTICATED | TOMPION_SOURCE_MUST_AUTHENTICATE))
    #expect(source.proofScheme == 0 && source.proofRefusal == 0)
  }
}
