// SPDX-License-Identifier: Apache-2.0

import Control
import LinuxKernel
import Report
import Settings

/// The command line: one command, one conversation with tompiond, an exit status.
@main
struct Main {
  /// What the exit status means; in the help and in Docs/control.md.
  enum Status: Int32 {
    case done = 0
    case refused = 1
    case wrongConfiguration = 2
    case unreachable = 3
    /// EX_USAGE of sysexits(3).
    case usage = 64
  }

  static func main() {
    Console.holdStandardStreams()
    Console.exit(run(Array(CommandLine.arguments.dropFirst())).rawValue)
  }

  static var defaultSocket: String { Console.environment("TOMPION_SOCKET") ?? "/run/tompion/control.sock" }

  static func run(_ arguments: [String]) -> Status {
    let command: Command
    do {
      command = try Command(arguments)
    } catch {
      return fail("\(error)", .usage)
    }
    switch command.action {
    case .help(let name):
      Console.write(Help.text(name))
      return .done
    case .version:
      Console.write("tompion \(TompionVersion.text)\n")
      return .done
    case .checkConfiguration(let file):
      var check = ConfigurationCheck(file)
      if check.configuration != nil { check.addProviders(DaemonCheck.run(file)) }
      if command.json {
        Console.write(check.json.encoded + "\n")
      } else {
        Console.write(check.warningText, to: Console.error)
        Console.write(check.text, to: check.errors.isEmpty ? Console.output : Console.error)
      }
      return check.errors.isEmpty ? .done : .wrongConfiguration
    case .newProvider(let provider):
      do {
        let table = ProcessTable()
        let next = try provider.write(executable: table.executable(table.ownPID))
        Console.write(command.json ? provider.json.encoded + "\n" : next)
        return .done
      } catch {
        return fail("\(error)", .refused)
      }
    case .keys(let keys): return keys.run()
    case .diagnose(let diagnose): return diagnose.run()
    case .ask(let request):
      let path = command.socket ?? defaultSocket
      return ask(request, at: path, Output(json: command.json))
    }
  }

  private static func ask(_ request: ControlRequest, at path: String, _ output: Output) -> Status {
    let client: ControlClient
    do {
      client = try ControlClient(path: path)
    } catch {
      return fail("\(error)", .unreachable)
    }
    do {
      guard Console.write(output.text(request, try client.ask(request))) else { return .refused }
      guard case .events(_, _, follow: true) = request else { return .done }
      while true {
        if let event = try client.nextEvent(), !Console.write(output.text(event)) { return .done }
      }
    } catch {
      switch error {
      case .timeout, .disconnected, .kernel: return fail("\(error)", .unreachable)
      default: return fail("\(error)", .refused)
      }
    }
  }

  /// Says why nothing came of it, and to programs (--json) by an object with "error" and "status", too.
  static func fail(_ text: String, _ status: Status) -> Status {
    Console.write("tompion: \(printable(text, limit: 2000))\n", to: Console.error)
    if CommandLine.arguments.dropFirst().contains("--json") {
      let members = [JSONMember("error", .string(text)), JSONMember("status", .integer(Int64(status.rawValue)))]
      Console.write(JSONValue.object(members).encoded + "\n")
    }
    return status
  }
}
