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
    var arguments = CommandLine.arguments.dropFirst()
    // The daemon starts itself again for each provider with placement "process".
    if arguments.first == ProviderChild.argument { Console.exit(ProviderChild.run()) }
    while let argument = arguments.popFirst() {
      switch argument {
      case "--config":
        guard let file = arguments.popFirst() else { refuse("--config needs a file's name") }
        path = file
      case "--check": checkOnly = true
      case "--version":
        Console.write("tompiond \(TompionVersion.text)\n")
        Console.exit(0)
      case "--help", "-h":
        Console.write(usage)
        Console.exit(0)
      default:
        refuse("there is no argument \(argument)")
      }
    }
    Console.exit(start(path, checkOnly: checkOnly))
  }

  private static func start(_ path: String, checkOnly: Bool) -> Int32 {
    let daemon: Daemon
    do {
      // Sound: the module's table lives as long as the process.
      let linked = unsafe ["tompion-ntp-client": LinkedModule(ntpClientModule())]
      daemon = try Daemon(Configuration(readingFrom: path), linked: linked, isOnlyCheck: checkOnly)
    } catch {
      Console.write("tompiond: \(error)\n", to: Console.error)
      return 2
    }
    guard !checkOnly else {
      let failures = daemon.failures
      guard failures.isEmpty else {
        Console.write("tompiond: \(failures.joined(separator: "\n"))\n", to: Console.error)
        return 2
      }
      Console.write("\(path) is right\n")
      return 0
    }
    return daemon.run()
  }

  private static func refuse(_ complaint: String) -> Never {
    Console.write("tompiond: \(complaint)\n\(usage)", to: Console.error)
    Console.exit(2)
  }
}
