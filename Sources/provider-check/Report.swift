// SPDX-License-Identifier: Apache-2.0

import LinuxKernel

/// Prints findings, for people or one JSON object a line, and counts them.
struct Report {
  let file: String
  let json: Bool
  private(set) var passed = 0
  private(set) var failed = 0
  private(set) var skipped = 0

  init(file: String, json: Bool) { (self.file, self.json) = (file, json) }

  mutating func add(_ test: String, _ finding: Finding) {
    switch finding.outcome {
    case .pass: passed += 1
    case .fail: failed += 1
    case .skip: skipped += 1
    }
    guard json else {
      say("\(finding.outcome.rawValue.uppercased())  \(test): \(finding.text)")
      if !finding.right.isEmpty { say("      right: \(finding.right) (\(finding.read))") }
      return
    }
    var fields = [
      ("test", quoted(test)), ("result", quoted(finding.outcome.rawValue)),
      ("passed", "\(finding.outcome != .fail)"), ("reason", quoted(finding.text)),
    ]
    if !finding.right.isEmpty { fields += [("right", quoted(finding.right)), ("read", quoted(finding.read))] }
    say("{" + fields.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}")
  }

  func close() {
    say(
      json
        ? #"{"passed":\#(passed),"failed":\#(failed),"skipped":\#(skipped),"file":\#(quoted(file))}"#
        : "\(passed) passed, \(failed) failed, \(skipped) skipped: \(file)")
  }

  private func say(_ line: String) { Console.write(line + "\n") }

  private func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case _ where scalar.value < 0x20: out += " "
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out + "\""
  }
}
