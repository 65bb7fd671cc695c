// SPDX-License-Identifier: Apache-2.0

import Diagnosis
import Report
import Testing
import TimeTypes

@Suite("Sources that no server is behind")
struct ReferenceClockFindingsTests {
  private func step(_ state: SourceState, _ error: String = "") -> DiagnosisStep {
    var source = SourceReport(id: SourceID(rawValue: 1), name: "/dev/pps0")
    (source.provider, source.state, source.lastError, source.referenceClock) = ("pps", state, error, true)
    return ReferenceClockFindings.step(source)
  }

  @Test("its state and its last error are told; one that is not followed is a failure")
  func states() {
    for state in SourceState.allCases {
      let found = step(state, "no such device")
      #expect(found.subject == "/dev/pps0" && found.name == .referenceClock)
      #expect(found.finding.contains(state.rawValue) && found.finding.contains("pps"))
      #expect(found.finding.contains("no such device"))
      let isGood = state.isTruechimer || state == .noselect || state == .standby
      #expect(found.outcome == (isGood ? .ok : .failed), "\(found)")
    }
    #expect(step(.waiting).outcome == .skipped, "it has just begun")
  }

  @Test("a provider without any source has its own error")
  func missing() {
    var provider = ProviderReport(name: "phc")
    (provider.state, provider.lastError) = (.failed, "no such module")
    let found = ReferenceClockFindings.missing(provider)
    #expect(found.outcome == .failed && found.finding.contains("failed") && found.finding.contains("no such module"))
  }
}
