// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import LinuxKernel
import ProviderHost
import TimeTypes

/// provider-check FILE.so: loads a provider as a host would and is unkind to it; each test in a child process with a time limit.
@main
struct Main: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "provider-check", abstract: "Checks that a Tompion provider keeps to the ABI.",
    discussion: "Prints one line per test and a closing line; the exit status is 0 only if nothing failed.")

  @Argument(help: "The provider's shared object.") var file: String
  @Flag(help: "One JSON object per test, and one for the sum.") var json = false
  @Option(help: "Seconds that one test may take.") var limit = 20
  @Option(help: "Seed of the random packets and settings.") var seed: UInt64 = 1
  @Option(help: ArgumentHelp("A setting with which it can run; may be repeated.", valueName: "path=value"))
  var setting: [String] = []
  @Option(help: .private) var runTest: String?

  static func main() {
    // A child of process placement is this program, too, so that tests can place providers without the daemon.
    if CommandLine.arguments.dropFirst().first == ProviderChild.argument { leave(ProviderChild.run()) }
    main(nil)
  }

  static func leave(_ status: Int32) -> Never { Self.exit(withError: ExitCode(status)) }

  mutating func run() throws {
    if let runTest {
      guard let test = unsafe ProviderTest.all.first(where: { $0.name == runTest }) else { Self.leave(64) }
      let finding = test.body(CheckContext(path: file, seed: seed, settings: setting.map(CheckContext.setting)))
      TestProcess.report(finding)
      Self.leave(finding.passed ? 0 : 1)
    }
    var passed = 0
    var failed = 0
    guard SmallFile.exists(file) else {
      // Each test would say no more than this one.
      show("file", .fail("there is no such file, or it may not be read"))
      sum(passed: 0, failed: 1)
      Self.leave(1)
    }
    for test in unsafe ProviderTest.all {
      let finding = TestProcess.run(test.name, file: file, seed: seed, settings: setting, limit: limit)
      if finding.passed { passed += 1 } else { failed += 1 }
      show(test.name, finding)
    }
    sum(passed: passed, failed: failed)
    if failed > 0 { Self.leave(1) }
  }

  private func show(_ test: String, _ finding: Finding) {
    print(
      json
        ? #"{"test":\#(quoted(test)),"passed":\#(finding.passed),"reason":\#(quoted(finding.text))}"#
        : "\(finding.passed ? "PASS" : "FAIL")  \(test): \(finding.text)")
  }

  private func sum(passed: Int, failed: Int) {
    print(json ? #"{"passed":\#(passed),"failed":\#(failed)}"# : "\(passed) passed, \(failed) failed: \(file)")
  }

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
