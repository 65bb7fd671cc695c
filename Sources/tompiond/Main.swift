// SPDX-License-Identifier: Apache-2.0

import LinuxKernel
import NTPClient
import ProviderHost
import Report
import Runtime
import Settings

/// The daemon's command line, read by hand because the argument parser would bring FoundationEssentials into the daemon.
@main
struct Main {
  private static let usage = """
    usage: tompiond [--config FILE] [--check] [--version] [--help]

      --config FILE   the configuration (default /etc/tompion.toml)
      --check         check the configuration, the providers' settings included, and start nothing
      --version       print the version

    Exit status: 0 ended as asked, 1 failed while starting or running, 2 wrong arguments or configuration.

    """

  static func main() {
    Console.holdStandardStreams()
    var path = "/etc/tompion.toml"
    var checkOnly = false
    let arguments = Array(CommandLine.arguments.dropFirst())
    // The daemon starts itself again for each provider with placement "process".
    if arguments.first == ProviderChild.argument {
      Console.exit(ProviderChild.run())
    }
    // `tompion config check` has the daemon's own check by this.
    if arguments.count == 2, arguments[0] == CheckResult.argument {
      Console.exit(CheckRequest.answer(arguments[1], linked: linked))
    }
    var reader = ArgumentReader(arguments)
    do throws(ArgumentError) {
      while let item = reader.next() {
        switch item {
        case .option("--config", let value):
          path = try reader.value(value, what: "a file's name")
          if path.isEmpty { refuse("--config needs a file's name") }
        case .option("--check", nil): checkOnly = true
        case .option("--version", nil):
          Console.write("tompiond \(TompionVersion.text)\n")
          Console.exit(0)
        case .option("--help", nil), .option("-h", nil):
          Console.write(usage)
          Console.exit(0)
        case .option(let name, let value?): refuse("there is no argument \(name)=\(value)")
        case .option(let word, nil), .operand(let word): refuse("there is no argument \(word)")
        }
      }
    } catch {
      refuse(error.description)
    }
    Console.exit(start(path, checkOnly: checkOnly))
  }

  /// Providers that need no file.
  private static var linked: [String: LinkedModule] {
    // Sound: the module's table lives as long as the process.
    unsafe ["tompion-ntp-client": LinkedModule(ntpClientModule())]
  }

  private static func start(_ path: String, checkOnly: Bool) -> Int32 {
    let daemon: Daemon
    let isMinimal: Bool
    do {
      let configuration = try Configuration(readingFrom: path)
      isMinimal = configuration.profile == .minimal
      daemon = try Daemon(configuration, linked: linked, isOnlyCheck: checkOnly)
    } catch {
      Console.write("tompiond: \(error)\n", to: Console.error)
      return 2
    }
    guard !checkOnly else {
      for warning in daemon.warnings { Console.write("tompiond: warning: \(warning)\n", to: Console.error) }
      let failures = daemon.failures.map(\.description)
      guard failures.isEmpty else {
        Console.write("tompiond: \(failures.joined(separator: "\n"))\n", to: Console.error)
        return 2
      }
      Console.write("\(printable(path)) is right\n")
      return 0
    }
    // The daemon reads keys, but for the minimal profile, whose surface has neither files of keys nor this. Where it is refused, it runs all the
    // same, as it would in a container that forbids prctl.
    if !isMinimal { try? PrivateMemory.keep() }
    return daemon.run()
  }

  private static func refuse(_ complaint: String) -> Never {
    Console.write("tompiond: \(printable(complaint))\n\(usage)", to: Console.error)
    Console.exit(2)
  }
}
