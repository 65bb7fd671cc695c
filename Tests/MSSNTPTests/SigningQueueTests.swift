// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import TimeTypes

@testable import MSSNTP

@Suite struct SigningQueueTests {
  private func reply(_ token: UInt64, association: UInt32 = 1, deadline: Int64 = 100) -> PendingReply {
    var reply = PendingReply()
    reply.token = token
    reply.association = association
    reply.deadline = RawInstant(nanoseconds: deadline)
    return reply
  }

  private func fill(_ queue: inout SigningQueue, _ tokens: Range<UInt64>) {
    for token in tokens { #expect(queue.add(reply(token)) == true) }
  }

  /// Sends all that may be sent: ids by token.
  private func send(_ queue: inout SigningQueue) -> [UInt64: UInt16] {
    var ids: [UInt64: UInt16] = [:]
    while let next = queue.next() { ids[next.reply.token] = next.id }
    return ids
  }

  @Test func manyAreUnderWayAtOnce() throws {
    var queue = SigningQueue()
    fill(&queue, 0..<256)
    #expect(queue.add(reply(999)) == false, "full")
    let ids = send(&queue)
    #expect(Set(ids.values).count == 256 && queue.askedCount == 256)
    for token in (0..<256 as Range<UInt64>).reversed() {
      #expect(queue.take(try #require(ids[token]))?.token == token, "in any order")
    }
    #expect(queue.isEmpty && queue.askedCount == 0)
  }

  @Test func aLateAnswerIsNobodys() throws {
    var queue = SigningQueue()
    fill(&queue, 0..<1)
    let first = try some(queue.next()).id
    var over: [UInt64] = []
    queue.expire(RawInstant(nanoseconds: 100)) { over.append($0.token) }
    #expect(over == [0])
    fill(&queue, 1..<2)
    let second = try some(queue.next()).id
    #expect(first != second)
    #expect(queue.take(first) == nil)
    #expect(queue.take(second)?.token == 1)
    #expect(queue.take(second) == nil, "once")
  }

  @Test func unknownIdsAreNobodys() throws {
    var queue = SigningQueue()
    fill(&queue, 0..<2)
    let id = try some(queue.next()).id
    for other in 0...UInt16.max where other != id { #expect(queue.take(other) == nil) }
    #expect(queue.take(id) != nil)
  }

  /// One account ends the connection each time it is asked for: it alone is over, all others are signed.
  @Test func whoEndsTheConnectionIsFoundOut() throws {
    var queue = SigningQueue()
    fill(&queue, 0..<10)
    let poison: UInt64 = 4
    var signed: [UInt64] = []
    var over: [UInt64] = []
    var connections = 1
    _ = send(&queue)
    queue.connectionEnded { over.append($0.token) }
    while !queue.isEmpty {
      connections += 1
      var isOpen = true
      while isOpen {
        let ids = send(&queue)
        #expect(ids.count <= 1, "one at a time")
        guard let (token, id) = ids.first else { break }
        if token == poison {
          queue.connectionEnded { over.append($0.token) }
          isOpen = false
        } else {
          #expect(queue.take(id)?.token == token)
          signed.append(token)
        }
      }
    }
    #expect(over == [poison])
    #expect(Set(signed) == Set((0..<10).filter { $0 != poison }))
    #expect(connections <= 3)
    fill(&queue, 20..<25)
    #expect(send(&queue).count == 5, "and all at once again")
  }

  @Test func whatWaitsKeepsItsPlaceBehindThoseThatWereLost() throws {
    var queue = SigningQueue()
    fill(&queue, 0..<1)
    _ = try some(queue.next())
    fill(&queue, 1..<3)
    queue.connectionEnded { _ in Issue.record("asked once only") }
    let again = try some(queue.next())
    #expect(again.reply.token == 0)
    let nothing = queue.next()
    #expect(nothing == nil)
    #expect(queue.take(again.id) != nil)
    #expect(send(&queue).keys.sorted() == [1, 2])
  }

  @Test func deadlinesAndAssociationsEnd() {
    var queue = SigningQueue()
    for token in 0..<6 as Range<UInt64> {
      #expect(queue.add(reply(token, association: token < 3 ? 1 : 2, deadline: Int64(10 * token))) == true)
    }
    #expect(queue.deadline == RawInstant(nanoseconds: 0))
    queue.forget(1)
    #expect(queue.deadline == RawInstant(nanoseconds: 30) && queue.count == 3)
    var over: [UInt64] = []
    queue.expire(RawInstant(nanoseconds: 40)) { over.append($0.token) }
    #expect(over == [3, 4])
    let next = queue.next()
    #expect(next?.reply.token == 5)
    queue.removeAll { over.append($0.token) }
    #expect(over == [3, 4, 5] && queue.isEmpty && queue.deadline == nil)
  }

  /// Against a plain model: nothing is lost, nothing is told twice, nothing is kept for ever.
  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func randomUseKeepsTheCount(_ seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var queue = SigningQueue()
    var alive: Set<UInt64> = []
    var asked: [UInt16: UInt64] = [:]
    var next: UInt64 = 0
    var now: Int64 = 0
    func end(_ token: UInt64) { #expect(alive.remove(token) != nil) }
    for _ in 0..<5000 {
      now += 1
      switch Int.random(in: 0..<20, using: &random) {
      case 0:
        queue.connectionEnded { end($0.token) }
        asked = [:]
      case 1: queue.expire(RawInstant(nanoseconds: now)) { end($0.token) }
      case 2...9:
        if queue.add(reply(next, deadline: now + Int64.random(in: 1...300, using: &random))) { alive.insert(next) }
        next += 1
      case 10...14: if let (id, reply) = queue.next() { asked[id] = reply.token }
      default:
        guard let (id, token) = asked.randomElement(using: &random) else { continue }
        asked[id] = nil
        if let taken = queue.take(id) {
          #expect(taken.token == token)
          end(token)
        }
      }
      #expect(queue.count == alive.count)
    }
    queue.removeAll { end($0.token) }
    #expect(alive.isEmpty && queue.isEmpty && queue.askedCount == 0)
  }
}
