// SPDX-License-Identifier: Apache-2.0

import Diagnosis
import Testing

@Suite("The steps of a source")
struct SourceDiagnosisTests {
  static func outcomes(_ diagnosis: SourceDiagnosis) -> [String] {
    diagnosis.steps.map { "\($0.name.rawValue) \($0.outcome.rawValue)" }
  }

  @Test("all is well, with a key")
  func well() {
    var diagnosis = SourceDiagnosis(name: "a.example", unsigned: nil)
    #expect(diagnosis.next == .resolve)
    diagnosis.resolved(to: "192.0.2.1:123")
    #expect(diagnosis.next == .ask)
    diagnosis.asked(Replies.query, Replies.answered(Replies.packet()))
    #expect(diagnosis.next == .askSigned)
    diagnosis.askedSigned(Query.Judgement(faults: []), key: 7)
    #expect(diagnosis.next == .finished)
    #expect(Self.outcomes(diagnosis) == ["name ok", "port ok", "plain-query ok", "signed-query ok"])
    #expect(diagnosis.steps.last?.finding.contains("key 7") == true)
  }

  @Test("a name without an address ends it")
  func nameless() {
    for isTemporary in [true, false] {
      var diagnosis = SourceDiagnosis(name: "a.example", unsigned: nil)
      diagnosis.unresolved("no such name", isTemporary: isTemporary)
      #expect(diagnosis.next == .finished)
      #expect(
        Self.outcomes(diagnosis) == ["name failed", "port skipped", "plain-query skipped", "signed-query skipped"])
      #expect(
        diagnosis.steps[0].faults == [isTemporary ? "resolver-failed" : "no-address"]
          && !diagnosis.steps[0].cause.isEmpty)
    }
  }

  @Test("refused, unreachable and silent are told apart, and public servers tell more")
  func port() {
    for (outcome, fault) in [
      (QueryOutcome.refused, "port-refused"), (.unreachable("no route"), "unreachable"),
      (.silent(seconds: 4), "silent"), (.notSent("x"), "not-sent"),
    ] {
      var diagnosis = SourceDiagnosis(name: "192.0.2.1", elsewhere: true, unsigned: nil)
      diagnosis.resolved(to: "192.0.2.1:123")
      #expect(diagnosis.steps[0].finding == "an address")
      diagnosis.asked(Replies.query, outcome)
      #expect(Self.outcomes(diagnosis) == ["name ok", "port failed", "plain-query skipped", "signed-query skipped"])
      #expect(diagnosis.steps[1].faults == [fault] && diagnosis.next == .finished)
    }
    var diagnosis = SourceDiagnosis(name: "192.0.2.1", elsewhere: true, unsigned: nil)
    diagnosis.resolved(to: "192.0.2.1:123")
    diagnosis.asked(Replies.query, .silent(seconds: 4))
    #expect(diagnosis.steps[1].cause.hasPrefix("Public servers answer"))
  }

  @Test("a wrong answer fails the plain query, and the signed one is still asked; without a key it says why not")
  func plain() {
    var diagnosis = SourceDiagnosis(name: "a", unsigned: nil)
    diagnosis.resolved(to: "192.0.2.1:123")
    diagnosis.asked(Replies.query, Replies.answered(Replies.packet(stratum: 16)))
    #expect(diagnosis.next == .askSigned)
    diagnosis.couldNotSign("key 7 is in no key file", cause: "c")
    #expect(Self.outcomes(diagnosis) == ["name ok", "port ok", "plain-query failed", "signed-query failed"])
    for stratum in [2, 16] as [UInt8] {
      var bare = SourceDiagnosis(name: "a", unsigned: "no key is set")
      bare.resolved(to: "192.0.2.1:123")
      bare.asked(Replies.query, Replies.answered(Replies.packet(stratum: stratum)))
      #expect(bare.next == .finished && bare.steps.last == DiagnosisStep(.signedQuery, "a", .skipped, "no key is set"))
    }
  }

  @Test("what is out of turn changes nothing")
  func outOfTurn() {
    var diagnosis = SourceDiagnosis(name: "a", unsigned: nil)
    diagnosis.asked(Replies.query, .refused)
    diagnosis.askedSigned(Query.Judgement(faults: []), key: 1)
    diagnosis.couldNotSign("x", cause: "y")
    #expect(diagnosis.steps.isEmpty && diagnosis.next == .resolve)
    diagnosis.unresolved("x", isTemporary: false)
    diagnosis.resolved(to: "1.2.3.4:123")
    #expect(diagnosis.steps.count == 4)
  }
}
