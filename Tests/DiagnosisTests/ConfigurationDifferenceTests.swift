// SPDX-License-Identifier: Apache-2.0

import Diagnosis
import Report
import Testing
import TimeTypes

@Suite("A configuration beside what runs")
struct ConfigurationDifferenceTests {
  static func source(
    _ name: String, _ address: String, _ scheme: SourceProof.Scheme = .none, key: UInt32? = nil
  ) -> SourceReport {
    var source = SourceReport(id: SourceID(rawValue: 1), name: name)
    (source.address, source.provider) = (address, "ntp-client")
    (source.proof.scheme, source.proof.key) = (scheme, key)
    return source
  }

  static func provider(_ name: String) -> ProviderReport { ProviderReport(name: name) }

  static var alike: ConfigurationDifference {
    var difference = ConfigurationDifference(file: "t.toml")
    difference.sources = [.init(name: "a.example"), .init(name: "192.0.2.7"), .init(name: "2001:db8::1", port: 1123)]
    difference.providers = ["ntp-client"]
    (difference.authSelect, difference.socket) = ("mix", "/run/c")
    return difference
  }

  static let running = [
    source("A.example", "192.0.2.1:123"), source("192.0.2.7", "192.0.2.7:123"), source("six", "[2001:db8::1]:1123"),
  ]

  static func differences(
    _ change: (inout ConfigurationDifference) -> Void, sources: [SourceReport] = running,
    providers: [String] = ["ntp-client"], authSelect: String = "mix", socket: String = "/run/c"
  ) -> DiagnosisStep {
    var difference = alike
    change(&difference)
    return difference.step(
      running: ConfigurationDifference.Running(
        sources: sources, providers: providers.map(provider), authSelect: authSelect, socket: socket))
  }

  private func check(_ step: DiagnosisStep, _ word: String) {
    #expect(step.faults == ["configuration-differs"] && step.finding.contains(word), "\(step)")
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
    check(Self.differences { $0.sources.append(.init(name: "New.example")) }, "new.example of the file")
    check(Self.differences { $0.sources.removeFirst() }, "has the source A.example")
    check(Self.differences { $0.providers.insert("ntp-server") }, "ntp-server does not run")
    check(Self.differences({ _ in }, providers: ["ntp-client", "gnss"]), "gnss runs")
    check(Self.differences { ($0.written, $0.started) = (101, 100) }, "changed after")
    #expect(Self.differences { ($0.written, $0.started) = (100, 100) }.outcome == .ok)
  }

  @Test("what a source has to prove itself by, by the scheme and, once it is proven, by the key")
  func proofs() {
    func compared(_ auth: String, _ scheme: SourceProof.Scheme, key: UInt32? = nil) -> DiagnosisStep {
      Self.differences(
        { $0.sources = [.init(name: "a.example", auth: auth)] },
        sources: [Self.source("a.example", "192.0.2.1:123", scheme, key: key)])
    }
    check(compared("key:7", .none), "of a.example tompiond wants no proof, the file says auth = \"key:7\"")
    check(compared("none", .symmetric), "a symmetric key")
    check(compared("none", .symmetric, key: 9), "wants key 9")
    check(compared("key:7", .symmetric, key: 9), "wants key 9")
    check(compared("ms-sntp", .symmetric, key: 9), "wants key 9")
    check(compared("nts", .msSNTP, key: 1103), "wants ms-sntp")
    check(compared("key:7", .nts), "wants nts")
    for (auth, scheme, key) in [
      ("none", .none, nil), ("key:7", .symmetric, nil), ("key:7", .symmetric, 7), ("key:007", .symmetric, 7),
      ("ms-sntp", .msSNTP, 1103), ("nts", .nts, nil), ("key:7", .other, nil),
    ] as [(String, SourceProof.Scheme, UInt32?)] {
      #expect(compared(auth, scheme, key: key).outcome == .ok, "\(auth) \(scheme)")
    }
  }

  @Test("ports of sources, the selection's rule and the control socket")
  func placesAndRules() {
    check(Self.differences { $0.sources[0].port = 1123 }, "asks a.example at port 123, the file says 1123")
    check(Self.differences { $0.sources[2].port = 123 }, "asks 2001:db8::1 at port 1123, the file says 123")
    var waiting = Self.running
    waiting[0].address = ""
    #expect(Self.differences({ $0.sources[0].port = 1123 }, sources: waiting).outcome == .ok, "no address, no port")
    let both = [
      Self.source("a.example", "192.0.2.1:123"), Self.source("a.example", "192.0.2.1:1123", .symmetric, key: 7),
    ]
    let two = [
      ConfigurationDifference.Source(name: "a.example", port: 1123, auth: "key:7"), .init(name: "a.example"),
    ]
    #expect(Self.differences({ $0.sources = two }, sources: both).outcome == .ok, "one host, two ports")
    check(Self.differences({ _ in }, authSelect: "require"), "auth_select = \"require\", the file \"mix\"")
    check(Self.differences({ _ in }, socket: "/run/d"), "asked at /run/d, the file says control.socket = \"/run/c\"")
    check(Self.differences({ $0.socket = nil }), "control.socket = \"none\"")
    #expect(Self.differences({ $0.socket = "" }, authSelect: "", socket: "").outcome == .ok, "not known")
  }
}
