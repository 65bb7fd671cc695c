// SPDX-License-Identifier: Apache-2.0

/// The command line.
struct Arguments {
  var names: [String] = []
  var isList = false
  var isJSON = false
  var isQuick = false
  var html: String?
  var compare: String?
  /// The checkout; given by Bench/run.
  var root = ".."

  struct Wrong: Error {
    var text: String
  }

  static let help = """
    Bench/run [NAME...] [--list] [--json] [--html FILE] [--compare OLD.json] [--quick]

      NAME           an entry or a family: ring, ring.cross-core; without one: everything
      --list         what there is
      --json         one object a line: {"name","value","unit","peer","peer_value","ratio"} or {"name","skipped"}
      --html FILE    a page with the figures, plots of the distributions and the environment
      --compare OLD  beside the figures of an earlier run with --json
      --quick        fewer rounds; rough

    Figures with a peer are ratios against it in the same run, in interleaved rounds: smaller is better, 1 is equal.
    """

  init(_ arguments: [String]) throws {
    var rest = arguments[...]
    func value(of option: String) throws -> String {
      guard let value = rest.popFirst() else { throw Wrong(text: "\(option) needs a file") }
      return value
    }
    while let argument = rest.popFirst() {
      switch argument {
      case "--list": isList = true
      case "--json": isJSON = true
      case "--quick": isQuick = true
      case "--html": html = try value(of: argument)
      case "--compare": compare = try value(of: argument)
      case "--root": root = try value(of: argument)
      case "-h", "--help": throw Wrong(text: Self.help)
      case let option where option.hasPrefix("-"): throw Wrong(text: "unknown option \(option)\n\n\(Self.help)")
      default: names.append(argument)
      }
    }
  }

  /// Whether an entry is asked for.
  func wants(_ entry: any Entry) -> Bool {
    names.isEmpty || names.contains { name in entry.names.contains { $0 == name || $0.hasPrefix("\(name).") } }
  }
}
