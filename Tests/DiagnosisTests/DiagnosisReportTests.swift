// SPDX-License-Identifier: Apache-2.0

import Diagnosis
import Report
import Testing

@Suite("A diagnosis told")
struct DiagnosisReportTests {
  static var report: DiagnosisReport {
    var report = DiagnosisReport()
    report.facts = [("tompion", "0.1"), ("state", "x\u{1b}[2Jy")]
    report.steps = [
      DiagnosisStep(.interface, "", .ok, "eth0"), DiagnosisStep(.port, "a\nb", [.portRefused], ""),
      DiagnosisStep(.plainQuery, "a", .skipped, "no answer"),
    ]
    return report
  }

  @Test("the first failed step is the verdict")
  func verdict() {
    #expect(Self.report.verdict.hasPrefix("The first step that failed: port (a\nb): refused"))
    var good = DiagnosisReport()
    good.steps = [DiagnosisStep(.interface, "", .ok, "eth0")]
    #expect(good.verdict.hasPrefix("Nothing is wrong") && good.failed.isEmpty)
  }

  @Test("text has a line for each step, the cause under it, and nothing that a terminal acts on")
  func text() {
    let lines = Self.report.text(.plain).split(separator: "\n").map(String.init)
    #expect(lines.count == 5 && lines[0] == "ok      interface: eth0" && lines[1].hasPrefix("failed  port (a"))
    #expect(lines[2] == "        " + Fault.portRefused.cause)
    #expect(Self.report.text(TextStyle(isColoured: true)).contains("\u{1b}[31mfailed"))
    let mail = Self.report.mail
    #expect(mail.hasPrefix("tompion diagnose\ntompion: 0.1\nstate:   ") && mail.contains(Self.report.text(.plain)))
    #expect(!mail.unicodeScalars.contains("\u{1b}"))
  }

  @Test("JSON has everything")
  func json() {
    let json = Self.report.json
    #expect(json["failed"] == .integer(1) && json.elements("steps").count == 3)
    #expect(json.elements("steps")[1]["faults"] == .array([.string("port-refused")]))
    #expect(json["facts"]?["tompion"] == .string("0.1"))
  }
}
