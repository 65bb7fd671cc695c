// SPDX-License-Identifier: Apache-2.0

import Diagnosis
import Report
import Testing
import TimeTypes

@Suite("A configuration beside what runs")
struct ConfigurationDifferenceTests {
  static func source(_ name: String, _ address: String) -> SourceReport {
    var source = SourceReport(id: SourceID(rawValue: 1), name: name)
    (source.address, source.provider) = (address, "ntp-client")
    return source
  }

  static func provider(_ name: String) -> ProviderReport { ProviderReport(name: name) }

  static var alike: ConfigurationDifference {
    var difference = ConfigurationDifference(file: "t.toml")
    (difference.sources, difference.providers) = (["a.example", "192.0.2.7", "2001:db8::1"], ["ntp-client"])
    return difference
  }

  static let running = [
    source("A.example", "192.0.2.1:123"), source("192.0.2.7", "192.0.2.7:123"), source("six", "[2001:db8::1]:1123"),
  ]

  static func differences(
    _ change: (inout ConfigurationDifference) -> Void, sources: [SourceReport] = running,
    providers: [String] = ["ntp-client"]
  )
    -> DiagnosisStep
  {
    var difference = alike
    change(&difference)
    return difference.step(running: (sources, providers.map(provider)))
  }

  @Test("alike, wrong, or nobody to ask")
  func alone() {
    #expect(Self.differences { _ in }.outcome == .ok)
    #expect(Self.alike.step(running: nil).outcome == .ok)
    let wrong = Self.differences { $0.errors = ["t.toml:2: bad", "t.toml:3: bad"] }
    #expect(
      wrong.faults == ["configuration-wrong"] && wrong.finding == "t.toml:2: bad (and 1 more; see tompion config check)"
    )
    #expect(Self.differences { $0.warnings = ["w"] }.finding.contains("a warning"))
  }

  @Test("each difference is named")
  func differing() {
    func check(_ step: DiagnosisStep, _ word: String) {
      #expect(step.faults == ["configuration-differs"] && step.finding.contains(word), "\(step)")
    }
    check(Self.differences { $0.sources.insert("new.example") }, "new.example of the file")
    check(Self.differences { $0.sources.remove("a.example") }, "has the source A.example")
    check(Self.differences { $0.providers.insert("ntp-server") }, "ntp-server does not run")
    check(Self.differences({ _ in }, providers: ["ntp-client", "gnss"]), "gnss runs")
    check(Self.differences { ($0.written, $0.started) = (101, 100) }, "changed after")
    #expect(Self.differences { ($0.written, $0.started) = (100, 100) }.outcome == .ok)
  }
}
