// SPDX-License-Identifier: Apache-2.0

import LinuxKernel
import Testing
import TimeTypes

@testable import ProviderHost

@Suite struct NameResolverTests {
  /// Numeric, and so at once: no network is asked.
  @Test func answersComeOnceAndInOrder() {
    let resolver = NameResolver(waker: nil)
    #expect(resolver.next() == nil)
    #expect(resolver.start("127.0.0.1", family: 0, token: 7))
    #expect(resolver.start("::1", family: 0, token: 8))
    let first = resolver.next()
    #expect(first?.token == 7 && first?.addresses.count == 1)
    #expect(resolver.next()?.token == 8)
    #expect(resolver.next() == nil)
  }

  @Test func forgottenAnswersDoNotCome() {
    let resolver = NameResolver(waker: nil)
    #expect(resolver.start("127.0.0.1", family: 0, token: 7))
    resolver.forget()
    #expect(resolver.next() == nil)
  }

  @Test func anAnswerOfAThreadWakesTheLoop() throws {
    let loop = try PollLoop(capacity: 1)
    let resolver = NameResolver(waker: loop.waker)
    #expect(resolver.start("127.0.0.1", family: 0, token: 9))
    let end = RawClock.now() + .seconds(10)
    var answer = resolver.next()
    while answer == nil, RawClock.now() < end {
      try loop.wait(until: end)
      answer = resolver.next()
    }
    #expect(answer?.token == 9)
  }
}
