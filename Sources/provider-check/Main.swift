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
    discussion: """
      Prints a line per test and a closing line. What each test means: Docs/provider-check.md. Exit status: 0 nothing failed, \
      1 something failed, 2 wrong usage, no such file, or a setting that it \
      does not take.
      """)

  @Argument(help: "The provider's shared object.") var file: String
  @Flag(help: "One JSON object per test, and one for the sum.") var json = false
  @Option(help: "Seconds that one test may take, 1 to 3600.") var limit = 30
  @Option(help: "Seed of the random packets, settings and orders.") var seed: UInt64 = 1
  @Option(help: ArgumentHelp("A setting with which it can run; may be repeated.", valueName: "path=value"))
  var setting: [String] = []
  @Option(help: "Only this test; may be repeated.") var test: [String] = []
  @Option(help: .private) var runTest: String?

  static func main() {
    // A child of process placement is this program, too, so that tests can place providers without the daemon.
    if CommandLine.arguments.dropFirst().first == ProviderChild.argument { leave(ProviderChild.run()) }
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      let code = exitCode(for: error)
      Console.write(fullMessage(for: error) + "\n", to: code == .success ? Console.output : Console.error)
      leave(code == .validationFailure ? 2 : code.rawValue)
    }
  }

  static func leave(_ status: Int32) -> Never { Console.exit(status) }

  mutating func validate() throws {
    guard (1...3600).contains(limit) else {
      throw ValidationError("--limit takes a number of seconds from 1 to 3600, not \(limit).")
    }
    for one in setting where !one.contains("=") || one.hasPrefix("=") {
      throw ValidationError("--setting takes path=value, not '\(one)'.")
    }
    let names = unsafe ProviderTest.all.map(\.name)
    for one in test where !names.contains(one) {
      throw ValidationError("There is no test '\(one)'; there are \(names.joined(separator: ", ")).")
    }
  }

  mutating func run() throws {
    if let runTest {
      let all = unsafe ProviderTest.all + [GivenSettings.test]
      guard let test = all.first(where: { $0.name == runTest }) else { Self.leave(2) }
      TestProcess.join()
      let context = CheckContext(
        path: file, seed: seed, limit: limit, settings: setting.map(CheckContext.setting))
      TestProcess.report(test.body(context))
      Self.leave(0)
    }
    if let why = ProviderModule.complaint(of: file) {
      Console.write("provider-check: \(file): \(why)\n", to: Console.error)
      Self.leave(2)
    }
    var report = Report(file: file, json: json)
    var hangs: [String] = []
    let sanitizer = SanitizerRuntime.name(of: file)
    if !setting.isEmpty, sanitizer == nil {
      let given = TestProcess.run(GivenSettings.test, file: file, seed: seed, settings: setting, limit: limit).finding
      if given.outcome == .skip {
        Console.write("provider-check: \(given.text)\n", to: Console.error)
        Self.leave(2)
      }
    }
    for test in unsafe ProviderTest.all where self.test.isEmpty || self.test.contains(test.name) {
      // What hangs twice would hang again and again, each time for as long.
      if hangs.count >= 2 {
        report.add(test.name, .skip("not tried: \(hangs[0]) does not return"))
        continue
      }
      if let sanitizer, test.name != ProviderTest.needsNoLoading {
        report.add(test.name, .skip("the plugin is built with \(sanitizer): check a build without it"))
        continue
      }
      let ended = TestProcess.run(test, file: file, seed: seed, settings: setting, limit: limit)
      if let hung = ended.hung { hangs.append(hung) }
      report.add(test.name, ended.finding)
    }
    report.close()
    Self.leave(report.failed > 0 ? 1 : 0)
  }
}
