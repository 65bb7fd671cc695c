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

  @Test("a proof counts while its source is heard; what the daemon says is told, and a fault counts once")
  func unreachable() throws {
    let gone = Self.running {
      ($0.proof.isProven, $0.proof.key, $0.state, $0.polls) = (true, 8, .unreachable, 20)
      $0.lastError = "connection refused"
    }
    #expect(!gone.isProven && gone.proofText == "was key 8")
    for name in [DiagnosisStep.Name.port, .name, .signedQuery] {
      let told = [DiagnosisStep(name, "a", .failed, "x", faults: ["port-refused"])]
      let step = try #require(DaemonsWord.step("a", gone, isAsked: false, told: told))
      #expect(step.outcome == .skipped && step.faults.isEmpty && step.cause.isEmpty)
      #expect(step.finding.contains("was key 8") && step.finding.contains("connection refused"), "\(step)")
    }
    // That it is never asked is another fault than that nobody would answer.
    let unasked = Self.running { $0.lastError = "nothing is sent: no key 7" }
    let refused = [DiagnosisStep(.port, "a", .failed, "x", faults: ["port-refused"])]
    #expect(DaemonsWord.step("a", unasked, isAsked: false, told: refused)?.outcome == .failed)
    let alone = try #require(DaemonsWord.step("a", gone, isAsked: false))
    #expect(alone.outcome == .failed && alone.faults == ["unreachable"])
    // Not heard any more is enough, whatever selection calls it.
    let silent = Self.running { ($0.proof.isProven, $0.reach, $0.polls, $0.state) = (true, 0, 9, .noselect) }
    #expect(DaemonsWord.step("a", silent, isAsked: true)?.outcome == .failed)
  }

  @Test("the cause is the daemon's own", arguments: ["nothing is sent: no key 7: its time is over", ""])
  func cause(error: String) throws {
    let report = Self.running {
      $0.lastError = error
      $0.proof.refusal = "wrong code"
    }
    let other = DiagnosisStep(.plainQuery, "a", .failed, "x", faults: ["offset"])
    let step = try #require(DaemonsWord.step("a", report, isAsked: false, told: [other]))
    #expect(step.outcome == .failed && step.cause.contains(error.isEmpty ? "wrong code" : error), "\(step)")
    #expect(!step.cause.contains("provider of the scheme"))
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
