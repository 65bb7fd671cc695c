// SPDX-License-Identifier: Apache-2.0

import Testing
import TimeTypes

@testable import NTPClient

/// Loss and return of a source's proof, as people hear of them.
@Suite struct ProofNewsTests {
  private func at(_ seconds: Int64) -> RawInstant { RawInstant(nanoseconds: seconds * 1_000_000_000) }

  @Test func whatIsRareIsSaidAtOnce() {
    var news = ProofNews()
    #expect(news.proven(now: at(0)) == nil, "it was never lost")
    #expect(news.unproven(.badAuthentication, now: at(1)) == 0)
    #expect(
      news.unproven(.badAuthentication, now: at(2)) == nil && news.unproven(.badAuthentication, now: at(3)) == nil,
      "once")
    #expect(news.proven(now: at(4)) == 2, "with what was not said")
    #expect(news.proven(now: at(5)) == nil)
    // And so again after a calm hour.
    let later = ProofNews.calm.nanoseconds / 1_000_000_000 + 4
    #expect(news.unproven(.badAuthentication, now: at(later)) == 0 && news.proven(now: at(later + 1)) == 0)
  }

  /// A forger who is sometimes first: two lines, and then one after longer and longer pauses, however fast it goes.
  @Test func whatAlternatesIsCounted() {
    var news = ProofNews()
    var lines: [(second: Int64, untold: UInt32)] = []
    for second in 0..<7200 {
      let line =
        second % 2 == 0
        ? news.unproven(.badAuthentication, now: at(Int64(second))) : news.proven(now: at(Int64(second)))
      if let line { lines.append((Int64(second), line)) }
    }
    #expect(lines.prefix(2).map(\.second) == [0, 1])
    #expect(lines.filter { $0.second < 60 }.count == 2, "\(lines)")
    #expect(lines.count <= 10, "\(lines)")
    for (line, next) in zip(lines.dropFirst(), lines.dropFirst(2)) { #expect(next.second - line.second >= 60) }
    // Nothing is lost: each poll that proved nothing is a line or in the count of one.
    let told = lines.enumerated().reduce(UInt32(0)) { $0 + $1.element.untold }
    let lost = UInt32((lines.last?.second ?? 0) / 2 + 1)
    let said = UInt32(lines.filter { $0.second % 2 == 0 }.count)
    #expect(told + said == lost, "\(told) + \(said) of \(lost)")
  }

  @Test func whatIsSaidElsewhereIsNotSaidHere() {
    var news = ProofNews()
    news.lost()
    #expect(news.unproven(.authenticationUnavailable, now: at(1)) == nil && news.proven(now: at(2)) == 1)
  }

  /// Stripped first, then signed with another key: each is a finding of its own, and together they are no flood.
  @Test func anotherReasonIsSaid() {
    var news = ProofNews()
    #expect(news.unproven(.noAuthentication, now: at(1)) == 0)
    #expect(news.unproven(.noAuthentication, now: at(2)) == nil)
    #expect(news.unproven(.badAuthentication, now: at(3)) == 1, "with what was not said")
    let lines = (4..<7200).count { second in
      news.unproven(second % 2 == 0 ? .noAuthentication : .badAuthentication, now: at(Int64(second))) != nil
    }
    #expect((1...10).contains(lines), "\(lines)")
  }

  @Test func whatComesAfterTheKeysIsSaid() {
    var news = ProofNews()
    news.lost()
    #expect(news.unproven(.badAuthentication, now: at(1)) == 0)
  }
}
