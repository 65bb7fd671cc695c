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
      tokens.append(pending.token)
      pending.remember(Self.reply(number))
    }
    #expect(Set(tokens).count == 3 && !tokens.contains(0))
    #expect(pending.take(tokens[1])?.socket == 1)
    #expect(pending.take(tokens[1]) == nil, "once")
    #expect(pending.take(tokens[0])?.socket == 0)
    #expect(pending.take(tokens[2])?.socket == 2)
  }

  @Test func theOldestMakesRoomAndALateDecisionFindsNobodyElses() {
    var pending = PendingReplies()
    let first = pending.token
    for number in 0..<UInt32(PendingReplies.capacity) { pending.remember(Self.reply(number)) }
    #expect(pending.take(first) == nil, "its place is the next one's")
    let again = pending.token
    #expect(again != first)
    pending.remember(Self.reply(999))
    #expect(pending.take(first) == nil)
    #expect(pending.take(again)?.socket == 999)
  }

  @Test(arguments: [0, 1, UInt64.max, 0xffff_ffff, 0x1_0000_0100, 0x2_0000_0000] as [UInt64])
  func tokensOfNobodyFindNothing(token: UInt64) {
    var pending = PendingReplies()
    #expect(pending.take(token) == nil)
    pending.remember(Self.reply(1))
    if token != 1 << 32 { #expect(pending.take(token) == nil) }
  }
}
