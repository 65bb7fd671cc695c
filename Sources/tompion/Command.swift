// SPDX-License-Identifier: Apache-2.0

import Control
import LinuxKernel
import Report
import Settings
import TimeTypes

/// What the command line asks for.
struct Command: Equatable {
  enum Action: Equatable {
    case ask(ControlRequest)
    case checkConfiguration(String)
    case newProvider(NewProvider)
    case keys(KeysCommand)
    case diagnose(DiagnoseCommand)
    /// The help of a command; nil = of all.
    case help(String?)
    case version
  }

  var action: Action
  var json = false
  var socket: String?

  static let defaultConfiguration = "/etc/tompion.toml"
  static let names = [
    "status", "sources", "providers", "clocks", "events", "resync", "settime", "why", "config", "diagnose", "keys",
    "new-provider",
  ]

  /// Reads the arguments after the program's name.
  init(_ arguments: [String]) throws(ArgumentError) {
    // These two have options of their own.
    if let name = arguments.first, name == "keys" || name == "diagnose" {
      let rest = Array(arguments.dropFirst())
      if name == "keys" {
        action = try KeysCommand(rest).map { .keys($0) } ?? .help(name)
      } else {
        action = try DiagnoseCommand(rest).map { .diagnose($0) } ?? .help(name)
      }
      return
    }
    var reader = ArgumentReader(arguments)
    var operands: [String] = []
    var wantsHelp = false
    var wantsVersion = false
    var (follow, force) = (false, false)
    var source: String?
    var language: String?
    var within: TimeInterval?
    var since: UInt64?
    var limit: UInt32?
    action = .help(nil)
    // Which options were given, to refuse those that are not the command's.
    var given: [String] = []
    while let item = reader.next() {
      guard case .option(let name, let value) = item else {
        if case .operand(let word) = item { operands.append(word) }
        continue
      }
      given.append(name)
      switch name {
      case "-h", "--help": wantsHelp = try Self.plain(name, value)
      case "--version": wantsVersion = try Self.plain(name, value)
      case "--json": json = try Self.plain(name, value)
      case "--socket":
        let path = try reader.value(value, what: "a path")
        guard !path.isEmpty else { throw ArgumentError("--socket needs a path") }
        socket = path
      case "-f", "--follow": follow = try Self.plain(name, value)
      case "--force": force = try Self.plain(name, value)
      case "--source":
        let name = try reader.value(value, what: "a source's name or address")
        guard !name.isEmpty else { throw ArgumentError("--source needs a source's name or address") }
        source = name
      case "--within": within = try Self.uncertainty(try reader.value(value, what: "seconds"))
      case "--language": language = try reader.value(value, what: "a programming language")
      case "-n", "--lines": limit = try Self.number(name, try reader.value(value, what: "a number"))
      case "--since": since = try Self.number(name, try reader.value(value, what: "an event's sequence number"))
      default: throw ArgumentError("there is no option \(name)" + Self.optionHint(name, of: operands.first))
      }
    }
    if wantsVersion {
      action = .version
      return
    }
    guard let name = operands.first, !name.isEmpty else {
      if wantsHelp { return }
      throw ArgumentError("no command; there are \(Self.names.joined(separator: ", "))")
    }
    if name == "help" {
      operands.removeFirst()
      guard operands.count < 2 else { throw ArgumentError("help takes one command, not \(operands.count)") }
      if operands == ["help"] { return }
      action = .help(try operands.first.map(Self.command))
      return
    }
    _ = try Self.command(name)
    if wantsHelp {
      action = .help(name)
      return
    }
    let known = Self.common + (Self.options[name] ?? [])
    if let stray = given.first(where: { !known.contains($0) }) {
      throw ArgumentError("\(name) has no option \(stray); see tompion \(name) --help")
    }
    operands.removeFirst()
    switch name {
    case "keys", "diagnose": throw ArgumentError("write \(name) first: tompion \(name) ...")
    case "status": action = .ask(.status)
    case "sources": action = .ask(.sources)
    case "providers": action = .ask(.providers)
    case "clocks": action = .ask(.clocks)
    case "why": action = .ask(.why)
    case "events": action = .ask(.events(since: since, limit: limit ?? (follow ? 10 : nil), follow: follow))
    case "resync":
      if force, source != nil { throw ArgumentError("resync --force --source: \(ControlRequest.forceOfOneSource)") }
      action = .ask(.resync(force: force, source: source))
    case "settime":
      let text = operands.joined(separator: " ")
      operands = []
      switch EnteredText.nanoseconds(text, now: RealtimeClock.now().nanoseconds) {
      case .success(let nanoseconds): action = .ask(.setTime(nanoseconds: nanoseconds, within: within))
      case .failure(let problem): throw ArgumentError("settime\(text.isEmpty ? "" : " \(text)"): \(problem)")
      }
    case "new-provider":
      guard let name = operands.first else {
        throw ArgumentError("new-provider needs a name: tompion new-provider gps-receiver --language c")
      }
      operands.removeFirst()
      action = .newProvider(try NewProvider(name: name, language: language))
    default:
      guard operands.first == "check" else { throw ArgumentError("config what? There is: tompion config check [FILE]") }
      operands.removeFirst()
      action = .checkConfiguration(operands.popLast() ?? Self.defaultConfiguration)
    }
    guard operands.isEmpty else { throw ArgumentError("\(name) takes no operand \(operands[0])") }
  }

