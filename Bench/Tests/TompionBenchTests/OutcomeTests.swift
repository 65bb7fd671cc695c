// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import TompionBench

struct OutcomeTests {
  @Test
  func aLineHasTheAgreedForm() {
    let outcome = Outcome(
      name: "ring.cross-core", value: 12.3456, unit: "ns/item",
      peer: Outcome.Peer(name: "c++", value: 12, ratio: 1.0288))
    #expect(
      outcome.json
        == #"{"name":"ring.cross-core","value":12.35,"unit":"ns/item","peer":"c++","peer_value":12,"ratio":1.029}"#)
    #expect(Outcome.skip("a.b", "no \"x\" here").json == #"{"name":"a.b","skipped":"no \"x\" here"}"#)
  }

  @Test
  func aLineIsReadAgain() throws {
    let outcome = Outcome(
      name: "x", value: 0.001234, unit: "s", peer: Outcome.Peer(name: "c", value: 100_000, ratio: 0.5))
    let again = try #require(Outcome(json: outcome.json))
    #expect(again.json == outcome.json && again.judged == 0.5)
    #expect(Outcome(json: "no json") == nil)
  }

  @Test(
    arguments: [(0, "0"), (1, "1"), (0.5, "0.5"), (123_456, "123456"), (0.00012346, "0.0001235")] as [(Double, String)])
  func numbersKeepFourDigits(value: Double, text: String) {
    #expect(Outcome.number(value) == text)
  }

  @Test
  func aLimitIsHeldAgainstTheRatio() {
    var outcome = Outcome(name: "x", value: 99, peer: Outcome.Peer(name: "c", value: 100, ratio: 0.99), limit: 1.1)
    #expect(!outcome.isOverLimit)
    outcome.peer = nil
    #expect(outcome.isOverLimit)
    outcome.limit = nil
    outcome.least = 0.97
    #expect(!outcome.isOverLimit)
    outcome.peer?.ratio = 0.96
    #expect(outcome.isOverLimit, "more is better where there is a least")
  }
}
