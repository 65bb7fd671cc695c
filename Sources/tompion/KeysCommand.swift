// SPDX-License-Identifier: Apache-2.0

import Addresses
import KeyFiles
import Settings

/// What `tompion keys` is asked for.
struct KeysCommand: Equatable {
  enum Action: Equatable {
    case check(String, nist: Bool)
    case generate(String, GeneratedKey)
    case show(String, ascii: Bool, id: UInt32?)
    /// The key files, or those of the configuration; where the state directory is, or as the configuration says.
    case unused([String], days: Int64, state: String?)
  }

  var action: Action
  var format = KeyFileFormat.auto
  var configuration = Command.defaultConfiguration
  var json = false

  static let names = ["check", "generate", "show", "unused"]

  /// Reads the arguments after "keys"; nil = help is asked for.
  init?(_ arguments: [String]) throws(ArgumentError) {
    var reader = ArgumentReader(arguments)
    var (operands, given): ([String], [String]) = ([], [])
    var (help, nist, ascii, hexadecimal) = (false, false, false, false)
    var (days, state): (Int64?, String?) = (nil, nil)
    var id: UInt32?
    var key = GeneratedKey()
    while let item = reader.next() {
      guard case .option(let name, let value) = item else {
        if case .operand(let word) = item { operands.append(word) }
        continue
      }
      given.append(name)
      switch name {
      case "-h", "--help": help = try Command.plain(name, value)
      case "--json": json = try Command.plain(name, value)
      case "--nist": nist = try Command.plain(name, value)
      case "--ascii": ascii = try Command.plain(name, value)
      case "--hex": hexadecimal = try Command.plain(name, value)
      case "--format": format = try Self.format(try reader.value(value, what: "a format"))
      case "--id":
        id = try Self.id(try reader.value(value, what: "a key's number"))
        key.id = id ?? 1
      case "--days": days = try Command.number(name, try reader.value(value, what: "a number of days"))
      case "--state": state = try reader.value(value, what: "tompiond's state directory")
      case "--config": configuration = try reader.value(value, what: "a configuration file")
      case "--algorithm": key.algorithm = try Self.algorithm(try reader.value(value, what: "an algorithm"))
      case "--expires": key.expiry = try Self.expiry(try reader.value(value, what: "a date"))
      case "--addresses": key.addresses = try Self.addresses(try reader.value(value, what: "addresses"))
      default: throw ArgumentError("keys has no option \(name); see tompion keys --help")
      }
    }
    if help { return nil }
    guard let name = operands.first, Self.names.contains(name) else {
      let hint = operands.first.flatMap { Suggestion.nearest(to: $0, among: Self.names) }
      throw ArgumentError("keys what? There are \(Self.names.joined(separator: ", "))\(Command.meant(hint))")
    }
    operands.removeFirst()
    let allowed = ["--json", "--format"] + (Self.options[name] ?? [])
    if let stray = given.first(where: { !allowed.contains($0) }) {
      throw ArgumentError("keys \(name) has no option \(stray); see tompion keys --help")
    }
    guard name == "unused" || operands.count == 1, let file = operands.first ?? (name == "unused" ? "" : nil) else {
      throw ArgumentError("keys \(name) takes one file: tompion keys \(name) FILE")
    }
    switch name {
    case "check": action = .check(file, nist: nist)
    case "generate": action = .generate(file, key)
    case "show":
      guard ascii != hexadecimal else {
        throw ArgumentError("keys show prints secrets: say how, by --ascii or --hex")
      }
      action = .show(file, ascii: ascii, id: id)
    default:
      guard let days else { throw ArgumentError("keys unused needs --days: tompion keys unused --days 14") }
      action = .unused(operands, days: days, state: state)
    }
  }

  private static let options = [
    "check": ["--nist"], "generate": ["--id", "--algorithm", "--expires", "--addresses"],
    "show": ["--ascii", "--hex", "--id"], "unused": ["--days", "--state", "--config"],
  ]

  private static func format(_ word: String) throws(ArgumentError) -> KeyFileFormat {
    guard let format = KeyFileFormat(rawValue: word) else {
      let all = KeyFileFormat.allCases.map(\.rawValue)
      throw ArgumentError(
        "--format \(word): there are \(all.joined(separator: ", "))\(Command.meant(Suggestion.nearest(to: word, among: all)))"
      )
    }
    return format
  }

  static func id(_ word: String, of option: String = "--id") throws(ArgumentError) -> UInt32 {
    guard let id = UInt32(word), id > 0 else {
      throw ArgumentError("\(option) \(word): a key's number is 1 to \(UInt32.max)")
    }
    return id
  }

  private static func algorithm(_ word: String) throws(ArgumentError) -> KeyAlgorithm {
    guard let algorithm = KeyAlgorithm(name: word) else {
      let all = KeyAlgorithm.allCases.map(\.name)
      throw ArgumentError(
        "--algorithm \(word): there are \(all.joined(separator: ", "))\(Command.meant(Suggestion.nearest(to: word, among: all)))"
      )
    }
    return algorithm
  }

  private static func expiry(_ word: String) throws(ArgumentError) -> Int64 {
    guard let date = ExpiryDate(word) else {
      throw ArgumentError("--expires \(word): write the last day, 2027-06-30, or a moment of UTC, 2027-06-30T12:00:00Z")
    }
    return date.end
  }

  private static func addresses(_ text: String) throws(ArgumentError) -> [AddressPrefix] {
    let words = text.split(separator: ",", omittingEmptySubsequences: false)
    let prefixes = words.compactMap { AddressPrefix($0) }
    guard prefixes.count == words.count else {
      throw ArgumentError(
        "--addresses \(text): write numeric addresses with commas between them: 192.0.2.0/24,2001:db8::1")
    }
    return prefixes
  }
}

/// A key that is to be made, but for its secret.
struct GeneratedKey: Equatable {
  var id: UInt32 = 1
  /// What RFC 8573 recommends.
  var algorithm = KeyAlgorithm.aes128CMAC
  var expiry: Int64?
  var addresses: [AddressPrefix] = []
}
