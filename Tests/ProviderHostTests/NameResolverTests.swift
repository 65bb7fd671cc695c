// SPDX-License-Identifier: Apache-2.0

import LinuxKernel
import Testing
import TimeTypes

@testable import ProviderHost

@Suite struct NameResolverTests {
  /// Numeric, and so at once: no network is asked.
  @Test func answersComeOnceAndInOrder() {
    let resolver = NameResolver(waker: nil)
    #expect(!resolver.hasAnswers && resolver.next() == nil)
    #expect(resolver.start("127.0.0.1", family: 0, token: 7))
    #expect(resolver.start("::1", family: 0, token: 8))
    #expect(resolver.hasAnswers)
    let first = resolver.next()
    #expect(first?.token == 7 && first?.addresses.count == 1)
    #expect(resolver.hasAnswers)
    #expect(resolver.next()?.token == 8)
    #expect(!resolver.hasAnswers && resolver.next() == nil)
  }

  @Test func forgottenAnswersDoNotCome() {
    let resolver = NameResolver(waker: nil)
    #expect(resolver.start("127.0.0.1", family: 0, token: 7))
    resolver.forget()
    #expect(!resolver.hasAnswers && resolver.next() == nil)
  }

  @Test func anAnswerOfAThreadWakesTheLoop() throws {
    let loop = try PollLoop(capacity: 1)
    let resolver = NameResolver(waker: loop.waker)
    #expect(resolver.start("127.0.0.1", family: 0, token: 9))
    let end = RawClock.now() + .seconds(10)
    while !resolver.hasAnswers, RawClock.now() < end { try loop.wait(until: end) }
    #expect(resolver.next()?.token == 9)
  }
}
