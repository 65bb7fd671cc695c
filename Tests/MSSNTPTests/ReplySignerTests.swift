// SPDX-License-Identifier: Apache-2.0

import ProviderKit
import TestSupport
import Testing
import TimeTypes

@testable import MSSNTP

@Suite struct ReplySignerTests {
  private let now = RawInstant(nanoseconds: 5_000_000_000)
  private let peer = SocketAddress(ipv4: 0x0a00_0005, port: 123)

  private func makeSigner(
    refusesShortForm: Bool = false, _ change: (inout ServingLimits) -> Void = { _ in }
  ) throws -> ReplySigner {
    var limits = ServingLimits()
    change(&limits)
    var random = SeededGenerator(seed: 9)
    let known = try #require(makeKeys("new", previous: "old"))
    return ReplySigner(
      holders: [1103: known], daemon: nil, refusesShortForm: refusesShortForm, limits: limits, random: { random.next() }
    )
  }

  private func ask(_ signer: ReplySigner, _ message: [UInt8], _ peer: SocketAddress? = nil) -> ReplySigner.Request {
    signer.unprotect(message.span, length: message.count, peer: peer ?? self.peer, now: now, chance: 1)
  }

  private func answer(_ signer: ReplySigner, _ selection: KeySelection, limit: Int? = nil) -> (
    ReplySigner.Reply, [UInt8]
  ) {
    var bytes = countingHeader + Array(repeating: 0xaa, count: 72)
    var span = bytes.mutableSpan
    var reply = PendingReply()
    reply.selection = selection
    reply.limit = limit ?? selection.form.length
    reply.peer = peer
    let outcome = signer.protect(&span, length: 48, reply, now: now)
    return (outcome, Array(bytes.prefix(selection.form.length)))
  }

  @Test(arguments: MessageForm.allCases)
  func repliesAreAsLongAsRequestsAndProveThemselves(_ form: MessageForm) throws {
    let signer = try makeSigner()
    let selection = KeySelection(rid: 1103, form: form)
    #expect(ask(signer, request(selection)) == .accepted(selection))
    let (outcome, bytes) = answer(signer, selection)
    #expect(outcome == .signed(length: form.length))
    #expect(verifies(try #require(makeKeys("new")), bytes, form))
    #expect(answer(signer, selection, limit: form.length - 1).0 == .refused(.noRoom), "never longer than its request")
    #expect(signer.signed == 1 && signer.takeNotes().isEmpty)
  }

  @Test func unknownAccountsGetSilenceAndCount() throws {
    let signer = try makeSigner()
    #expect(ask(signer, request(KeySelection(rid: 500, form: .authenticator))) == .refused(.unknownAccount))
    #expect(ask(signer, request(KeySelection(rid: 1104, form: .extended))) == .refused(.unknownAccount))
    #expect(ask(signer, Array(requestHeader)) == .other)
    #expect(signer.silences[ReplySigner.Silence.unknownAccount.rawValue] == 2)
  }

  @Test func theShortFormCanBeRefusedAndIsToldOnceADay() throws {
    let signer = try makeSigner(refusesShortForm: true)
    let short = request(KeySelection(rid: 1103, form: .authenticator))
    for _ in 0..<50 { #expect(ask(signer, short) == .refused(.shortForm)) }
    #expect(ask(signer, short, SocketAddress(ipv4: 0x0a00_0006)) == .refused(.shortForm))
    let notes = signer.takeNotes()
    #expect(notes.map(\.event) == [.legacyRequestRefused, .legacyRequestRefused])
    #expect(notes.first?.text.contains("10.0.0.5 in the 68-byte form") == true)
    #expect(signer.takeNotes().isEmpty)
    let long = KeySelection(rid: 1103, form: .extended)
    #expect(ask(signer, request(long)) == .accepted(long))
  }

  /// One host asks for ten thousand accounts, of which one exists: answered within the limits, told once.
  @Test func aSweepIsToldOnce() throws {
    let signer = try makeSigner { $0.clientBurst = 10_000 }
    var accepted = 0
    var passed = 0
    for rid in 1000..<11_000 as Range<UInt32> {
      switch ask(signer, request(KeySelection(rid: rid, form: .authenticator))) {
      case .accepted: accepted += 1
      case .refused(.unknownAccount): passed += 1
      default: break
      }
    }
    #expect(accepted + passed == ServingLimits().distinctRIDs)
    #expect(signer.takeNotes().map(\.event) == [.accountSweep])
    #expect(signer.silences[ReplySigner.Silence.sweeping.rawValue] == 10_000 - 32)
  }

  @Test func aHundredThousandChangedRequestsGetNoLongReplyAndNoTrap() throws {
    let signer = try makeSigner {
      $0.clientBurst = 10_000
      $0.clientRate = 100_000
      $0.ridRate = 100_000
      $0.ridBurst = 10_000
      $0.distinctRIDs = 256
    }
    var random = SeededGenerator(seed: 100_000)
    var signed = 0
    for round in 0..<100_000 {
      let form = MessageForm.allCases[round % 2]
      var message = request(KeySelection(rid: 1103, usesPrevious: round % 3 == 0, form: form))
      if round % 5 == 0 {
        message.removeLast(Int.random(in: 0...message.count, using: &random))
      } else if round % 5 < 4, !message.isEmpty {
        message[Int.random(in: 0..<message.count, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
      }
      guard case .accepted(let selection) = ask(signer, message, SocketAddress(ipv4: UInt32(round))) else { continue }
      let (outcome, _) = answer(signer, selection, limit: message.count)
      if case .signed(let length) = outcome {
        #expect(length == message.count)
        signed += 1
      }
    }
    #expect(signed > 9000)
  }
}
