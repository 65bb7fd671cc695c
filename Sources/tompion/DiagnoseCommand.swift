// SPDX-License-Identifier: Apache-2.0

import Settings

/// What `tompion diagnose` is asked for.
struct DiagnoseCommand: Equatable {
  /// A source by name or address, or any server; nil = every source.
  var source: String?
  /// Servers to compare with; asked because somebody named them.
  var against: [String] = []
  /// The key of a signed query, where the configuration does not say.
  var key: UInt32?
  var keyFile: String?
  var report = false
  var json = false
  var socket: String?
  /// nil = what tompiond was started with, else the default.
  var configuration: String?
  /// For one answer, s.
  var timeout: Int64 = 2

  /// Asked with --public alone. Three that do not smear leap seconds, of three operators; documented in Docs/diagnose.md.
  static let publicServers = ["time.cloudflare.com", "time.nist.gov", "ptbtime1.ptb.de"]

  /// What to say of a name that nobody has. A source may be a device, so that its name is judged only beside those of tompiond.
  static func noServer(_ word: String) -> String {
    "\(word) is no server: write a name or address, with a port if it is not 123: [2001:db8::1]:1123"
  }

  /// Reads the arguments after "diagnose"; nil = help is asked for.
  init?(_ arguments: [String]) throws(ArgumentError) {
    var reader = ArgumentReader(arguments)
    var operands: [String] = []
    while let item = reader.next() {
      guard case .option(let name, let value) = item else {
        if case .operand(let word) = item { operands.append(word) }
        continue
      }
      switch name {
      case "-h", "--help":
        _ = try Command.plain(name, value)
        return nil
      case "--json": json = try Command.plain(name, value)
      case "--report": report = try Command.plain(name, value)
      case "--public":
        _ = try Command.plain(name, value)
        against += Self.publicServers
      case "--against": against.append(try reader.value(value, what: "a server's name or address"))
      case "--socket": socket = try reader.value(value, what: "a path")
      case "--config": configuration = try reader.value(value, what: "a configuration file")
      case "--key":
        key = try KeysCommand.id(try reader.value(value, what: "a key's number"), of: name)
      case "--key-file": keyFile = try reader.value(value, what: "a key file")
      case "--timeout":
        let text = try reader.value(value, what: "seconds")
        guard let seconds = Int64(text), (1...60).contains(seconds) else {
          throw ArgumentError("--timeout \(text): write whole seconds, 1 to 60")
        }
        timeout = seconds
      default: throw ArgumentError("diagnose has no option \(name); see tompion diagnose --help")
      }
    }
    guard operands.count < 2 else { throw ArgumentError("diagnose takes one source, not \(operands.count)") }
    if operands.first == "" { throw ArgumentError("diagnose takes a source's name or address; this one is empty") }
    source = operands.first
    for server in against where ServerPlace(server) == nil { throw ArgumentError(Self.noServer(server)) }
    if keyFile != nil, key == nil { throw ArgumentError("--key-file needs --key: which key of it is to sign?") }
    if key != nil, source == nil { throw ArgumentError("--key needs a source: tompion diagnose SOURCE --key N") }
  }
}
