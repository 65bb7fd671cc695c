// SPDX-License-Identifier: Apache-2.0

import ProviderKit
import Testing
import TimeTypes

@testable import NTPServer

@Suite struct PendingRepliesTests {
  static func reply(_ number: UInt32) -> PendingReplies.Reply {
    PendingReplies.Reply(
      socket: number, peer: .none, local: .none, interface: 0, limit: 68, since: RawInstant(nanoseconds: 0),
      announced: .zero)
  }

  @Test func eachIsTakenOnceByItsToken() {
    var pending = PendingReplies()
    var tokens: [UInt64] = []
    for number in 0..<3 as Range<UInt32> {
      tokens.append(pending.makeToken())
      // Whoever is not left pending has had a token, too.
      _ = pending.makeToken()
      pending.remember(Self.reply(number), token: tokens[Int(number)])
    }
    #expect(Set(tokens).count == 3 && !tokens.contains(0))
    #expect(pending.take(tokens[1])?.socket == 1)
    #expect(pending.take(tokens[1]) == nil, "once")
    #expect(pending.take(tokens[0])?.socket == 0)
    #expect(pending.take(tokens[2])?.socket == 2)
  }

  @Test func theOldestMakesRoomAndALateDecisionFindsNobodyElses() {
    var pending = PendingReplies()
    let tokens = (0...PendingReplies.capacity).map { _ in pending.makeToken() }
    #expect(Set(tokens).count == tokens.count)
    for number in 0..<PendingReplies.capacity { pending.remember(Self.reply(UInt32(number)), token: tokens[number]) }
    let last = PendingReplies.capacity
    pending.remember(Self.reply(UInt32(last)), token: tokens[last])
    #expect(pending.take(tokens[0]) == nil, "its place is the last one's")
    #expect(pending.take(tokens[1])?.socket == 1)
    #expect(pending.take(tokens[last])?.socket == UInt32(last))
    #expect(pending.take(tokens[last - 1])?.socket == UInt32(last - 1))
  }

  @Test(arguments: [0, 2, UInt64.max, 0xffff_ffff, 0x1_0000_0001] as [UInt64])
  func tokensOfNobodyFindNothing(token: UInt64) {
    var pending = PendingReplies()
    #expect(pending.take(token) == nil)
    pending.remember(Self.reply(1), token: pending.makeToken())
    #expect(pending.take(token) == nil)
    #expect(pending.take(1) != nil)
    #expect(pending.take(token) == nil)
  }
}
