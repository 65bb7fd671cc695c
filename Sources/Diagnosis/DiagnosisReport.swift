// SPDX-License-Identifier: Apache-2.0

package import Report

/// All steps, and how they are told. Text from outside is escaped here.
package struct DiagnosisReport: Equatable, Sendable {
  /// What a reader elsewhere has to know: version, system, state; in their order.
  package var facts: [(name: String, value: String)] = []
  package var steps: [DiagnosisStep] = []

  package init() {}

  package static func == (a: Self, b: Self) -> Bool {
    a.steps == b.steps && a.facts.map(\.name) == b.facts.map(\.name) && a.facts.map(\.value) == b.facts.map(\.value)
  }

  package var failed: [DiagnosisStep] { steps.filter { $0.outcome == .failed } }

  /// One sentence.
  package var verdict: String {
    guard let first = failed.first else { return "Nothing is wrong that these steps would show." }
    let subject = first.subject.isEmpty ? "" : " (\(first.subject))"
    let end = first.finding.last.map { ".?!".contains($0) } == true ? "" : "."
    return "The first step that failed: \(first.name.title)\(subject): \(first.finding)\(end)"
  }

  package func text(_ style: TextStyle) -> String {
    var text = ""
    for step in steps {
      let colour: TextStyle.Colour =
        switch step.outcome {
        case .ok: .green
        case .failed: .red
        case .skipped: .dim
        }
      let word = step.outcome.rawValue + String(repeating: " ", count: 8 - step.outcome.rawValue.utf8.count)
      text += "\(style.paint(word, colour))\(line(step))\n"
      for cause in step.cause.split(separator: "\n") { text += "        \(printable(String(cause), limit: 1000))\n" }
    }
    return text + "\n" + printable(verdict, limit: 1000) + "\n"
  }

  /// To paste into a mail: plain ASCII art aside, with the facts that a reader elsewhere has to know.
  package var mail: String {
    let width = facts.map(\.name.utf8.count).max() ?? 0
    let head = facts.map { fact in
      "\(fact.name):\(String(repeating: " ", count: width + 1 - fact.name.utf8.count))\(printable(fact.value, limit: 300))\n"
    }
    return "tompion diagnose\n" + head.joined() + "\n" + text(.plain)
  }

  package var json: JSONValue {
    .object([
      JSONMember("facts", .object(facts.map { JSONMember($0.name, .string($0.value)) })),
      JSONMember("steps", .array(steps.map(Self.json))), JSONMember("failed", .integer(Int64(failed.count))),
      JSONMember("verdict", .string(verdict)),
    ])
  }

  private func line(_ step: DiagnosisStep) -> String {
    let subject = step.subject.isEmpty ? "" : " (\(step.subject))"
    return printable("\(step.name.title)\(subject): \(step.finding)", limit: 1000)
  }

  private static func json(_ step: DiagnosisStep) -> JSONValue {
    .object([
      JSONMember("step", .string(step.name.rawValue)), JSONMember("subject", .string(step.subject)),
      JSONMember("outcome", .string(step.outcome.rawValue)), JSONMember("finding", .string(step.finding)),
      JSONMember("faults", .array(step.faults.map { .string($0) })), JSONMember("cause", .string(step.cause)),
    ])
  }
}
