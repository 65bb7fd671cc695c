// SPDX-License-Identifier: Apache-2.0

import Diagnosis
import Report
import Testing
import TimeTypes

@Suite("What tompiond says of a source that has to prove itself")
struct DaemonsWordTests {
  static func running(_ change: (inout SourceReport) -> Void) -> SourceReport {
    var report = SourceReport(id: SourceID(rawValue: 1), name: "a")
    report.proof.scheme = .symmetric
    change(&report)
    return report
  }

  @Test("its last error is told before the first poll, after a proof and after a refusal")
  func lastError() throws {
    for isAsked in [true, false] {
      let unasked = try #require(
        DaemonsWord.step("a", Self.running { $0.lastError = "nothing is sent: no keys" }, isAsked: isAsked))
      #expect(unasked.outcome == .failed && unasked.finding.contains("no keys") && unasked.name == .signedQuery)
      let refused = try #require(
        DaemonsWord.step(
          "a",
          Self.running {
            $0.polls = 3
            $0.proof.refusal = "wrong code"
            $0.lastError = "a late answer"
          }, isAsked: isAsked))
      #expect(refused.outcome == .failed && refused.finding.contains("wrong code"))
      #expect(refused.finding.contains("a late answer") && refused.faults == ["not-authenticated"])
      let proven = try #require(
        DaemonsWord.step(
          "a",
          Self.running {
            $0.proof.isProven = true
            $0.lastError = "a late answer"
          }, isAsked: isAsked))
      #expect(proven.outcome == .ok && proven.finding.contains("a late answer"))
    }
  }

  @Test("no keys are a failure without an error, too; what has not begun is none")
  func quiet() {
    let fresh = Self.running { _ in }
    #expect(DaemonsWord.step("a", fresh, isAsked: true)?.outcome == .skipped)
    let keyless = Self.running { $0.proof.refusal = "no keys" }
    #expect(DaemonsWord.step("a", keyless, isAsked: true)?.outcome == .failed)
    let proven = Self.running { $0.proof.isProven = true }
    #expect(DaemonsWord.step("a", proven, isAsked: true) == nil)
    #expect(DaemonsWord.step("a", proven, isAsked: false)?.outcome == .ok)
    #expect(DaemonsWord.step("a", SourceReport(id: SourceID(rawValue: 1), name: "a"), isAsked: true) == nil)
  }
}