  private static let common = ["--json", "--socket", "-h", "--help"]
  private static let options = [
    "": common + ["--version"], "events": ["-f", "--follow", "-n", "--lines", "--since"],
    "resync": ["--force", "--source"], "new-provider": ["--language"],
    "settime": ["--within"],
  ]

  /// The command of that name.
  private static func command(_ name: String) throws(ArgumentError) -> String {
    guard names.contains(name) else {
      throw ArgumentError("there is no command \(name)" + hint(name, names + ["help"]))
    }
    return name
  }

  static func plain(_ name: String, _ value: String?) throws(ArgumentError) -> Bool {
    if value != nil { throw ArgumentError("\(name) takes no value") }
    return true
  }

  private static func uncertainty(_ text: String) throws(ArgumentError) -> TimeInterval {
    // Nor "0x10" nor "1e1", which Swift would read, too.
    guard text.utf8.allSatisfy({ (48...57).contains($0) || $0 == UInt8(ascii: ".") }), let seconds = Double(text),
      ControlRequest.uncertainties.contains(seconds)
    else {
      throw ArgumentError("--within \(text): write seconds from 0.001 to 3600")
    }
    return TimeInterval(seconds: seconds)
  }

  static func number<Number: FixedWidthInteger>(_ name: String, _ text: String) throws(ArgumentError) -> Number {
    guard let number = Number(text), number >= 0 else {
      throw ArgumentError("\(name) \(text): write a number, 0 or more")
    }
    return number
  }

  /// Short options are all alike: the long one that begins so is meant, if it is one alone.
  private static func optionHint(_ name: String, of command: String?) -> String {
    let all = Set(common + options.flatMap(\.value))
    guard !name.hasPrefix("--") else { return hint(name, all.sorted()) }
    let meant = all.filter { $0.hasPrefix("-" + name) }
    if meant.count == 1, let meant = meant.first { return "; did you mean \(meant)?" }
    return "; see tompion \(command.map { names.contains($0) ? "\($0) " : "" } ?? "")--help"
  }

  private static func hint(_ word: String, _ candidates: [String]) -> String {
    Suggestion.nearest(to: word, among: candidates).map { "; did you mean \($0)?" } ?? "; see tompion --help"
  }

  /// What to add to a refusal.
  static func meant(_ candidate: String?) -> String { candidate.map { "; did you mean \($0)?" } ?? "" }
}
